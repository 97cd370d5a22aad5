"""The year's meeting plan: shown, printed, and made in one form."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.agendas import commands
from meetingapp.agendas.views.blueprint import bp
from meetingapp.core import clock, policy
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Council
from meetingapp.council.office import number_asked, own_council
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.forms import MONTHS, DaysForm, YearForm
from meetingapp.meetings.models import MeetingForm
from meetingapp.meetings.year import Proposed, propose

FIRST_YEAR, LAST_YEAR = 2000, 2199


@bp.get("/kontor/moter/arsplan")
def year_plan() -> Any:
    """All meetings of a year, month by month."""
    council = own_council()
    policy.require(current_user, "meeting.list", council)
    year = min(max(number_asked("ar") or clock.today().year, FIRST_YEAR), LAST_YEAR)
    bodies = council_queries.all_bodies(council.id)
    chosen = next((body for body in bodies if body.id == number_asked("utvalg")), None)
    first = clock.today().replace(year=year, month=1, day=1)
    meetings = meeting_queries.of_days(
        current_user, council.id, first, first.replace(month=12, day=31), body_id=chosen.id if chosen is not None else None
    )
    by_month = groupby(meetings, key=lambda meeting: clock.local(meeting.starts_at).month)
    return render_template(
        "meetings/year.html",
        year=year,
        months=[(MONTHS[month - 1], list(those)) for month, those in by_month],
        total=len(meetings),
        bodies=bodies,
        chosen=chosen,
    )


@bp.route("/kontor/moter/arsplan/ny", methods=["GET", "POST"])
def new_year_plan() -> Any:
    """The rule stands in the address; what is posted is the days chosen from what it gives."""
    council = own_council()
    policy.require(current_user, "meeting.plan", council)
    bodies = council_queries.bodies_of(council.id, clock.today())
    asks = YearForm(request.args) if request.args else YearForm(None, year=clock.today().year + 1, which=2, weekday=4)
    asks.offer(bodies)
    is_asked = bool(request.args) and asks.validate()
    body = next((one for one in bodies if one.id == asks.body.data), None)
    proposed = _proposed(council, body, asks) if is_asked and body is not None else []
    form = DaysForm()
    form.day.choices = [(one.day.isoformat(), one.day) for one in proposed if not one.stops]
    if form.validate_on_submit() and body is not None:
        chosen = [(one.starts_at, one.ends_at) for one in proposed if one.day.isoformat() in (form.day.data or [])]
        with form.rules():
            made = commands.plan_many(
                council, chosen, bodies=[body], place=asks.place.data or "", form=MeetingForm.PHYSICAL, by=current_user
            )
    if form.is_done:
        said = ngettext(
            "%(num)d meeting is planned and comes in the public calendar.",
            "%(num)d meetings are planned and come in the public calendar.",
            len(made),
        )
        flash(said)
        return redirect(url_for(".year_plan", ar=clock.local(made[0].starts_at).year), 303)
    faulty = form if form.is_submitted() else asks
    status = form.status if form.is_submitted() else asks.status
    return render_template("meetings/year_new.html", asks=asks, form=faulty, days=form, body=body, proposed=proposed), status


def _proposed(council: Council, body: Body, asks: YearForm) -> list[Proposed]:
    days = asks.wanted()
    others = meeting_queries.of_days(current_user, council.id, min(days), max(days))
    return propose(days, asks.starts.data, asks.ends.data, body, others)

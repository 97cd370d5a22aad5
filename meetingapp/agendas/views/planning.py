"""Planning a meeting, and changing one."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.agendas import commands
from meetingapp.agendas.views.blueprint import back, bp
from meetingapp.core import clock, policy
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Organisation
from meetingapp.council.office import own_council
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.commands import BEFORE_CALL
from meetingapp.meetings.forms import MeetingFields, PlanForm, TitleForm
from meetingapp.meetings.models import Meeting, MeetingForm
from meetingapp.meetings.views import find


@bp.route("/kontor/moter/nytt", methods=["GET", "POST"])
def plan() -> Any:
    council = own_council()
    policy.require(current_user, "meeting.plan", council)
    bodies = council_queries.bodies_of(council.id, clock.today())
    people = meeting_queries.chairs_to_choose(council.id, clock.today())
    form = PlanForm(bodies=[bodies[0].id] if len(bodies) == 1 else [])
    form.offer_bodies(bodies)
    form.offer_chairs(people)
    known = _organisations(council.id)
    form.offer_co_hosts(known)
    if form.validate_on_submit():
        with form.rules():
            meeting = commands.plan(
                council,
                bodies=form.chosen_bodies(bodies),
                chair=form.chosen_chair(people),
                co_hosts=form.chosen_co_hosts(known),
                by=current_user,
                **_when_and_where(form),
            )
    if form.is_done:
        flash(_("The meeting is planned, and the standing items are in place. Now put cases on its agenda."))
        return back(meeting)
    return render_template("meetings/plan.html", form=form, meeting=None), form.status


def _organisations(council_id: int) -> list[Organisation]:
    """Those outside the council who can invite together with it."""
    affiliations = council_queries.affiliations_of(council_id, clock.today())
    return [one.organisation for one in affiliations if not one.is_participant]


def _when_and_where(form: MeetingFields) -> dict[str, Any]:
    starts, ends = form.moments()
    return {
        "starts_at": starts,
        "ends_at": ends,
        "place": form.place.data or "",
        "form": MeetingForm(form.form.data),
        "title": form.title.data or "",
        "online_url": form.online_url.data or "",
    }


@bp.route("/kontor/moter/<int:meeting_id>/rediger", methods=["GET", "POST"])
def edit(meeting_id: int) -> Any:
    meeting = find(meeting_id, "meeting.edit")
    people = meeting_queries.chairs_to_choose(meeting.council_id, clock.today())
    form = _form_of(meeting)
    form.offer_chairs(people, now=meeting.chair)
    given = {}
    if isinstance(form, MeetingFields):
        known = list(dict.fromkeys([*_organisations(meeting.council_id), *meeting.organisations]))
        form.offer_co_hosts(known)
    if form.validate_on_submit():
        if isinstance(form, MeetingFields):
            given = _when_and_where(form) | {"co_hosts": form.chosen_co_hosts(known)}
        else:
            given = _as_it_stands(meeting) | {"title": form.title.data or ""}
        with form.rules():
            commands.edit(meeting, chair=form.chosen_chair(people, now=meeting.chair), seen_version=form.version, by=current_user, **given)
    if form.is_done:
        flash(_("The meeting is changed."))
        return redirect(f"/kontor/moter/{meeting.id}", 303)
    return render_template("meetings/plan.html", form=form, meeting=meeting), form.status


def _form_of(meeting: Meeting) -> TitleForm:
    """All the facts before the call; after it only what nobody needs a new letter for."""
    title = {"seen_version": meeting.version, "title": meeting.title, "chair": meeting.chair_id}
    if meeting.state not in BEFORE_CALL:
        return TitleForm(**title)
    starts, ends = clock.local(meeting.starts_at), clock.local(meeting.ends_at)
    return MeetingFields(
        day=starts.date(),
        starts=starts.time(),
        ends=ends.time(),
        place=meeting.place,
        form=meeting.form.value,
        online_url=meeting.online_url,
        co_hosts=[one.id for one in meeting.organisations],
        **title,
    )


def _as_it_stands(meeting: Meeting) -> dict[str, Any]:
    return {
        "starts_at": meeting.starts_at,
        "ends_at": meeting.ends_at,
        "place": meeting.place,
        "form": meeting.form,
        "online_url": meeting.online_url,
    }

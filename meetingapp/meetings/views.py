"""The list of meetings, planning one, changing it, and its history."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import audit, clock, policy
from meetingapp.core.database import db
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Council, Person, SeatRole
from meetingapp.meetings import commands, queries, words
from meetingapp.meetings.forms import MeetingFormFields
from meetingapp.meetings.models import Meeting, MeetingForm

bp = Blueprint("meetings", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """What the frame of a meeting's pages prints."""
    return {"meeting_words": words}


def find(meeting_id: int, action: str = "meeting.read") -> Meeting:
    """The meeting, if the person signed in may do `action` with it; absent and hidden give the same 404."""
    meeting = queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, action, meeting)
    return meeting


def own_council(action: str) -> Council:
    """The council whose office is shown, if the person may do `action` there."""
    council: Council | None = current_user.council
    if council is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, action, council)
    return council


@bp.get("/kontor/moter")
def index() -> Any:
    council = own_council("meeting.list")
    return render_template(
        "meetings/index.html",
        coming=queries.upcoming(current_user, council.id),
        held=queries.held_page(current_user, council.id, request.args.get("side", 1, type=int)),
    )


def chairs_of(bodies: Any) -> list[Person]:
    """Who may lead: the members of the bodies."""
    found = {}
    for body in bodies:
        for seat in council_queries.seats_on(body, clock.today(), SeatRole.MEMBER, SeatRole.ATTENDEE):
            found[seat.person_id] = seat.person
    return list(found.values())


def chosen_chair(form: MeetingFormFields, people: list[Person]) -> Person | None:
    """The person chosen among `people`; None for the body's own chair."""
    return next((person for person in people if person.id == form.chair.data), None)


def offer_chairs(form: MeetingFormFields, people: list[Person]) -> None:
    form.chair.choices = [("", _("The body's chair")), *((person.id, person.name) for person in people)]


def chair_of(body: Body) -> Person | None:
    return next(
        (seat.person for seat in council_queries.seats_on(body, clock.today()) if seat.office and seat.office.value == "chair"), None
    )


@bp.route("/kontor/moter/<int:meeting_id>/rediger", methods=["GET", "POST"])
def edit(meeting_id: int) -> Any:
    meeting = find(meeting_id, "meeting.edit")
    local_start, local_end = clock.local(meeting.starts_at), clock.local(meeting.ends_at)
    form = MeetingFormFields(
        seen_version=meeting.version,
        title=meeting.title,
        day=local_start.date(),
        starts=local_start.time(),
        ends=local_end.time(),
        place=meeting.place,
        form=meeting.form.value,
        online_url=meeting.online_url,
        chair=meeting.chair_id,
    )
    people = chairs_of(meeting.bodies)
    offer_chairs(form, people)
    if form.validate_on_submit():
        starts, ends = form.moments()
        with form.rules():
            commands.edit_meeting(
                meeting,
                starts_at=starts,
                ends_at=ends,
                place=form.place.data or "",
                form=MeetingForm(form.form.data),
                title=form.title.data or "",
                online_url=form.online_url.data or "",
                chair=chosen_chair(form, people) or chair_of(meeting.body),
                seen_version=int(form.seen_version.data) if (form.seen_version.data or "").isdecimal() else None,
                by=current_user,
            )
    if form.is_done:
        flash(_("The meeting is changed."))
        return redirect(f"/kontor/moter/{meeting.id}", 303)
    return render_template("meetings/plan.html", form=form, meeting=meeting), form.status


@bp.get("/kontor/moter/<int:meeting_id>/historikk")
def history(meeting_id: int) -> Any:
    meeting = find(meeting_id)
    entries = audit.entries_of(meeting)
    people = {person.id: person.name for person in db.session.query(Person).where(Person.id.in_({e.person_id for e in entries}))}
    return render_template("meetings/history.html", meeting=meeting, part_name="history", log=entries, people=people)

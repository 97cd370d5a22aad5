"""The verbs of a meeting: planned, changed, and the steps it goes through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.core.mail.calendar import new_uid
from meetingapp.council.models import Body, Council, Person
from meetingapp.meetings import queries
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingForm, MeetingState

BEFORE_CALL = (MeetingState.PLANNED, MeetingState.AGENDA_FIXED)


def plan_meeting(
    council: Council,
    *,
    bodies: Sequence[Body],
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    form: MeetingForm,
    by: audit.Doer | None,
    title: str = "",
    online_url: str = "",
    chair: Person | None = None,
) -> Meeting:
    """Plan a meeting of one or more bodies of `council`; the first one leads. Its public address is fixed here, for ever.

    :param starts_at: aware, as `ends_at`
    :raises RuleBroken: no body, a body of another council, the wrong order of times, a body that meets then already
    """
    if not bodies:
        raise RuleBroken(_("Choose at least one body."), field="bodies")
    if any(body.council_id != council.id for body in bodies):
        raise RuleBroken(_("A body belongs to another council."), field="bodies")
    _check_times(bodies, starts_at, ends_at, None)
    _check_place(form, place, online_url)
    meeting = Meeting(
        council=council,
        slug=_free_slug(council, bodies[0], starts_at),
        title=title.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip(),
        form=form,
        online_url=online_url.strip(),
        state=MeetingState.PLANNED,
        chair=chair,
        calendar_uid=new_uid(current_app.config["MAIL_DOMAIN"]),
        created_at=clock.now(),
        hosts=[MeetingBody(body=body, position=position) for position, body in enumerate(bodies)],
    )
    db.session.add(meeting)
    audit.record("meeting.plan", meeting, by=by)
    return meeting


def _check_times(bodies: Sequence[Body], starts_at: datetime, ends_at: datetime, own: Meeting | None) -> None:
    if ends_at <= starts_at:
        raise RuleBroken(_("The meeting must end after it starts."), field="ends")
    for body in bodies:
        for other in queries.of_body_between(body.id, starts_at, ends_at):
            if other is not own:
                raise RuleBroken(_("%(body)s has another meeting at this time.", body=body.name), field="day")


def _check_place(form: MeetingForm, place: str, online_url: str) -> None:
    if form is not MeetingForm.REMOTE and not place.strip():
        raise RuleBroken(_("Write where the meeting is."), field="place")
    if form is not MeetingForm.PHYSICAL and not re.match(r"https?://\S+$", online_url.strip()):
        raise RuleBroken(_("Write the address of the online meeting; it begins with https://"), field="online_url")


def _free_slug(council: Council, body: Body, starts_at: datetime) -> str:
    slug = f"{body.slug}-{clock.local(starts_at).date().isoformat()}"
    taken = set(db.session.scalars(select(Meeting.slug).where(Meeting.council_id == council.id, Meeting.slug.startswith(slug))))
    return next(s for s in (slug, *(f"{slug}-{n}" for n in range(2, 100))) if s not in taken)


def edit_meeting(
    meeting: Meeting,
    *,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    form: MeetingForm,
    title: str,
    online_url: str,
    chair: Person | None,
    seen_version: int | None,
    by: audit.Doer | None,
) -> None:
    """Change when, where and how. Its address and its bodies stay.

    :raises RuleBroken: once it is called, for then everybody must be told; title and chair can still change
    :raises Stale: when someone has saved since
    """
    check_version(meeting.version, seen_version, now=meeting.place, typed=place)
    moved = (starts_at, ends_at, place.strip(), form, online_url.strip()) != (
        meeting.starts_at,
        meeting.ends_at,
        meeting.place,
        meeting.form,
        meeting.online_url,
    )
    if moved and meeting.state not in BEFORE_CALL:
        raise RuleBroken(
            _("The meeting is called, so time and place stand as everybody got them."),
            next_step=_("Change only the title and the chair here."),
        )
    if moved:
        _check_times(meeting.bodies, starts_at, ends_at, meeting)
        _check_place(form, place, online_url)
        meeting.starts_at, meeting.ends_at, meeting.place = starts_at, ends_at, place.strip()
        meeting.form, meeting.online_url = form, online_url.strip()
    meeting.title, meeting.chair = title.strip(), chair
    meeting.version += 1
    audit.record("meeting.edit", meeting, by=by, moved=moved)


def _step(meeting: Meeting, to: MeetingState, *allowed: MeetingState) -> None:
    if meeting.state not in allowed:
        raise RuleBroken(_("The meeting is not where it must be for this."), next_step=_("Load the page again to see how far it has come."))
    meeting.state = to


def mark_fixed(meeting: Meeting) -> None:
    """Its agenda is fixed."""
    _step(meeting, MeetingState.AGENDA_FIXED, MeetingState.PLANNED)


def reopen_agenda(meeting: Meeting) -> None:
    """Its agenda is a draft again, while nobody has been called."""
    _step(meeting, MeetingState.PLANNED, MeetingState.AGENDA_FIXED)


def mark_called(meeting: Meeting, at: datetime) -> None:
    """It is called; a second call keeps the first date."""
    _step(meeting, MeetingState.CALLED, MeetingState.AGENDA_FIXED, MeetingState.CALLED)
    meeting.called_at = meeting.called_at or at


def back_to_fixed(meeting: Meeting) -> None:
    """The call was stopped before anyone got it."""
    _step(meeting, MeetingState.AGENDA_FIXED, MeetingState.CALLED)
    meeting.called_at = None


def mark_opened(meeting: Meeting, at: datetime) -> None:
    """The chair has opened it."""
    _step(meeting, MeetingState.IN_SESSION, MeetingState.CALLED, MeetingState.ADJOURNED)
    meeting.opened_at = meeting.opened_at or at


def mark_ended(meeting: Meeting, at: datetime) -> None:
    """The chair has closed it."""
    _step(meeting, MeetingState.ENDED, MeetingState.IN_SESSION)
    meeting.ended_at = at

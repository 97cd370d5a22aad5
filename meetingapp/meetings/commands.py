"""The verbs of a meeting: planned, changed, and the steps it goes through."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from itertools import count

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.core.mail.calendar import new_uid
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Council, Organisation, Person
from meetingapp.meetings import queries, words
from meetingapp.meetings.models import CoHost, Meeting, MeetingBody, MeetingForm, MeetingState

BEFORE_CALL = (MeetingState.PLANNED, MeetingState.AGENDA_FIXED)
WEB_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


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
    co_hosts: Sequence[Organisation] = (),
) -> Meeting:
    """Plan a meeting of one or more bodies of `council`; the first one leads. Its public address is fixed here, for ever.

    :param starts_at: aware, as `ends_at`
    :param chair: None: whoever chairs the leading body that day
    :param co_hosts: organisations that invite together with the council
    :raises RuleBroken: no body, one of another council or not there that day, times that cannot be, a body that meets then already,
        a place or an online address that is missing, a chair who has no seat in the council, or a co-host whom the council does not know
    """
    bodies = list(dict.fromkeys(bodies))
    if not bodies:
        raise RuleBroken(_("Choose at least one body."), field="bodies")
    if any(body.council_id != council.id for body in bodies):
        raise RuleBroken(_("A body belongs to another council."), field="bodies")
    day = clock.local(starts_at).date()
    _check_bodies(bodies, day)
    _check_times(bodies, starts_at, ends_at, None)
    _check_place(form, place, online_url)
    _check_chair(council.id, chair, day)
    _check_co_hosts(council.id, co_hosts, day)
    meeting = Meeting(
        council=council,
        slug=_free_slug(council, bodies[0], day),
        title=_one_line(title),
        starts_at=starts_at,
        ends_at=ends_at,
        place=_one_line(place),
        form=form,
        online_url=_address(form, online_url),
        state=MeetingState.PLANNED,
        chair=chair or queries.chair_of(bodies[0], day),
        calendar_uid=new_uid(current_app.config["MAIL_DOMAIN"]),
        created_at=clock.now(),
        hosts=[MeetingBody(body=body, position=position) for position, body in enumerate(bodies)],
        co_hosts=[CoHost(organisation=one, position=position) for position, one in enumerate(dict.fromkeys(co_hosts))],
    )
    db.session.add(meeting)
    audit.record("meeting.plan", meeting, by=by)
    return meeting


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _address(form: MeetingForm, online_url: str) -> str:
    """A meeting in the room has no online address: letters would show it."""
    return "" if form is MeetingForm.PHYSICAL else online_url.strip()


def _check_bodies(bodies: Sequence[Body], day: date) -> None:
    for body in bodies:
        if day < body.valid_from or (body.valid_to is not None and body.valid_to < day):
            raise RuleBroken(_("%(body)s does not exist on that day.", body=body.name), field="bodies")


def _check_times(bodies: Sequence[Body], starts_at: datetime, ends_at: datetime, own: Meeting | None) -> None:
    if ends_at <= starts_at:
        raise RuleBroken(_("The meeting must end after it starts."), field="ends")
    if starts_at <= clock.now():
        raise RuleBroken(_("That time has passed. Write a day and a time to come."), field="day")
    for body in bodies:
        for other in queries.of_body_between(body.id, starts_at, ends_at):
            if other is not own:
                raise RuleBroken(_("%(body)s has another meeting at this time.", body=body.name), field="day")


def _check_place(form: MeetingForm, place: str, online_url: str) -> None:
    if form is not MeetingForm.REMOTE and not place.strip():
        raise RuleBroken(_("Write where the meeting is."), field="place")
    if form is not MeetingForm.PHYSICAL and not WEB_ADDRESS.fullmatch(online_url.strip()):
        raise RuleBroken(_("Write the address of the online meeting; it begins with https://"), field="online_url")


def _check_chair(council_id: int, chair: Person | None, day: date) -> None:
    if chair is not None and chair not in queries.chairs_to_choose(council_id, day):
        raise RuleBroken(_("Choose a chair who has a seat in the council on that day."), field="chair")


def _check_co_hosts(council_id: int, co_hosts: Sequence[Organisation], day: date) -> None:
    known = {one.organisation_id for one in council_queries.affiliations_of(council_id, day)}
    for organisation in co_hosts:
        if organisation.id not in known:
            raise RuleBroken(_("The council does not know %(name)s on that day.", name=organisation.name), field="co_hosts")


def _free_slug(council: Council, body: Body, day: date) -> str:
    slug = f"{body.slug}-{day.isoformat()}"
    taken = set(
        db.session.scalars(select(Meeting.slug).where(Meeting.council_id == council.id, Meeting.slug.startswith(slug, autoescape=True)))
    )
    return slug if slug not in taken else next(free for n in count(2) if (free := f"{slug}-{n}") not in taken)


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
    co_hosts: Sequence[Organisation] | None = None,
) -> None:
    """Change when, where and how. Its public address and its bodies stay.

    :param chair: None: whoever chairs the leading body that day
    :param co_hosts: who invites together with the council; None leaves it as it is
    :raises RuleBroken: as `plan_meeting`; and once it is called, for then everybody must be told; title and chair can still change
    :raises Stale: when someone has saved since
    """
    title, place, online_url = _one_line(title), _one_line(place), _address(form, online_url)
    day = clock.local(starts_at).date()
    check_version(
        meeting.version,
        seen_version,
        now=words.as_text(meeting.title, meeting.starts_at, meeting.ends_at, meeting.place, meeting.online_url, meeting.chair),
        typed=words.as_text(title, starts_at, ends_at, place, online_url, chair),
    )
    is_new_time = (starts_at, ends_at) != (meeting.starts_at, meeting.ends_at)
    is_new_place = (place, form, online_url) != (meeting.place, meeting.form, meeting.online_url)
    if (is_new_time or is_new_place) and meeting.state not in BEFORE_CALL:
        raise RuleBroken(
            _("The meeting is called, so time and place stand as everybody got them."),
            next_step=_("Change only the title and the chair here."),
        )
    if is_new_time:
        _check_bodies(meeting.bodies, day)
        _check_times(meeting.bodies, starts_at, ends_at, meeting)
        meeting.starts_at, meeting.ends_at = starts_at, ends_at
    if is_new_place:
        _check_place(form, place, online_url)
        meeting.place, meeting.form, meeting.online_url = place, form, online_url
    if chair is not meeting.chair:
        _check_chair(meeting.council_id, chair, day)
        meeting.chair = chair or queries.chair_of(meeting.body, day)
    if co_hosts is not None and list(co_hosts) != meeting.organisations:
        if meeting.state not in BEFORE_CALL:
            raise RuleBroken(_("The meeting is called, so those who invite stand as everybody got them."), field="co_hosts")
        _check_co_hosts(meeting.council_id, co_hosts, day)
        old = {host.organisation_id: host for host in meeting.co_hosts}
        meeting.co_hosts = [old.get(one.id) or CoHost(organisation=one) for one in dict.fromkeys(co_hosts)]
        for position, host in enumerate(meeting.co_hosts):
            host.position = position
    meeting.title = title
    meeting.version += 1
    audit.record("meeting.edit", meeting, by=by, moved=is_new_time or is_new_place)


def _step(meeting: Meeting, to: MeetingState, *allowed: MeetingState) -> None:
    if meeting.state not in allowed:
        raise RuleBroken(
            _("The state of the meeting is «%(state)s», so this cannot be done now.", state=words.STATES[meeting.state][0]),
            next_step=_("Load the page again to see how far the meeting has come."),
        )
    meeting.state = to


def mark_fixed(meeting: Meeting) -> None:
    """Its agenda is fixed.

    :raises RuleBroken: unless it is planned
    """
    _step(meeting, MeetingState.AGENDA_FIXED, MeetingState.PLANNED)


def reopen_agenda(meeting: Meeting) -> None:
    """Its agenda is a draft again.

    :raises RuleBroken: unless the agenda is fixed and nobody has been called
    """
    _step(meeting, MeetingState.PLANNED, MeetingState.AGENDA_FIXED)


def mark_called(meeting: Meeting, at: datetime) -> None:
    """It is called; a second call keeps the first moment.

    :param at: aware
    :raises RuleBroken: unless the agenda is fixed, or it is called already
    """
    _step(meeting, MeetingState.CALLED, MeetingState.AGENDA_FIXED, MeetingState.CALLED)
    meeting.called_at = meeting.called_at or at


def back_to_fixed(meeting: Meeting) -> None:
    """The call was stopped before anyone got it.

    :raises RuleBroken: unless it is called
    """
    _step(meeting, MeetingState.AGENDA_FIXED, MeetingState.CALLED)
    meeting.called_at = None


def mark_opened(meeting: Meeting, at: datetime) -> None:
    """The chair has opened it, for the first time or after it was adjourned; the first moment is kept.

    :param at: aware
    :raises RuleBroken: unless it is called or adjourned
    """
    _step(meeting, MeetingState.IN_SESSION, MeetingState.CALLED, MeetingState.ADJOURNED)
    meeting.opened_at = meeting.opened_at or at


def mark_ended(meeting: Meeting, at: datetime) -> None:
    """The chair has closed it.

    :param at: aware
    :raises RuleBroken: unless it is in session
    """
    _step(meeting, MeetingState.ENDED, MeetingState.IN_SESSION)
    meeting.ended_at = at


def mark_recorded(meeting: Meeting, at: datetime) -> None:
    """Its minutes are locked; a correction keeps the first moment.

    :param at: aware
    """
    meeting.recorded_at = meeting.recorded_at or at

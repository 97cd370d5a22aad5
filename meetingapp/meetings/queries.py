"""Reads of meetings: scoped to who asks, in a total order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.database.pages import Page, Stretch, page_of
from meetingapp.core.i18n.dates import at_oslo
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Office, Person, Seat, SeatRole
from meetingapp.meetings.models import CoHost, Meeting, MeetingBody, MeetingState

LARGEST_ID = 2**31 - 1  # what a key can be on both databases
GOES_ON = (MeetingState.IN_SESSION, MeetingState.ADJOURNED)
MAY_LEAD = (SeatRole.MEMBER, SeatRole.DEPUTY, SeatRole.ATTENDEE)
_LOADED = (
    joinedload(Meeting.council),
    joinedload(Meeting.chair),
    selectinload(Meeting.hosts).joinedload(MeetingBody.body),
    selectinload(Meeting.co_hosts).joinedload(CoHost.organisation),
)
_JOINED = (  # the same for one meeting alone: its bodies and co-hosts are few
    joinedload(Meeting.council),
    joinedload(Meeting.chair),
    joinedload(Meeting.hosts).joinedload(MeetingBody.body),
    joinedload(Meeting.co_hosts).joinedload(CoHost.organisation),
)


def visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """Meetings of the councils that `actor` is inside of."""
    return query.where(Meeting.council_id.in_(actor.inside_council_ids()))


def meeting_for(actor: Any, meeting_id: int) -> Meeting | None:
    """The meeting, if `actor` may see it; absent and hidden are the same None. One query; bodies, co-hosts and council come loaded."""
    query = select(Meeting).where(Meeting.id == min(meeting_id, LARGEST_ID)).options(*_JOINED)
    found: Meeting | None = db.session.scalars(policy.scope(actor, query, visible)).unique().one_or_none()
    return found


def _is_over(now: datetime) -> ColumnElement[bool]:
    """Closed by the chair; or its time has passed, and it is not going on still."""
    return or_(Meeting.state == MeetingState.ENDED, and_(Meeting.ends_at <= now, Meeting.state.not_in(GOES_ON)))


def _is_to_come(now: datetime) -> ColumnElement[bool]:
    """All others. Two indexes find these few, by their state and by their end, and none of those that have been is read."""
    going_on = select(Meeting.id).where(Meeting.state.in_(GOES_ON))
    ahead = select(Meeting.id).where(Meeting.ends_at > now, Meeting.state != MeetingState.ENDED)
    return Meeting.id.in_(going_on.union_all(ahead))


def is_over(meeting: Meeting, now: datetime) -> bool:
    """Whether the lists show it among those that have been. As `_is_over` asks the database."""
    if meeting.state in GOES_ON:
        return False
    return meeting.state is MeetingState.ENDED or meeting.ends_at <= now


def upcoming(actor: Any, council_id: int | None = None) -> Sequence[Meeting]:
    """Meetings that are to come or under way, nearest first. Three queries; bodies and co-hosts come loaded."""
    query = select(Meeting).where(_is_to_come(clock.now())).options(*_LOADED)
    if council_id is not None:
        query = query.where(Meeting.council_id == council_id)
    return db.session.scalars(policy.scope(actor, query, visible).order_by(Meeting.starts_at, Meeting.id)).all()


def list_page(actor: Any, council_id: int, *, body_id: int | None = None, behind: int | None = None) -> Page[Meeting]:
    """One page of a council's meetings: those to come, nearest first, then those that have been, newest first. At most six queries.

    :param body_id: only those where this body meets
    :param behind: the id of the meeting that the page begins behind
    """
    now = clock.now()
    known = policy.scope(actor, select(Meeting).where(Meeting.council_id == council_id), visible)
    query = known.options(*_LOADED)
    if body_id is not None:
        query = query.where(Meeting.hosts.any(MeetingBody.body_id == body_id))
    order = (Meeting.starts_at, Meeting.id)
    coming, held = Stretch(order, where=_is_to_come(now)), Stretch(order, backwards=True, where=_is_over(now))
    return page_of(query, coming, held, known=known, behind=behind)


def of_days(actor: Any, council_id: int, first: date, last: date, *, body_id: int | None = None) -> Sequence[Meeting]:
    """A council's meetings from one day to another, both included, in order, cancelled ones too. Three queries; bodies come loaded."""
    query = (
        select(Meeting)
        .where(Meeting.council_id == council_id, Meeting.starts_at >= at_oslo(first, time(0)))
        .where(Meeting.starts_at < at_oslo(last + timedelta(days=1), time(0)))
        .options(*_LOADED)
    )
    if body_id is not None:
        query = query.where(Meeting.hosts.any(MeetingBody.body_id == body_id))
    return db.session.scalars(policy.scope(actor, query, visible).order_by(Meeting.starts_at, Meeting.id)).all()


def of_body_between(body_id: int, after: datetime, before: datetime) -> Sequence[Meeting]:
    """A body's meetings that overlap a time, cancelled ones aside. One query."""
    return db.session.scalars(
        select(Meeting)
        .join(MeetingBody, MeetingBody.meeting_id == Meeting.id)
        .where(
            MeetingBody.body_id == body_id,
            Meeting.starts_at < before,
            Meeting.ends_at > after,
            Meeting.state != MeetingState.CANCELLED,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def chair_of(body: Body, day: date) -> Person | None:
    """Who holds the office of chair in `body` on `day`. Two queries."""
    return next((seat.person for seat in council_queries.seats_on(body, day) if seat.office is Office.CHAIR), None)


def chairs_to_choose(council_id: int, day: date) -> Sequence[Person]:
    """Who can be asked to lead a meeting on `day`: those with a seat in one of the council's bodies, in Norwegian order. One query."""
    holds = and_(Seat.valid_from <= day, or_(Seat.valid_to.is_(None), Seat.valid_to >= day))
    seated = select(Seat.person_id).join(Seat.body).where(Body.council_id == council_id, Seat.role.in_(MAY_LEAD), holds)
    return db.session.scalars(select(Person).where(Person.id.in_(seated)).order_by(Person.sort_name, Person.id)).all()

"""How a body has set up its agendas, and which minutes wait for approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import Date, Select, bindparam, or_, select
from sqlalchemy.orm import aliased, contains_eager

from meetingapp.agendas import standing
from meetingapp.agendas.models import AgendaItem, AgendaSetup
from meetingapp.agendas.queries.numbers import meeting_day, series_key
from meetingapp.agendas.standing import Standing
from meetingapp.core.database import db
from meetingapp.core.database.numbers import Counter
from meetingapp.council.models import Body
from meetingapp.meetings.commands import BEFORE_CALL
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState


def setup_on(body: Body, day: date) -> AgendaSetup | None:
    """How `body` has set up its agendas on a day; None where it has set nothing. One query."""
    return db.session.scalar(_SETUP, {"body": body.id, "day": day})


_day = bindparam("day", type_=Date)
_SETUP = (
    select(AgendaSetup)
    .where(
        AgendaSetup.body_id == bindparam("body"),
        AgendaSetup.valid_from <= _day,
        or_(AgendaSetup.valid_to.is_(None), AgendaSetup.valid_to >= _day),
    )
    .order_by(AgendaSetup.valid_from.desc())
    .limit(1)
)
_setup = aliased(AgendaSetup, _SETUP.subquery())
_SETUP_AND_COUNTER = (  # written out once, for each agenda page asks it
    select(_setup, Counter.value)
    .select_from(Body)
    .outerjoin(_setup, _setup.body_id == Body.id)
    .outerjoin(Counter, Counter.series == bindparam("series"))
    .where(Body.id == bindparam("body"))
)


def setups_of(body: Body) -> Sequence[AgendaSetup]:
    """All setups of `body` through time, newest first. One query."""
    return db.session.scalars(select(AgendaSetup).where(AgendaSetup.body_id == body.id).order_by(AgendaSetup.valid_from.desc())).all()


def setup_and_counter(meeting: Meeting) -> tuple[AgendaSetup | None, int]:
    """How the leading body has set up its agendas on the day of the meeting, and the last number it gave that year. One query."""
    body, day = meeting.body, meeting_day(meeting)
    found = db.session.execute(_SETUP_AND_COUNTER, {"body": body.id, "day": day, "series": series_key(body, day.year)}).one()
    return found[0], found[1] or 0


def criteria_of(meeting: Meeting) -> list[str]:
    """The criteria of the leading body on the day of the meeting, the weightiest first. One query."""
    setup = setup_on(meeting.body, meeting_day(meeting))
    return list(setup.criteria) if setup is not None else []


def standing_of(meeting: Meeting) -> list[Standing]:
    """What the leading body's agendas begin and end with on the day of the meeting. One query."""
    setup = setup_on(meeting.body, meeting_day(meeting))
    return standing.read(setup.standing) if setup is not None else list(standing.DEFAULT)


def recorded_before(meeting: Meeting) -> list[Meeting]:
    """The meetings whose minutes `meeting` is to approve, oldest first: held before it, led by one of its bodies, locked, and taken up
    by no meeting so far. What is older than the last one that was taken up is history; where none ever was, only the last one counts.
    Two queries for each body.
    """
    found: list[Meeting] = []
    for body in meeting.bodies:
        recorded = _recorded(body, meeting)
        taken = set(db.session.scalars(_taken_up(meeting, recorded))) if recorded else set()
        last = max((index for index, one in enumerate(recorded) if one.id in taken), default=len(recorded) - 2)
        found += recorded[last + 1 :]
    return sorted(found, key=lambda one: (one.starts_at, one.id))


def _recorded(body: Body, meeting: Meeting) -> Sequence[Meeting]:
    """The meetings that `body` led before `meeting` and whose minutes are locked, oldest first."""
    return db.session.scalars(
        select(Meeting)
        .join(MeetingBody, MeetingBody.meeting_id == Meeting.id)
        .where(
            MeetingBody.position == 0,
            MeetingBody.body_id == body.id,
            Meeting.recorded_at.is_not(None),
            Meeting.starts_at < meeting.starts_at,
        )
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def _taken_up(meeting: Meeting, recorded: Sequence[Meeting]) -> Select[int | None]:
    """The ids of those that an agenda takes up: of a meeting before `meeting`, or one further ahead that is no draft any more."""
    return (
        select(AgendaItem.approves_id)
        .join(AgendaItem.meeting)
        .where(
            AgendaItem.approves_id.in_([one.id for one in recorded]),
            Meeting.state != MeetingState.CANCELLED,
            or_(Meeting.starts_at <= meeting.starts_at, Meeting.state != MeetingState.PLANNED),
        )
    )


def approval_of(recorded: Meeting) -> AgendaItem | None:
    """The item that takes up the minutes of `recorded`, on an agenda that is not cancelled. One query; its meeting comes loaded."""
    return db.session.scalar(
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .options(contains_eager(AgendaItem.meeting))
        .where(AgendaItem.approves_id == recorded.id, Meeting.state != MeetingState.CANCELLED)
        .order_by(AgendaItem.id)
        .limit(1)
    )


def next_before_call(recorded: Meeting) -> Meeting | None:
    """The next meeting after `recorded` in which its leading body meets and to which nobody is called yet. One query."""
    return db.session.scalar(
        select(Meeting)
        .join(MeetingBody, MeetingBody.meeting_id == Meeting.id)
        .where(MeetingBody.body_id == recorded.body.id, Meeting.starts_at > recorded.starts_at, Meeting.state.in_(BEFORE_CALL))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
    )

"""What was done to an agenda lately: its version, what others did, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from meetingapp.agendas.models import AgendaChange, ChangeKind
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.meetings.models import Meeting

UNDOABLE = (ChangeKind.ADD, ChangeKind.REMOVE, ChangeKind.MOVE, ChangeKind.EDIT)
OFFERED_FOR = timedelta(minutes=30)
TOLD = 5  # acts of others at a time


def version_of(meeting: Meeting) -> int:
    """The version of an agenda: it grows with each change. One query."""
    return db.session.scalar(select(func.max(AgendaChange.id)).where(AgendaChange.meeting_id == meeting.id)) or 0


_other = aliased(AgendaChange)
_newest = select(func.max(_other.id)).where(_other.meeting_id == bindparam("meeting"))
_NEWEST_AND_OWN = (  # written out once, for each agenda page asks it
    select(AgendaChange)
    .where(
        or_(
            AgendaChange.id == _newest.scalar_subquery(),
            AgendaChange.id == _newest.where(_other.person_id == bindparam("person")).scalar_subquery(),
        )
    )
    .options(joinedload(AgendaChange.case))
    .order_by(AgendaChange.id)
)


@dataclass(frozen=True)
class State:
    """How far an agenda has come."""

    version: int
    undo: AgendaChange | None  # what somebody did last, while they can undo it


def state_of(meeting: Meeting, person_id: int | None) -> State:
    """The version of an agenda, and what a person can undo. One query; the case of the change comes loaded."""
    changes = db.session.scalars(_NEWEST_AND_OWN, {"meeting": meeting.id, "person": person_id}).all()
    mine = [change for change in changes if change.person_id == person_id]
    return State(changes[-1].id if changes else 0, _undoable(mine[-1] if mine else None))


def last_change(meeting: Meeting, person_id: int | None) -> AgendaChange | None:
    """What this person did last with the agenda, if it can be undone and was done within the half hour. One query."""
    return state_of(meeting, person_id).undo


def _undoable(found: AgendaChange | None) -> AgendaChange | None:
    if found is None or found.kind not in UNDOABLE or found.undone_at is not None or found.at < clock.now() - OFFERED_FOR:
        return None
    return found


def change_of(meeting: Meeting, change_id: int) -> AgendaChange | None:
    """One change of this agenda. One query."""
    return db.session.scalar(select(AgendaChange).where(AgendaChange.id == change_id, AgendaChange.meeting_id == meeting.id))


def by_others(meeting: Meeting, *, after: int, person_id: int | None) -> Sequence[AgendaChange]:
    """What others have done since version `after`, newest first, at most five. One query; people and cases come loaded."""
    return db.session.scalars(
        select(AgendaChange)
        .where(AgendaChange.meeting_id == meeting.id, AgendaChange.id > after, AgendaChange.person_id.is_distinct_from(person_id))
        .options(joinedload(AgendaChange.person), joinedload(AgendaChange.case))
        .order_by(AgendaChange.id.desc())
        .limit(TOLD)
    ).all()


def later_change(change: AgendaChange, item_id: int, kinds: Sequence[ChangeKind]) -> AgendaChange | None:
    """The newest change of one item after `change`, of some kinds, that has not been undone. One query; the person comes loaded."""
    return db.session.scalar(
        select(AgendaChange)
        .where(
            AgendaChange.meeting_id == change.meeting_id,
            AgendaChange.id > change.id,
            AgendaChange.item_id == item_id,
            AgendaChange.kind.in_(kinds),
            AgendaChange.undone_at.is_(None),
        )
        .options(joinedload(AgendaChange.person))
        .order_by(AgendaChange.id.desc())
        .limit(1)
    )

"""What was done to an agenda lately: its version, what others did, and what can be undone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

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


def last_change(meeting: Meeting, person_id: int | None) -> AgendaChange | None:
    """What this person did last with the agenda, if it can be undone and was done within the half hour. One query."""
    found = db.session.scalar(
        select(AgendaChange)
        .where(AgendaChange.meeting_id == meeting.id, AgendaChange.person_id == person_id)
        .options(joinedload(AgendaChange.case))
        .order_by(AgendaChange.id.desc())
        .limit(1)
    )
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

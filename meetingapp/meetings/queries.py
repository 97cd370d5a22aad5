"""Reads of meetings: scoped to who asks, in a total order."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState

PAGE = 25  # rows
_LOADED = (
    joinedload(Meeting.council),
    joinedload(Meeting.chair),
    selectinload(Meeting.hosts).joinedload(MeetingBody.body),
)


def visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """Meetings of the councils that `actor` is inside of."""
    return query.where(Meeting.council_id.in_(actor.inside_council_ids()))


def meeting_for(actor: Any, meeting_id: int) -> Meeting | None:
    """The meeting, if `actor` may see it; absent and hidden are the same None. Two queries; bodies and council come loaded."""
    query = select(Meeting).where(Meeting.id == meeting_id).options(*_LOADED)
    found: Meeting | None = db.session.scalar(policy.scope(actor, query, visible))
    return found


def upcoming(actor: Any, council_id: int | None = None) -> Sequence[Meeting]:
    """Meetings that have not ended, nearest first. Two queries; bodies come loaded."""
    query = select(Meeting).where(Meeting.state != MeetingState.ENDED, Meeting.ends_at > clock.now()).options(*_LOADED)
    if council_id is not None:
        query = query.where(Meeting.council_id == council_id)
    return db.session.scalars(policy.scope(actor, query, visible).order_by(Meeting.starts_at, Meeting.id)).all()


def held_page(actor: Any, council_id: int, page: int) -> Any:
    """One page of meetings that are over, newest first."""
    query = select(Meeting).where(Meeting.council_id == council_id, Meeting.ends_at <= clock.now()).options(*_LOADED)
    query = policy.scope(actor, query, visible).order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    return db.paginate(query, page=page, per_page=PAGE, max_per_page=PAGE, error_out=False)


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

"""Reads of what is public: newest snapshots, and decisions that wait."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.database.pages import Page, Stretch, page_of
from meetingapp.core.i18n.dates import at_oslo
from meetingapp.meetings.models import CoHost, Meeting, MeetingBody
from meetingapp.publishing.models import Publication, PublicationState, Snapshot, SnapshotKind


def newest(council_id: int, *kinds: SnapshotKind) -> Sequence[Snapshot]:
    """The snapshots that are public now, of some kinds (none: all), by path. One query; publications come loaded."""
    query = (
        select(Snapshot)
        .join(Snapshot.publication)
        .where(Publication.council_id == council_id, Publication.state == PublicationState.PUBLIC)
        .options(joinedload(Snapshot.publication))
        .order_by(Snapshot.path, Snapshot.version.desc())
    )
    if kinds:
        query = query.where(Publication.kind.in_(kinds))
    return db.session.scalars(query).all()


def recalled(council_id: int) -> Sequence[Snapshot]:
    """Snapshots that were recalled, newest first. One query."""
    return db.session.scalars(
        select(Snapshot)
        .join(Snapshot.publication)
        .where(Publication.council_id == council_id, Publication.state == PublicationState.RECALLED)
        .options(joinedload(Snapshot.publication))
        .order_by(Snapshot.id.desc())
    ).all()


def list_page(council_id: int, behind: int | None) -> Page[Publication]:
    """One page of decisions to publish, newest first. At most two queries."""
    known = select(Publication).where(Publication.council_id == council_id)
    query = known.options(joinedload(Publication.snapshot), joinedload(Publication.asked_by))
    return page_of(query, Stretch((Publication.id,), backwards=True), known=known, behind=behind)


def current(kind: SnapshotKind, about: int) -> Publication | None:
    """What is public now of one thing. One query."""
    return db.session.scalar(
        select(Publication)
        .where(Publication.kind == kind, Publication.about == about, Publication.state == PublicationState.PUBLIC)
        .options(joinedload(Publication.snapshot))
        .order_by(Publication.id.desc())
        .limit(1)
    )


def last_of(kind: SnapshotKind, about: int) -> Publication | None:
    """The newest decision about one thing, whatever became of it. One query."""
    return db.session.scalar(
        select(Publication).where(Publication.kind == kind, Publication.about == about).order_by(Publication.id.desc()).limit(1)
    )


def next_version(path: str) -> int:
    """The version the next snapshot at `path` gets, from 1. One query."""
    return (db.session.scalar(select(func.max(Snapshot.version)).where(Snapshot.path == path)) or 0) + 1


def meetings_of_plan(council_id: int) -> Sequence[Meeting]:
    """A council's meetings from the beginning of this year on, in order. Four queries; bodies and co-hosts come loaded."""
    new_year = at_oslo(clock.today().replace(month=1, day=1), time(0))
    return db.session.scalars(
        select(Meeting)
        .where(Meeting.council_id == council_id, Meeting.starts_at >= new_year)
        .options(selectinload(Meeting.hosts).joinedload(MeetingBody.body), selectinload(Meeting.co_hosts).joinedload(CoHost.organisation))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()


def minutes_are_public(meeting: Meeting) -> bool:
    """Whether the public page of `meeting` shows its minutes. At most one query: none while its minutes were never locked."""
    if meeting.recorded_at is None:
        return False
    public = current(SnapshotKind.MEETING, meeting.id)
    return public is not None and public.snapshot is not None and bool(public.snapshot.data.get("edition"))

"""Finds what has been left lying: tasks that a jumping clock holds up, and tasks that end everyone who takes them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from meetingapp.core.database import database_now, db, write
from meetingapp.core.outbox.models import Task, TaskState
from meetingapp.core.outbox.worker import WAITS, lease_length

BEHIND = timedelta(seconds=5)  # what two clocks of one house may differ by
SOME = 500  # rows in one transaction


def sweep_tasks() -> int:
    """Set right what stands wrong in the queue; returns how many tasks. Three queries and one for each task."""
    with write():
        now = database_now()
        return _set_times_right(now) + _shorten_leases(now) + _give_up_the_deadly(now)


def _queued(*where: object) -> list[Task]:
    found = select(Task).where(Task.state == TaskState.QUEUED, *where)  # type: ignore[arg-type]
    return list(db.session.scalars(found.order_by(Task.id).limit(SOME).with_for_update(skip_locked=True)))


def _set_times_right(now: datetime) -> int:
    """The clock has gone back: what shall wait, waits as long as it should have, counted from now."""
    tasks = _queued(Task.placed_at > now + BEHIND)
    for task in tasks:
        assert task.placed_at is not None
        task.next_try_at = now + max(timedelta(0), task.next_try_at - task.placed_at)
        task.placed_at = now
    return len(tasks)


def _shorten_leases(now: datetime) -> int:
    """A lease that lies further ahead than any lease lasts. Its holder may still be at work, so it keeps what a new one would get."""
    tasks = _queued(Task.leased_until > now + lease_length() + BEHIND)
    for task in tasks:
        task.leased_until = now + lease_length()
    return len(tasks)


def _give_up_the_deadly(now: datetime) -> int:
    """Begun so often and never ended: whoever takes it dies of it."""
    tasks = _queued(Task.tries > len(WAITS), Task.leased_until < now)
    for task in tasks:
        task.state, task.finished_at, task.leased_until = TaskState.FAILED, now, None
    return len(tasks)

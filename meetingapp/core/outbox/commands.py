"""Post a task, or take it back while nobody has begun it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.outbox.models import Task, TaskState


def post(kind: str, *, about: int | None = None, details: dict[str, Any] | None = None, delay: timedelta = timedelta(0)) -> Task:
    """Let the worker do `kind` after this transaction has committed.

    :param about: id of the row it concerns
    :param details: small JSON; ids and choices, never texts
    :param delay: not before this much later (true time)
    """
    now = clock.true_now()
    task = Task(kind=kind, about=about, details=details or {}, made_at=now, next_try_at=now + delay)
    db.session.add(task)
    db.session.flush()  # the ledger wants the id
    return task


def withdraw(task_ids: list[int]) -> int:
    """Take back those of `task_ids` that nobody has begun; returns how many were stopped."""
    now = clock.true_now()
    stopped = 0
    for task in db.session.scalars(select(Task).where(Task.id.in_(task_ids)).with_for_update()):
        if task.state is TaskState.QUEUED and task.tries == 0 and (task.leased_until is None or task.leased_until < now):
            task.state, task.finished_at = TaskState.WITHDRAWN, now
            stopped += 1
    return stopped

"""Post a task, or take it back while nobody has begun it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from meetingapp.core.database import DatabaseTime, database_now, db
from meetingapp.core.outbox.models import Task, TaskState


def post(kind: str, *, about: int | None = None, details: dict[str, Any] | None = None, delay: timedelta = timedelta(0)) -> Task:
    """Let the worker do `kind` after this transaction has committed.

    :param about: id of the row it concerns
    :param details: small JSON; ids and choices, never texts
    :param delay: not before this much later, by the database's clock
    """
    now = DatabaseTime()
    task = Task(kind=kind, about=about, details=details or {}, made_at=now, placed_at=now, next_try_at=DatabaseTime(delay))
    db.session.add(task)
    db.session.flush()  # the ledger wants the id
    return task


def post_many(kind: str, count: int, *, delay: timedelta = timedelta(0)) -> list[Task]:
    """As `post`, so many at once, about nothing yet. Two queries, however many."""
    now = database_now()
    tasks = [Task(kind=kind, details={}, made_at=now, placed_at=now, next_try_at=now + delay) for _number in range(count)]
    db.session.add_all(tasks)
    db.session.flush()  # the ledger wants the ids
    return tasks


def withdraw(task_ids: list[int]) -> int:
    """Take back those of `task_ids` that nobody has begun; returns how many were stopped."""
    now, stopped = database_now(), 0
    for task in db.session.scalars(select(Task).where(Task.id.in_(task_ids)).with_for_update()):
        if task.state is TaskState.QUEUED and task.tries == 0:
            task.state, task.finished_at = TaskState.WITHDRAWN, now
            stopped += 1
    return stopped


def hurry(task_id: int) -> bool:
    """Let the worker try a task now, with all its tries before it. Returns False for one that a worker has in its hand."""
    now = database_now()
    task = db.session.scalars(select(Task).where(Task.id == task_id).with_for_update()).one()
    if task.state is TaskState.QUEUED and task.leased_until is not None and task.leased_until > now:
        return False
    task.state, task.tries, task.trouble, task.finished_at = TaskState.QUEUED, 0, "", None
    task.next_try_at = task.placed_at = now
    return True


def call_off(task_id: int) -> bool:
    """Let nobody do a task any more. Returns False for one that a worker has in its hand; one that is over stays as it is."""
    now = database_now()
    task = db.session.scalars(select(Task).where(Task.id == task_id).with_for_update()).one()
    if task.state is TaskState.QUEUED:
        if task.leased_until is not None and task.leased_until > now:
            return False
        task.state, task.finished_at = TaskState.WITHDRAWN, now
    return True

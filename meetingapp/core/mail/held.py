"""Letters that were waiting when a backup was made that has been restored. They may have been sent since: a person decides."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from meetingapp.core import audit, clock
from meetingapp.core.database import database_now, db
from meetingapp.core.mail.models import Letter, LetterEvent, LetterState
from meetingapp.core.outbox import Task, TaskState


def send_after_all(letters: Sequence[Letter], *, by: audit.Doer | None) -> int:
    """Let the worker send those of `letters` that are held; returns how many. Two queries and an audit entry each."""
    decided = _decide(letters, LetterState.QUEUED, TaskState.QUEUED)
    for letter in decided:
        audit.record("letter.send_after_restore", letter, by=by)
    return len(decided)


def leave(letters: Sequence[Letter], *, by: audit.Doer | None) -> int:
    """Let those of `letters` that are held lie for good; returns how many. Two queries and an audit entry each."""
    decided = _decide(letters, LetterState.WITHDRAWN, TaskState.WITHDRAWN)
    for letter in decided:
        audit.record("letter.leave_after_restore", letter, by=by)
    return len(decided)


def _decide(letters: Sequence[Letter], state: LetterState, task_state: TaskState) -> list[Letter]:
    held = [letter for letter in letters if letter.state is LetterState.HELD]
    tasks = {task.id: task for task in db.session.scalars(select(Task).where(Task.id.in_([letter.task_id for letter in held])))}
    now = database_now()
    for letter in held:
        task = tasks[letter.task_id]
        task.state, task.tries, task.next_try_at, task.placed_at = task_state, 0, now, now
        task.finished_at = now if task_state is TaskState.WITHDRAWN else None
        letter.state = state
        letter.raw = None  # written anew: its links were stopped by the restore
        db.session.add(LetterEvent(letter=letter, at=clock.now(), state=state))
    return held

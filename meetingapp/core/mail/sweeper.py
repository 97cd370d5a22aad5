"""Finds letters that nobody is going to send: their task is over, and they were never handed over."""

from __future__ import annotations

from sqlalchemy import select

from meetingapp.core import outbox
from meetingapp.core.database import db, write
from meetingapp.core.mail.models import UNSENT, Letter, LetterState
from meetingapp.core.mail.post import step

ENDED = (outbox.TaskState.DONE, outbox.TaskState.FAILED, outbox.TaskState.WITHDRAWN)
SOME = 500  # letters in one transaction


def sweep_letters() -> int:
    """Let each letter that was left lying be sent, or be seen by a person; returns how many. One query and some for each letter."""
    with write():
        found = db.session.execute(
            select(Letter, outbox.Task)
            .join(outbox.Task, outbox.Task.id == Letter.task_id)
            .where(Letter.state.in_(UNSENT), outbox.Task.state.in_(ENDED))
            .order_by(Letter.id)
            .limit(SOME)
            .with_for_update(skip_locked=True)
        ).all()
        for letter, task in found:
            if task.state is outbox.TaskState.DONE:
                step(letter, LetterState.QUEUED, reply="found without anyone to send it")
                outbox.hurry(task.id)
            elif task.state is outbox.TaskState.WITHDRAWN:
                step(letter, LetterState.WITHDRAWN, reply="its sending was called off")
            else:
                step(letter, LetterState.FAILED, reply=task.trouble or "given up")
        return len(found)

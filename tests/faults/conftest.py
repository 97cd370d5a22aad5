"""Letters on their way to a mail server that fails, and time that passes for the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter
from meetingapp.core.outbox import Task, TaskState
from tests.faults.smtp import MailServer, running


@pytest.fixture
def mail_server(app: Flask) -> Iterator[MailServer]:
    """A mail server that the office sends to; `mail_server.mode` makes it fail."""
    with running(MailServer()) as house:
        app.config["SMTP_URL"] = house.url
        yield house
        app.config["SMTP_URL"] = None


@pytest.fixture
def pass_time(app: Flask) -> Callable[[timedelta], None]:
    """`pass_time(length)`: for the queue it is so much later (or earlier) than it was. Its own times move, for the clock cannot."""

    def move(length: timedelta) -> None:
        for task in db.session.scalars(select(Task).where(Task.state == TaskState.QUEUED)).all():
            moved = {name: getattr(task, name) - length for name in ("next_try_at", "placed_at", "leased_until") if getattr(task, name)}
            db.session.execute(update(Task).where(Task.id == task.id).values(**moved))
        db.session.commit()
        db.session.expire_all()

    return move


def letters_by_address() -> dict[str, Letter]:
    db.session.expire_all()
    return {letter.to_address: letter for letter in db.session.scalars(select(Letter).order_by(Letter.id))}

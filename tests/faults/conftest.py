"""Letters on their way to a mail server that fails, and time that passes for the queue."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event, select

from meetingapp.core.database import db, write
from meetingapp.core.mail.models import Letter
from meetingapp.core.outbox import Task, TaskState
from tests.faults.smtp import MailServer, running
from tests.postgres import connect


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
        with write():
            for task in db.session.scalars(select(Task).where(Task.state == TaskState.QUEUED)):
                for name in ("next_try_at", "placed_at", "leased_until"):
                    if getattr(task, name) is not None:
                        setattr(task, name, getattr(task, name) - length)

    return move


def letters_by_address() -> dict[str, Letter]:
    db.session.rollback()  # what others have written since is seen from a new transaction
    return {letter.to_address: letter for letter in db.session.scalars(select(Letter).order_by(Letter.id))}


class Machine:
    """The machine's clock as the house sees it, in this process and in the database alike. `jump` moves it; `pass_by` lets time pass."""

    def __init__(self) -> None:
        self.ahead, self.ticks = timedelta(0), 0.0
        self._travel: time_machine.travel | None = None
        self._is_sqlite = db.engine.dialect.name == "sqlite"

    def jump(self, length: timedelta) -> None:
        """The clock is set; no time has passed."""
        self.ahead += length
        self.stop()
        self._travel = time_machine.travel(datetime.now(UTC) + self.ahead, tick=True)
        self._travel.start()
        self._tell_postgresql()

    def pass_by(self, length: timedelta) -> None:
        """So much later, also by what ticks in a process."""
        self.ticks += length.total_seconds()
        self.jump(length)

    def ticking(self) -> float:
        return self.ticks

    def stop(self) -> None:
        if self._travel is not None:
            self._travel.stop()
            self._travel = None

    def set_up(self, connection: Any, record: Any) -> None:
        """Put the database's own word for the time behind a function that follows this clock."""
        if self._is_sqlite:
            connection.create_function("strftime", 3, self._strftime)
            return
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO jumped, public, pg_catalog")  # ours is found before its own
        connection.commit()

    def _tell_postgresql(self) -> None:
        if self._is_sqlite:
            return
        seconds = self.ahead.total_seconds()
        with connect(db.engine.url.render_as_string(hide_password=False)) as owner:
            owner.execute("CREATE SCHEMA IF NOT EXISTS jumped")
            owner.execute(
                "CREATE OR REPLACE FUNCTION jumped.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS "
                f"$$SELECT pg_catalog.clock_timestamp() + interval '{seconds} seconds'$$"
            )

    def _strftime(self, form: str, moment: str, later: str) -> str:
        assert (form, moment) == ("%Y-%m-%d %H:%M:%f000", "now")
        at = datetime.now(UTC) + timedelta(seconds=float(later.removesuffix(" seconds")))
        return at.strftime("%Y-%m-%d %H:%M:%S.") + f"{at.microsecond // 1000:03d}000"


@pytest.fixture
def machine(app: Flask) -> Iterator[Machine]:
    """The clock of the machine, to be moved."""
    made = Machine()
    event.listen(db.engine, "connect", made.set_up)
    db.session.remove()
    db.engine.dispose()
    yield made
    made.stop()
    event.remove(db.engine, "connect", made.set_up)
    db.session.remove()
    db.engine.dispose()

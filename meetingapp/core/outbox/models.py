"""What shall follow by itself: one row each, written in the transaction that decided it."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core.database import Model


class TaskState(enum.Enum):
    QUEUED = "queued"
    DONE = "done"
    FAILED = "failed"  # a person must look
    WITHDRAWN = "withdrawn"
    HELD = "held"  # was waiting when a backup was made that has been restored: a person decides


class Task(Model):
    """One thing for the worker to do. Times are the database's, so that every worker reads the same clock."""

    __tablename__ = "outbox_task"
    __table_args__ = (Index("ix_outbox_task_next", "state", "next_try_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(60))  # the handler's name
    about: Mapped[int | None]  # the row the handler starts from
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[TaskState] = mapped_column(default=TaskState.QUEUED)
    made_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    placed_at: Mapped[datetime | None]  # when `next_try_at` was set: a moment ahead of now tells that the clock has gone back
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[datetime | None]
    lease: Mapped[str] = mapped_column(String(32), default="", server_default="")  # who holds it; who lost it writes no outcome
    finished_at: Mapped[datetime | None]
    trouble: Mapped[str] = mapped_column(default="")  # what the last try said


class Reminded(Model):
    """That the house has reminded of something by itself, some days before its day. Once for each, whoever was first."""

    __table_args__ = (UniqueConstraint("what", "about", "day", "days_before"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(String(20))  # "action", "call"; and "actions", "calls" for a council's round of the day
    about: Mapped[int]  # the row's id
    day: Mapped[date]  # the deadline or the day of the meeting; when it moves, it is another
    days_before: Mapped[int]
    at: Mapped[datetime]  # the council's time

"""The ledger of letters: what was sent to whom, from which address, and what the mail server said."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model


class LetterState(enum.Enum):
    QUEUED = "queued"
    HANDED_OVER = "handed over"  # taken over by the mail server; we never claim that it was read
    DELAYED = "delayed"
    UNKNOWN = "unknown"  # the connection broke after the text was sent: it may have arrived
    FAILED = "failed"
    WITHDRAWN = "withdrawn"
    TOLD = "told"  # a person has told the receiver in another way
    HELD = "held"  # was waiting when a backup was made that has been restored: it may have been sent since, so a person decides


UNSENT = (LetterState.QUEUED, LetterState.DELAYED, LetterState.UNKNOWN)  # the worker is not done with them


class Letter(Model):
    """One letter to one address. The words are made by the worker, when it is sent."""

    __table_args__ = (
        Index("ix_letter_list", "realm", "id"),
        Index("ix_letter_trouble", "realm", "state", "id"),
        Index("ix_letter_address", "to_address", "state", "id"),
        Index("ix_letter_about", "kind", "about"),
        Index("ix_letter_state", "state", "due_by"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    realm: Mapped[int | None]  # whose letters these are: the council's id
    kind: Mapped[str] = mapped_column(String(60))
    about: Mapped[int]  # the row its words come from
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)
    task_id: Mapped[int] = mapped_column(ForeignKey("outbox_task.id"), unique=True)
    to_name: Mapped[str] = mapped_column(String(200))
    to_address: Mapped[str] = mapped_column(String(320))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    subject: Mapped[str] = mapped_column(default="")
    state: Mapped[LetterState] = mapped_column(default=LetterState.QUEUED)
    made_at: Mapped[datetime]  # the council's time
    due_by: Mapped[datetime | None]  # handed over later than this it misses its purpose; the council's time
    raw: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64), default="")

    events: Mapped[list[LetterEvent]] = relationship(order_by="LetterEvent.id", back_populates="letter")


class LetterEvent(Model):
    """One step of a letter's way. Appended, never changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"), index=True)
    at: Mapped[datetime]  # the council's time
    state: Mapped[LetterState]
    server: Mapped[str] = mapped_column(default="")
    reply: Mapped[str] = mapped_column(default="")

    letter: Mapped[Letter] = relationship(back_populates="events")

"""The log of who changed what: appended to, never changed (triggers); no texts and no identity numbers. Each entry is a link of a chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core.database import Model


class AuditEntry(Model):
    """One act by one person on one thing."""

    __table_args__ = (Index("ix_audit_entry_thing", "thing", "thing_id", "id"), Index("ix_audit_entry_person", "person_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(80))  # "meeting.call"
    thing: Mapped[str] = mapped_column(String(60))  # the table's name
    thing_id: Mapped[int]
    person_id: Mapped[int | None]  # no foreign key: core knows no people, and the log outlives them
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


class AuditLink(Model):
    """Where an entry stands in the chain, and the hash that ties it to all before it. Written as its transaction commits."""

    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 … without gaps
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    hash: Mapped[str] = mapped_column(String(64))


class AuditHead(Model):
    """The end of the chain: one row, locked by whoever adds a link."""

    __table_args__ = (CheckConstraint("id = 1", name="there_is_one_head"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))  # empty before the first link

"""The log of who changed what: appended to, never changed; no texts and no identity numbers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core.database import Model


class AuditEntry(Model):
    """One act by one person on one thing."""

    __table_args__ = (Index("ix_audit_entry_thing", "thing", "thing_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    action: Mapped[str] = mapped_column(String(80))  # "meeting.call"
    thing: Mapped[str] = mapped_column(String(60))  # the table's name
    thing_id: Mapped[int]
    person_id: Mapped[int | None]  # no foreign key: core knows no people, and the log outlives them
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)

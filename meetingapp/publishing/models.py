"""What was made public, when and by whom: immutable snapshots, and the decisions that made them."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model
from meetingapp.council.models import Council, Person


class SnapshotKind(enum.Enum):
    MEETING = "meeting"  # facts and agenda, the papers chosen for the web, and the minutes once they are locked
    CASE = "case"
    ACTIONS = "actions"  # the open actions of a council
    BODY = "body"
    AGREEMENT = "agreement"
    PLAN = "plan"  # the council's meetings, those that have no agenda yet among them


class PublicationState(enum.Enum):
    ASKED = "asked"
    HELD = "held"  # the gate found something a person must look at
    PUBLIC = "public"
    REPLACED = "replaced"
    RECALLED = "recalled"


class Publication(Model):
    """One decision to publish one thing. The worker makes the snapshot; if the gate stops it, a person is told why."""

    __table_args__ = (Index("ix_publication_about", "kind", "about"), Index("ix_publication_list", "council_id", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[SnapshotKind]
    about: Mapped[int]  # the meeting, case, body … it shows
    state: Mapped[PublicationState] = mapped_column(default=PublicationState.ASKED)
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    published_at: Mapped[datetime | None]
    found: Mapped[list[Any]] = mapped_column(default=list)  # what the gate found: kinds and places, never the words
    recalled_at: Mapped[datetime | None]
    recall_reason: Mapped[str] = mapped_column(default="")

    council: Mapped[Council] = relationship()
    asked_by: Mapped[Person | None] = relationship()
    snapshot: Mapped[Snapshot | None] = relationship(back_populates="publication", uselist=False)


class Snapshot(Model):
    """Content as it was made public: no frame, no menu. Immutable."""

    __table_args__ = (UniqueConstraint("path", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    publication_id: Mapped[int] = mapped_column(ForeignKey("publication.id"), unique=True)
    path: Mapped[str] = mapped_column(String(300))  # its public address
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(300))
    html: Mapped[str]
    text: Mapped[str]  # for search
    data: Mapped[dict[str, Any]]  # facts that lists, feeds and open data are made from
    translations: Mapped[dict[str, Any]] = mapped_column(default=dict)  # language → title, html and data: the same, told in it
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]

    publication: Mapped[Publication] = relationship(back_populates="snapshot")

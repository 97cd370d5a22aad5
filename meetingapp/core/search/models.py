"""The two indexes. A closed text is never in the open one, so no forgotten filter can find it there."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from meetingapp.core.database import Model


class SearchEntry(Model):
    """What can be found of one thing: what is shown, and the stems that are looked in.

    The full-text index itself stands beside the table and follows it: on SQLite an FTS5 table kept by triggers, on PostgreSQL a
    generated `tsvector`. Both are made by a migration.
    """

    __abstract__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(20))  # the kind of thing: "case", "minutes"
    source_id: Mapped[int]
    part: Mapped[int] = mapped_column(default=0)  # where a thing gives several entries: minutes give one an item
    realm: Mapped[int]  # id of the council it belongs to; 0: of none
    lock: Mapped[int] = mapped_column(default=0)  # id of the case whose closed papers one must be allowed to read; 0 in the open index
    place: Mapped[str] = mapped_column(String(200))  # its address in the office
    title: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    title_stems: Mapped[str] = mapped_column(default="")
    text_stems: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]  # the newest of many hits come first

    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> tuple[UniqueConstraint]:
        return (UniqueConstraint("source", "source_id", "part"),)


class OpenEntry(SearchEntry):
    """What everybody inside a council may find."""

    __tablename__ = "search_open"


class ClosedEntry(SearchEntry):
    """What only those may find who may read the closed papers of the case."""

    __tablename__ = "search_closed"

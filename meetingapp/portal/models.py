"""The public database: pages as ready bytes. Derived from snapshots; can be rebuilt at any time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core.database import Model


class Page(Model):
    """One public address: status, type and bytes in three encodings."""

    __tablename__ = "page"
    __bind_key__ = "public"

    host: Mapped[str] = mapped_column(String(255), primary_key=True)  # of the council; empty: any host
    path: Mapped[str] = mapped_column(String(300), primary_key=True)
    status: Mapped[int]  # 200, or 410 for what was recalled
    media_type: Mapped[str] = mapped_column(String(120))
    file_name: Mapped[str] = mapped_column(String(200), default="")  # for what is offered as a download
    etag: Mapped[str] = mapped_column(String(64))
    modified_at: Mapped[datetime]
    plain: Mapped[bytes] = mapped_column(LargeBinary)
    br: Mapped[bytes | None] = mapped_column(LargeBinary)
    gz: Mapped[bytes | None] = mapped_column(LargeBinary)

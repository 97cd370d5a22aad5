"""Files under their hash; name, type and size are rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core.database import Model


class StoredFile(Model):
    """One set of bytes. The same bytes are stored once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
    media_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]  # bytes
    stored_at: Mapped[datetime]

"""Bytes on disk under their hash: written whole, then named, then known to the database."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from meetingapp.core import clock
from meetingapp.core.database import assert_no_lock, db
from meetingapp.core.files.models import StoredFile


def folder() -> Path:
    """Where the files lie."""
    return Path(current_app.config["FILES_DIR"])


def _place(sha256: str) -> Path:
    return folder() / sha256[:2] / sha256


def keep_bytes(data: bytes) -> str:
    """Write `data` to disk and return its SHA-256. Slow: not under the write lock.

    :raises EdgeError: under the write lock
    :raises OSError: where there is no room
    """
    assert_no_lock("Writing a file")
    sha256 = hashlib.sha256(data).hexdigest()
    place = _place(sha256)
    if place.exists():
        return sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, place)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)  # a full disk is not filled further by what was given up
        raise
    return sha256


def register(sha256: str, *, media_type: str, size: int) -> StoredFile:
    """The row of bytes that lie on disk already; the same bytes give the same row."""
    found = db.session.scalar(select(StoredFile).where(StoredFile.sha256 == sha256))
    if found is None:
        found = StoredFile(sha256=sha256, media_type=media_type, size=size, stored_at=clock.now())
        db.session.add(found)
        db.session.flush()  # those who point to it need the id
    return found


def read(file: StoredFile) -> bytes:
    """The bytes of `file`."""
    return read_kept(file.sha256)


def read_kept(sha256: str) -> bytes:
    """The bytes that lie under `sha256`."""
    return _place(sha256).read_bytes()


def path_of(file: StoredFile) -> Path:
    """Where the bytes of `file` lie, for sending them."""
    return _place(file.sha256)

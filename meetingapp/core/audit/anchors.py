"""Anchors: the end of the chain written down outside the database, so that a cut tail or an older database is seen.

A chain alone cannot see that its last entries are gone. One line a day tells how long it was and what its last hash was.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from meetingapp.core import clock
from meetingapp.core.audit.chain import HEAD
from meetingapp.core.database import db


@dataclass(frozen=True)
class Anchor:
    """The chain as it was at one moment."""

    at: datetime  # true time, aware
    count: int
    hash: str

    def __str__(self) -> str:
        return f"{self.at.isoformat(timespec='seconds')} {self.count} {self.hash}"


class BadAnchor(ValueError):
    """A line of the file of anchors that cannot be read."""


def place() -> Path:
    """The file of anchors."""
    return Path(current_app.config["AUDIT_ANCHORS"])


def read() -> list[Anchor]:
    """All anchors, oldest first; `[]` before the first.

    :raises BadAnchor: at a line that is no anchor
    """
    if not place().exists():
        return []
    return [_parsed(line, number) for number, line in enumerate(place().read_text().splitlines(), 1) if line.strip()]


def write() -> Anchor:
    """Write down where the chain ends now, and return it. On disk when this returns. One query."""
    with db.engine.connect() as connection:
        count, last = connection.execute(select(HEAD.c.count, HEAD.c.hash).where(HEAD.c.id == 1)).one()
    anchor = Anchor(clock.true_now().replace(microsecond=0), count, last or "-")
    place().parent.mkdir(parents=True, exist_ok=True)
    with place().open("a") as file:
        file.write(f"{anchor}\n")
        file.flush()
        os.fsync(file.fileno())
    return anchor


def write_daily() -> Anchor | None:
    """Write today's anchor (UTC), unless it stands there already."""
    try:
        newest = read()[-1:]
    except BadAnchor:
        newest = []  # `flask audit verify` tells about it; the day's anchor is owed all the same
    return None if newest and newest[0].at.date() == clock.true_now().date() else write()


def _parsed(line: str, number: int) -> Anchor:
    try:
        at, count, last = line.split()
        return Anchor(datetime.fromisoformat(at), int(count), "" if last == "-" else last)
    except ValueError:
        raise BadAnchor(f"line {number} is no anchor: {line[:100]!r}") from None

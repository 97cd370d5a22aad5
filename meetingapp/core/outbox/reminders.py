"""What the house reminds of by itself: once a day it goes round, and nothing is reminded of twice, however many workers there are."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from meetingapp.core import clock, signs
from meetingapp.core.database import db
from meetingapp.core.outbox.models import Reminded

FROM_HOUR = 7  # in Oslo: nobody gets a letter by night


def is_time() -> bool:
    """Whether the day's round may begin."""
    return clock.local(clock.now()).hour >= FROM_HOUR


def has_gone(what: str, about: int, day: date, days_before: int = 0) -> bool:
    """Whether it has been reminded of. One query."""
    found = select(Reminded.id).where(
        Reminded.what == what, Reminded.about == about, Reminded.day == day, Reminded.days_before == days_before
    )
    return db.session.scalar(found) is not None


def is_first(what: str, about: int, day: date, days_before: int = 0) -> bool:
    """Take it: True for the first who asks, and never again. Inside a write transaction; a second worker waits here for the first."""
    row = {"what": what, "about": about, "day": day, "days_before": days_before, "at": clock.now()}
    dialect = db.engine.dialect.name
    add = (postgresql if dialect == "postgresql" else sqlite).insert(Reminded).values(**row).on_conflict_do_nothing()
    return db.session.connection().execute(add.returning(Reminded.id)).scalar() is not None


def step_of(day: date, steps: Iterable[int], *, known_since: date) -> int | None:
    """Which reminder it is time for today: the last of `steps` (days before `day`) that has come; None before the first, and after `day`.

    Each counts from the morning it falls on until the next one. One that had come before anybody knew of the thing is left out, and
    so is one from before a restore: it may have gone out then.

    :param known_since: the day on which it was written down
    """
    today, restored = clock.today(), signs.read(signs.RESTORED)
    since = max(known_since, clock.local(restored.at).date()) if restored is not None else known_since
    come = [step for step in steps if day - timedelta(days=step) <= today <= day]
    if not come or day - timedelta(days=min(come)) <= since:
        return None
    return min(come)

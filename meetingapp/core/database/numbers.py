"""Numbers without gap or double: a counter row in the same transaction, never `max() + 1`."""

from __future__ import annotations

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core.database.model import Model, db


class Counter(Model):
    """The last number given in one series."""

    series: Mapped[str] = mapped_column(String(120), primary_key=True)
    value: Mapped[int]


def next_number(series: str) -> int:
    """The next number of `series`, from 1. A rollback gives it back; two at once wait for each other on the row."""
    given = db.session.scalar(
        text(
            "INSERT INTO counter (series, value) VALUES (:series, 1)"
            " ON CONFLICT (series) DO UPDATE SET value = counter.value + 1 RETURNING value"
        ),
        {"series": series},
    )
    assert given is not None
    return int(given)


def raise_counter(series: str, to: int) -> None:
    """Let `series` go on after `to`: for numbers given before this system, by hand or elsewhere."""
    db.session.execute(
        text(
            "INSERT INTO counter (series, value) VALUES (:series, :value)"
            " ON CONFLICT (series) DO UPDATE SET value = CASE WHEN counter.value < :value THEN :value ELSE counter.value END"
        ),
        {"series": series, "value": to},
    )


def last_number(series: str) -> int:
    """The last number given in `series`; 0 before the first. One query."""
    found = db.session.get(Counter, series)
    return found.value if found else 0

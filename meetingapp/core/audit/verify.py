"""Walks the whole chain and says in plain words what is wrong, and where. Memory does not grow with the log."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Text, cast, func, select
from sqlalchemy.engine import Row

from meetingapp.core.audit import anchors
from meetingapp.core.audit.chain import ENTRIES, HEAD, LINKS, Act, key, link_hash
from meetingapp.core.database import db
from meetingapp.core.database.fixed import fixed_tables

BATCH = 1000  # entries
MOST = 50  # faults kept in words; the rest are counted
GUARDED = {(table, event) for table in ("audit_entry", "audit_link") for event in ("update", "delete")}


@dataclass
class Report:
    """What the walk found."""

    count: int = 0  # entries that the head speaks of
    anchors: int = 0
    faults: list[str] = field(default_factory=list)  # the first `MOST`
    found: int = 0  # all of them

    @property
    def is_whole(self) -> bool:
        return self.found == 0

    def add(self, fault: str) -> None:
        self.found += 1
        if len(self.faults) < MOST:
            self.faults.append(fault)


def verify(progress: Callable[[int, int], None] = lambda done, of: None) -> Report:
    """Compare every entry with its hash, the links with each other, and the chain with its anchors. Changes nothing.

    :param progress: told after each batch how many places of how many are done
    """
    report = Report()
    level = {"isolation_level": "REPEATABLE READ"} if db.engine.dialect.name == "postgresql" else {}
    with db.engine.connect().execution_options(**level) as connection:
        head = connection.execute(select(HEAD.c.count, HEAD.c.hash).where(HEAD.c.id == 1)).first()
        anchored = _anchors(report)
        if head is None:
            report.add("The head of the chain is gone.")
            return report
        report.count, newest = head
        last = _walk(connection, report, anchored, lambda done: progress(done, report.count))
        if last != (report.count, newest):
            report.add(
                f"The chain ends at place {last[0]}, but its head speaks of {report.count} entries. Entries at the end are gone or added."
            )
        for count in (count for count in anchored if count > last[0]):
            report.add(
                f"The anchor of {anchored[count][0].at:%Y-%m-%d %H:%M} UTC speaks of {count} entries, but the chain has {last[0]}:"
                " the end was cut off, or an older database was put back."
            )
        _strangers(connection, report)
        for table, event in sorted(GUARDED - fixed_tables(connection)):
            report.add(f"The trigger that refuses {event} in {table} is gone.")
    return report


def _anchors(report: Report) -> dict[int, list[anchors.Anchor]]:
    """The anchors by the number of entries they speak of."""
    try:
        found = anchors.read()
    except (anchors.BadAnchor, OSError, UnicodeDecodeError) as error:
        report.add(f"The file of anchors cannot be read: {error}")
        return {}
    report.anchors = len(found)
    by_count = defaultdict(list)
    for anchor in found:
        by_count[anchor.count].append(anchor)
    return by_count


def _walk(
    connection: Connection, report: Report, anchored: dict[int, list[anchors.Anchor]], progress: Callable[[int], None]
) -> tuple[int, str]:
    """Follow the chain; returns the last place and its hash."""
    secret, place, previous = key(), 0, ""
    for row in _rows(connection, progress):
        is_tied = row.place == place + 1
        if not is_tied:
            between = str(place + 1) if row.place == place + 2 else f"{place + 1} to {row.place - 1}"
            report.add(f"Place {between} in the chain is missing.")
        act = _act_in(row)
        if row.id is None:
            report.add(f"The entry at place {row.place} is gone.")
        elif act is None:
            report.add(f"Entry {row.id} at place {row.place} cannot be read: it was changed outside the house.")
        elif is_tied and not _is_right(row, link_hash(secret, previous, row.place, act)):
            report.add(f"Entry {row.id} at place {row.place} ({row.action}, {row.at}) is not what was written, or not where.")
        for anchor in anchored.get(row.place, []):
            if anchor.hash != row.hash:
                report.add(f"Place {row.place} is not what the anchor of {anchor.at:%Y-%m-%d %H:%M} UTC says it was.")
        place, previous = row.place, str(row.hash)
    return place, previous


def _is_right(row: Row[Any], right: str) -> bool:
    return bool(row.hash == right)


def _rows(connection: Connection, progress: Callable[[int], None]) -> Iterator[Row[Any]]:
    """Links with their entries, in order of place, a batch at a time. What may have been made unreadable comes as text."""
    query = (
        select(
            LINKS.c.place,
            LINKS.c.hash,
            ENTRIES.c.id,
            cast(ENTRIES.c.at, Text).label("at"),
            ENTRIES.c.action,
            ENTRIES.c.thing,
            ENTRIES.c.thing_id,
            ENTRIES.c.person_id,
            cast(ENTRIES.c.details, Text).label("details"),
        )
        .outerjoin_from(LINKS, ENTRIES, ENTRIES.c.id == LINKS.c.entry_id)
        .order_by(LINKS.c.place)
        .limit(BATCH)
    )
    done = None
    while True:
        rows = connection.execute(query if done is None else query.where(LINKS.c.place > done)).all()
        if not rows:
            return
        yield from rows
        done = rows[-1].place
        progress(done)


def _act_in(row: Row[Any]) -> Act | None:
    """The entry of a row; None when it holds what no entry can hold."""
    try:
        at = datetime.fromisoformat(row.at)
        at = at if at.tzinfo else at.replace(tzinfo=UTC)  # SQLite keeps no zone
        return Act(row.id, at, row.action, row.thing, row.thing_id, row.person_id, json.loads(row.details))
    except (TypeError, ValueError, OverflowError):
        return None


def _strangers(connection: Connection, report: Report) -> None:
    """Entries that never came through the house: they have no link."""
    query = select(ENTRIES.c.id).outerjoin_from(ENTRIES, LINKS, LINKS.c.entry_id == ENTRIES.c.id).where(LINKS.c.entry_id.is_(None))
    count = connection.scalar(select(func.count()).select_from(query.subquery())) or 0
    for entry_id in connection.scalars(query.order_by(ENTRIES.c.id).limit(MOST)):
        report.add(f"Entry {entry_id} stands outside the chain: it was put in past the house.")
    report.found += max(0, count - MOST)

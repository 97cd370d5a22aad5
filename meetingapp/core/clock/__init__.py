"""What time it is. One place, so that the demo's clock and the tests' clock are the same clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")

_offset = timedelta(0)
_frozen: datetime | None = None


def now() -> datetime:
    """The council's time, aware UTC. In the demo it began at a fixed moment and ticks from there."""
    return _frozen if _frozen is not None else datetime.now(UTC) + _offset


def true_now() -> datetime:
    """The wall clock, aware UTC: for leases, sessions and one-time codes, which a demo's calendar must not move."""
    return datetime.now(UTC)


def today() -> date:
    """The calendar day in Europe/Oslo."""
    return now().astimezone(OSLO).date()


def local(moment: datetime) -> datetime:
    """`moment` (aware) as Europe/Oslo."""
    return moment.astimezone(OSLO)


def start_at(moment: datetime, *, since: datetime) -> None:
    """Let the council's time be `moment` when the wall clock showed `since`, and tick on from there."""
    global _offset
    _offset = moment - since


@contextmanager
def frozen(moment: datetime) -> Iterator[None]:
    """Hold the council's time still at `moment` (aware): for tests, and for loading what happened long ago."""
    global _frozen
    before, _frozen = _frozen, moment.astimezone(UTC)
    try:
        yield
    finally:
        _frozen = before

"""Attempts are counted in the database, so that all processes count together: by whom they are about, and where they come from.

An attempt is counted before it is tried, and taken back when it succeeds: two processes can never both take the last one. After
`free` failures each next one waits twice as long. The strict pace is for one subject from one network, so nobody can lock another
person out; the wide ones stop somebody who tries many subjects, or one subject from many networks. Whoever has come in
from a network before is let past the last of these.
"""

from __future__ import annotations

import hmac
import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from flask import current_app, request
from sqlalchemy import String, Table, bindparam, delete, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core import clock
from meetingapp.core.database import Model, db, short_write
from meetingapp.core.database.model import UTCDateTime
from meetingapp.core.web.client import network_of


class Throttle(Model):
    """Attempts under one key. Names and addresses are only in the key, under the house's secret. Times are true time."""

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    wait_until: Mapped[datetime]
    kept_until: Mapped[datetime] = mapped_column(index=True)


TABLE = cast(Table, Throttle.__table__)


@dataclass(frozen=True)
class Pace:
    """So many attempts are free; then one each `first`, twice that, four times …, at most `longest` apart."""

    free: int
    first: timedelta = timedelta(seconds=30)
    longest: timedelta = timedelta(minutes=15)

    def wait(self, count: int) -> timedelta:
        """How long to wait after the attempt that made it `count`."""
        beyond = count - self.free
        return timedelta(0) if beyond < 0 else min(self.first * 2 ** min(beyond, 20), self.longest)


ONE_SUBJECT_HERE = Pace(free=5, longest=timedelta(hours=1))
ALL_FROM_HERE = Pace(free=40)
ONE_SUBJECT_FROM_EVERYWHERE = Pace(free=60)
FORGOTTEN_AFTER = timedelta(hours=2)
KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True)
class Attempt:
    """An attempt that was let through, or one that has to wait."""

    wait: timedelta = timedelta(0)
    here: str = ""
    wide: tuple[str, ...] = ()
    known: str = ""
    at: datetime = field(default_factory=clock.true_now)

    @property
    def may_try(self) -> bool:
        return not self.wait

    @property
    def seconds(self) -> int:
        """Whole seconds to wait."""
        return math.ceil(self.wait.total_seconds())


def attempt(what: str, subject: str) -> Attempt:
    """Count one attempt of `what` about `subject` from where this request comes from, in a transaction of its own.

    The statements are the same whether the subject exists or not.

    :param what: "password", "code", "link"
    :param subject: an address as it was typed, an id
    """
    network, now = network_of(request.environ, current_app.config["TRUSTED_PROXIES"]), clock.true_now()
    here, from_here, everywhere = _key(what, subject, network), _key(what, "", network), _key(what, subject, "")
    known = _key("known", subject, network)
    paces = {here: ONE_SUBJECT_HERE, from_here: ALL_FROM_HERE, everywhere: ONE_SUBJECT_FROM_EVERYWHERE}
    with short_write() as connection:
        stale = select(TABLE.c.key).where(TABLE.c.kept_until < now).with_for_update(skip_locked=True)  # somebody else is at the others
        connection.execute(delete(TABLE).where(TABLE.c.key.in_(stale)))
        for key in sorted(paces):  # in one order, so that two never wait for each other
            connection.execute(_ENTER, {"key": key, "now": now, "kept": now + FORGOTTEN_AFTER})
        rows = connection.execute(select(TABLE).where(TABLE.c.key.in_(paces)).order_by(TABLE.c.key).with_for_update()).all()
        comes_often = connection.execute(select(TABLE.c.key).where(TABLE.c.key == known)).first() is not None
        waits = [row.wait_until - now for row in rows if not (row.key == everywhere and comes_often)]
        if max(waits) > timedelta(0):
            return Attempt(wait=max(waits))
        for row in rows:
            count = row._mapping["count"] + 1  # a row is a tuple too, and has a `count` of its own
            waits_until = now + paces[row.key].wait(count)
            values = {"count": count, "wait_until": waits_until, "kept_until": waits_until + FORGOTTEN_AFTER}
            connection.execute(update(TABLE).where(TABLE.c.key == row.key).values(**values))
    return Attempt(here=here, wide=(from_here, everywhere), known=known, at=now)


def succeeded(attempt: Attempt) -> None:
    """Take `attempt` back, in the request's own transaction: it was the right person, who is known from this network from now on."""
    db.session.execute(delete(TABLE).where(TABLE.c.key == attempt.here))
    taken_back = {"count": TABLE.c.count - 1, "wait_until": attempt.at}
    db.session.execute(update(TABLE).where(TABLE.c.key.in_(attempt.wide), TABLE.c.count > 0).values(**taken_back))
    db.session.execute(delete(TABLE).where(TABLE.c.key == attempt.known))
    db.session.execute(_ENTER, {"key": attempt.known, "now": attempt.at, "kept": attempt.at + KNOWN_FOR})


_ENTER = text("INSERT INTO throttle (key, count, wait_until, kept_until) VALUES (:key, 0, :now, :kept) ON CONFLICT DO NOTHING").bindparams(
    bindparam("now", type_=UTCDateTime()), bindparam("kept", type_=UTCDateTime())
)


def _key(*parts: str) -> str:
    return hmac.new(str(current_app.config["SECRET_KEY"]).encode(), repr(("throttle", *parts)).encode(), "sha256").hexdigest()

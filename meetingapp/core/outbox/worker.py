"""The worker: claims a task, does it outside any transaction, and writes down how it went. There may be several at once."""

from __future__ import annotations

import logging
import secrets
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import ColumnElement, or_, select

from meetingapp.core import signs
from meetingapp.core.database import database_now, db, write
from meetingapp.core.outbox.models import Task, TaskState

log = logging.getLogger(__name__)

SIGN_EVERY = timedelta(seconds=15)
SWEEP_EVERY = 60  # seconds
JUMP = 30  # seconds between the database's clock and our own ticking that make a jump
WAITS = (1, 5, 15, 60, 180, 360, 360, 360, 360, 360, 360)  # minutes before the next try; about two days in all (R29)
BEGUN = "begun, and not heard of since"  # stands as the trouble of a task while somebody has it in hand


@dataclass(frozen=True)
class Claimed:
    """A task in the worker's hand: plain values, for the row belongs to a transaction that has ended."""

    id: int
    kind: str
    about: int | None
    details: dict[str, Any]
    tries: int
    lease: str
    was_cut_off: bool  # the try before this one began, and never ended


class TryLater(Exception):
    """The other side cannot take it just now.

    :param after: how long to wait; by default longer for each try
    """

    def __init__(self, said: str, *, after: timedelta | None = None) -> None:
        super().__init__(said)
        self.after = after


class GiveUp(Exception):
    """Trying again would not help; a person must look."""


Handler = Callable[[Claimed], None]


class Watch:
    """Notices that the database's clock has jumped, by the ticking of this process.

    After a jump ahead every lease looks as if it had run out, while the one who holds it may be in the middle of sending. So for
    as long as a lease lasts, only what nobody holds is taken.
    """

    def __init__(self, ticking: Callable[[], float] = time.monotonic) -> None:
        self._ticking = ticking
        self._seen: tuple[datetime, float] | None = None
        self._wary_until = float("-inf")

    def trusts_leases(self, now: datetime) -> bool:
        """Whether a lease that has run out at `now` (the database's) can be believed to have run out."""
        ticks = self._ticking()
        if self._seen is not None and abs((now - self._seen[0]).total_seconds() - (ticks - self._seen[1])) > JUMP:
            log.warning("the database's clock has jumped from %s to %s", self._seen[0], now)
            self._wary_until = ticks + lease_length().total_seconds()
        self._seen = (now, ticks)
        return ticks >= self._wary_until


def lease_length() -> timedelta:
    """How long a worker has a task for itself."""
    length: timedelta = current_app.config["WORKER_LEASE"]
    return length


def claim(watch: Watch | None = None) -> Claimed | None:
    """The next task whose time has come, leased to us; None when there is none. Two queries, in the order of their times."""
    with write():
        now = database_now()
        free: list[ColumnElement[bool]] = [Task.leased_until.is_(None)]
        if watch is None or watch.trusts_leases(now):
            free.append(Task.leased_until < now)
        row = db.session.scalar(
            select(Task)
            .where(Task.state == TaskState.QUEUED, Task.next_try_at <= now, Task.tries <= len(WAITS), or_(*free))
            .order_by(Task.next_try_at, Task.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        cut_off = row.trouble == BEGUN
        row.leased_until, row.lease, row.tries, row.trouble = now + lease_length(), secrets.token_hex(16), row.tries + 1, BEGUN
        return Claimed(row.id, row.kind, row.about, dict(row.details), row.tries, row.lease, cut_off)


def holds(task: Claimed) -> bool:
    """Whether `task` is still ours: nobody else has claimed it or called it off since. Inside a write transaction; one query."""
    row = db.session.scalar(select(Task).where(Task.id == task.id).with_for_update())
    return row is not None and row.state is TaskState.QUEUED and row.lease == task.lease


def work_once(handlers: Mapping[str, Handler], watch: Watch | None = None) -> bool:
    """Do one task, if there is one. Returns whether there was."""
    task = claim(watch)
    if task is None:
        return False
    try:
        handler = handlers.get(task.kind)
        if handler is None:
            raise GiveUp(f"no handler for {task.kind}")
        handler(task)
    except TryLater as later:
        _put_back(task, str(later), later.after)
    except GiveUp as given_up:
        _finish(task, TaskState.FAILED, str(given_up))
    except Exception as error:
        log.exception("outbox task %s (%s) failed", task.id, task.kind)
        _put_back(task, type(error).__name__)
    else:
        _finish(task, TaskState.DONE, "")
    return True


def work_all(handlers: Mapping[str, Handler]) -> int:
    """Do whatever is due now; returns how many tasks were tried."""
    done = 0
    while work_once(handlers):
        done += 1
    return done


def run(app: Flask, handlers: Mapping[str, Handler], sweeps: Sequence[Callable[[], object]] = (), *, pause: float = 0.5) -> None:
    """Work until told to stop (SIGTERM, SIGINT); the task in hand is finished first.

    :param sweeps: what looks now and then for what has been left lying
    """
    stop, watch, swept = threading.Event(), Watch(), float("-inf")
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            with app.app_context():
                signs.give_at_times(signs.WORKER, SIGN_EVERY)
                if time.monotonic() - swept >= SWEEP_EVERY:
                    swept = time.monotonic()
                    for sweep in sweeps:
                        sweep()
                busy = work_once(handlers, watch)
        except Exception:
            log.exception("the worker could not reach its queue")
            busy = False
            stop.wait(2)
        if not busy:
            stop.wait(pause)


def _finish(task: Claimed, state: TaskState, trouble: str) -> None:
    with write():
        if holds(task):
            row = db.session.get_one(Task, task.id)
            row.state, row.finished_at, row.leased_until, row.trouble = state, database_now(), None, trouble[:500]


def _put_back(task: Claimed, trouble: str, after: timedelta | None = None) -> None:
    if task.tries > len(WAITS):
        _finish(task, TaskState.FAILED, trouble)
        return
    with write():
        if holds(task):
            row, now = db.session.get_one(Task, task.id), database_now()
            row.leased_until, row.trouble, row.placed_at = None, trouble[:500], now
            row.next_try_at = now + (timedelta(minutes=WAITS[task.tries - 1]) if after is None else after)

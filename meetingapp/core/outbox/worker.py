"""The worker: claims a task, does it outside any transaction, and writes down how it went."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import or_, select

from meetingapp.core import clock, signs
from meetingapp.core.database import db, write
from meetingapp.core.outbox.models import Task, TaskState

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
SIGN_EVERY = timedelta(seconds=15)
WAITS = (1, 5, 15, 60, 180, 360, 360, 360, 360, 360, 360)  # minutes before the next try; about two days in all (R29)


@dataclass(frozen=True)
class Claimed:
    """A task in the worker's hand: plain values, for the row belongs to a transaction that has ended."""

    id: int
    kind: str
    about: int | None
    details: dict[str, Any]
    tries: int


class TryLater(Exception):
    """The other side cannot take it just now."""


class GiveUp(Exception):
    """Trying again would not help; a person must look."""


Handler = Callable[[Claimed], None]


def claim() -> Claimed | None:
    """The next task whose time has come, leased to us for `LEASE`; None when there is none."""
    now = clock.true_now()
    with write():
        free = or_(
            Task.leased_until.is_(None), Task.leased_until < now, Task.leased_until > now + LEASE
        )  # the last: the clock has jumped back
        row = db.session.scalar(
            select(Task)
            .where(Task.state == TaskState.QUEUED, Task.next_try_at <= now, free)
            .order_by(Task.next_try_at, Task.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        row.leased_until, row.tries = now + LEASE, row.tries + 1
        return Claimed(row.id, row.kind, row.about, dict(row.details), row.tries)


def work_once(handlers: Mapping[str, Handler]) -> bool:
    """Do one task, if there is one. Returns whether there was."""
    task = claim()
    if task is None:
        return False
    try:
        handler = handlers.get(task.kind)
        if handler is None:
            raise GiveUp(f"no handler for {task.kind}")
        handler(task)
    except TryLater as later:
        _put_back(task, str(later))
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


def run(app: Flask, handlers: Mapping[str, Handler], *, pause: float = 0.5) -> None:
    """Work until told to stop (SIGTERM, SIGINT); the task in hand is finished first."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    while not stop.is_set():
        try:
            with app.app_context():
                signs.give_at_times(signs.WORKER, SIGN_EVERY)
                busy = work_once(handlers)
        except Exception:
            log.exception("the worker could not reach its queue")
            busy = False
            time.sleep(2)
        if not busy:
            stop.wait(pause)


def _finish(task: Claimed, state: TaskState, trouble: str) -> None:
    with write():
        row = db.session.get_one(Task, task.id)
        row.state, row.finished_at, row.leased_until, row.trouble = state, clock.true_now(), None, trouble[:500]


def _put_back(task: Claimed, trouble: str) -> None:
    if task.tries > len(WAITS):
        _finish(task, TaskState.FAILED, trouble)
        return
    with write():
        row = db.session.get_one(Task, task.id)
        row.leased_until, row.trouble = None, trouble[:500]
        row.next_try_at = clock.true_now() + timedelta(minutes=WAITS[task.tries - 1])

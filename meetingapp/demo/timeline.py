"""The demo year as steps with their moments: everything is done in the order it happened, so that every log reads as it should."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from flask import current_app

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.outbox import worker
from meetingapp.demo.source import moment

WORDS = Callable[[str], None]


class DemoFault(Exception):
    """The files say one thing, and the product made another of them: the message tells where."""


@dataclass(frozen=True)
class Step:
    """One thing that happened. It opens its own transactions; what it owes the worker is worked off after it."""

    at: datetime  # aware
    do: Callable[[], None]
    telling: str = ""  # shown to whoever waits for the demo


def at(day: date, clock_time: str) -> datetime:
    """A local clock time like "09:05" on `day`, as UTC."""
    return moment(day, clock_time)


def run(steps: Iterable[Step], progress: WORDS) -> None:
    """Do the steps in the order of their moments; those of one moment in the order given. The time to undo a sending is over at once."""
    undo, current_app.config["UNDO_SECONDS"] = current_app.config["UNDO_SECONDS"], 0
    try:
        _run(steps, progress)
    finally:
        current_app.config["UNDO_SECONDS"] = undo


def _run(steps: Iterable[Step], progress: WORDS) -> None:
    for step in sorted(steps, key=lambda one: one.at):
        if step.telling:
            progress(step.telling)
        with clock.frozen(step.at):
            step.do()
            work_off()


def work_off() -> None:
    """Let the worker do what is due, in the past that is being loaded."""
    db.session.remove()
    worker.work_all(current_app.extensions["outbox_handlers"])
    db.session.remove()

"""Signs of life: when something last went well. Small files in `VAR_DIR/signs`, so that giving one needs no database."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app

from meetingapp.core import clock

WORKER, BACKUP, RESTORED = "worker", "backup", "restored"


@dataclass(frozen=True)
class Sign:
    """When (true time), and small facts."""

    at: datetime
    details: dict[str, Any]


def _place(name: str) -> Path:
    return Path(current_app.config["SIGNS_DIR"]) / f"{name}.json"


def give(name: str, **details: Any) -> None:
    """Note that `name` went well just now.

    :param details: small JSON; no secrets, no texts
    :raises OSError: where the file cannot be written
    """
    place = _place(name)
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "w") as file:
        json.dump({"at": clock.true_now().isoformat(), **details}, file)
    os.replace(temporary, place)


def give_at_times(name: str, every: timedelta) -> None:
    """`give`, but at most once in `every`, and never an error: a full disk must not stop who lives."""
    before = read(name)
    if before is None or not timedelta(0) <= clock.true_now() - before.at < every:
        with suppress(OSError):
            give(name)


def read(name: str) -> Sign | None:
    """The newest sign of `name`; None when there never was one, or it cannot be read."""
    try:
        given = json.loads(_place(name).read_text())
        return Sign(datetime.fromisoformat(given.pop("at")), given)
    except (OSError, ValueError, KeyError):
        return None


def take_away(name: str) -> None:
    """Forget the sign of `name`."""
    _place(name).unlink(missing_ok=True)

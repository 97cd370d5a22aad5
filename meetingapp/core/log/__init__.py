"""The log: one event a line, JSON in production; never a token, an address, an identity number, a text or a raw path."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog
from jinja2 import TemplateError
from sqlalchemy.exc import DBAPIError
from structlog.typing import Processor
from werkzeug.exceptions import HTTPException

from meetingapp.core.log.scrub import scrub

FORMATS = ("json", "readable")
DEEPEST = 12  # frames of a traceback
SPEAKS_OF_CODE = (OSError, RuntimeError, AttributeError, TypeError, NameError, ImportError, TemplateError, HTTPException)
Event = MutableMapping[str, Any]


class _Lines(structlog.stdlib.ProcessorFormatter):
    """What comes as `facts` (ids, numbers and names of our own, nothing that anybody typed) is written as it is.

    The whole pipeline costs more than a public page does, and one such line stands behind each of them.
    """

    def format(self, record: logging.LogRecord) -> str:
        facts: Event | None = getattr(record, "facts", None)
        if facts is None:
            return super().format(record)
        at = datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z")
        event = {"event": record.msg, **facts, "level": record.levelname.lower(), "logger": record.name, "timestamp": at}
        return _line(None, "", event) if self.processors[-1] is _line else json.dumps(event)


def configure(style: str) -> None:
    """Send all logging of this process, our own and the libraries', to standard error.

    :param style: one of `FORMATS`
    """
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        describe_error,
        clean,
    ]
    last: Processor = structlog.processors.JSONRenderer(ensure_ascii=False) if style == "json" else _line
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(foreign_pre_chain=before, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last]))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)


def describe_error(logger: Any, method: str, event: Event) -> Event:
    """An exception as its type and where it was raised; its words only where they speak of code or machines, for others quote people."""
    given = event.pop("exc_info", None)
    error = given[1] if isinstance(given, tuple) else given if isinstance(given, BaseException) else sys.exc_info()[1] if given else None
    event.pop("stack_info", None)
    if error is None:
        return event
    event["error"] = type(error).__name__
    if said := _said(error):
        event["said"] = said
    frames = traceback.extract_tb(error.__traceback__)[-DEEPEST:]
    event["at"] = " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
    return event


def _said(error: BaseException) -> str:
    if isinstance(error, DBAPIError):  # its own text holds the values; the driver's first line names the table and the constraint
        error = error.orig or error
        return (str(error).splitlines() or [""])[0][:200]
    return (str(error).splitlines() or [""])[0][:200] if isinstance(error, SPEAKS_OF_CODE) else ""


def clean(logger: Any, method: str, event: Event) -> Event:
    """Every text scrubbed of secrets, with its line breaks and other control characters escaped."""
    return {name: scrub(value) if isinstance(value, str) else value for name, value in event.items()}


def _line(logger: Any, method: str, event: Event) -> str:
    """For people: the time of day, the level, what happened, and the rest as pairs."""
    given = dict(event)
    at, level, said = str(given.pop("timestamp", ""))[11:19], str(given.pop("level", "")), str(given.pop("event", ""))
    given.pop("logger", None)
    return " ".join([at, level, said, *(f"{name}={value}" for name, value in given.items())])

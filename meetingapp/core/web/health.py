"""What a watchdog asks: does the process live, and can it do its work?"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from meetingapp.core import policy
from meetingapp.core.database import migrations

bp = Blueprint("health", __name__)
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/healthz")
@policy.open("a watchdog asks whether the process lives; says nothing of the council")
def lives() -> Any:
    return "ok\n", 200, PLAIN


@bp.get("/readyz")
@policy.open("a load balancer asks whether to send people here; says nothing of the council")
def ready() -> Any:
    trouble = what_is_missing()
    return (f"{trouble}\n", 503, PLAIN) if trouble else ("ready\n", 200, PLAIN)


def what_is_missing() -> str:
    """The first thing that keeps the house from working, as one word for machines; empty when it is ready. One query a database."""
    for history in migrations.HISTORIES:
        try:
            if not migrations.is_current(history):
                return f"{history}-migrations-missing"
        except (SQLAlchemyError, OSError) as error:
            current_app.logger.warning("not ready: the %s database is away", history, exc_info=error)
            return f"{history}-database-away"
    return ""

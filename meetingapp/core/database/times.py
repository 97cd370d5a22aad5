"""The database's own clock: one clock for all processes and machines that share a queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import literal, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FunctionElement

from meetingapp.core.database.model import UTCDateTime, db


class DatabaseTime(FunctionElement[datetime]):
    """The moment when the statement runs, and some seconds. Stands where a column's value can stand."""

    name = "database_time"
    type = UTCDateTime()
    inherit_cache = True

    def __init__(self, after: timedelta = timedelta(0)) -> None:
        super().__init__(literal(after.total_seconds()))


@compiles(DatabaseTime, "sqlite")
def _sqlite(element: DatabaseTime, compiler: Any, **given: Any) -> str:
    """As SQLAlchemy keeps a time in SQLite: text of a fixed length, which sorts as the times do."""
    seconds = compiler.process(element.clauses, **given)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"


@compiles(DatabaseTime, "postgresql")
def _postgresql(element: DatabaseTime, compiler: Any, **given: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **given)})"


def database_now() -> datetime:
    """What time it is in the office database, aware UTC. One query."""
    return cast(datetime, db.session.scalar(select(DatabaseTime())))

"""Which SQLite we dare to write with, and how an engine is set up."""

from __future__ import annotations

from typing import Any

import pysqlite3.dbapi2
from sqlalchemy.engine import make_url

SAFE_SQLITE = (3, 51, 3)  # before it, two writers of one WAL file may corrupt it at a reset
# recursive_triggers: else INSERT OR REPLACE removes a row past the trigger that refuses it
PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=5000",
    "cache_size=-16000",
    "trusted_schema=OFF",
    "recursive_triggers=ON",
)


class SQLiteTooOld(RuntimeError):
    """The SQLite of this installation may damage a database that two processes write to."""


def require_safe_sqlite(version: str = pysqlite3.dbapi2.sqlite_version) -> None:
    """:raises SQLiteTooOld: below 3.51.3 (WAL-reset bug, reported for 3.7.0 to 3.51.2)"""
    if tuple(int(part) for part in version.split(".")) < SAFE_SQLITE:
        raise SQLiteTooOld(
            f"SQLite {version} can corrupt a database in use by two processes. Install the pysqlite3 wheel with SQLite 3.51.3 or newer."
        )


def engine_options(url: str) -> dict[str, Any]:
    """Options for `create_engine`: the safe SQLite, or a pool that survives a restart of the server."""
    if make_url(url).drivername.startswith("sqlite"):
        return {"module": pysqlite3.dbapi2}
    return {"pool_pre_ping": True}

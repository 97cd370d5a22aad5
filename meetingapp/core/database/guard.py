"""Which SQLite we dare to write with, and how an engine is set up."""

from __future__ import annotations

from typing import Any

import pysqlite3.dbapi2
from sqlalchemy.engine import make_url

SAFE_SQLITE = (3, 51, 3)  # before it, two writers of one WAL file may corrupt it at a reset
# On PostgreSQL nobody waits for ever. No statement of a page takes a second, so one of fifteen hangs; a lock is waited for as long as
# SQLite's writers queue; a transaction that was left open holds its locks against everybody. Milliseconds.
TIME_OUTS = {"statement_timeout": 15_000, "lock_timeout": 10_000, "idle_in_transaction_session_timeout": 60_000}
CONNECT_TIMEOUT = 5  # seconds
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
    """Options for `create_engine`: the safe SQLite, or time-outs and a pool that survives a restart of the server.

    An address that has `options` of its own keeps them.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite":
        return {"module": pysqlite3.dbapi2}
    arguments = {"connect_timeout": CONNECT_TIMEOUT}
    return {"pool_pre_ping": True, "connect_args": arguments | ({} if "options" in address.query else {"options": time_outs()})}


def time_outs() -> str:
    """The time-outs as PostgreSQL's connection option `options`."""
    return " ".join(f"-c {name}={milliseconds}" for name, milliseconds in TIME_OUTS.items())

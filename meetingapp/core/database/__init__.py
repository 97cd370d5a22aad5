"""The database of the house: typed models, transactions that only read unless opened for writing, numbers without gaps."""

from meetingapp.core.database.guard import SQLiteTooOld, engine_options, require_safe_sqlite
from meetingapp.core.database.model import Model, UTCDateTime, db
from meetingapp.core.database.numbers import next_number
from meetingapp.core.database.times import DatabaseTime, database_now
from meetingapp.core.database.transactions import EdgeError, assert_no_lock, give_up, short_write, write

__all__ = [
    "DatabaseTime",
    "EdgeError",
    "Model",
    "SQLiteTooOld",
    "UTCDateTime",
    "assert_no_lock",
    "database_now",
    "db",
    "engine_options",
    "give_up",
    "next_number",
    "require_safe_sqlite",
    "short_write",
    "write",
]

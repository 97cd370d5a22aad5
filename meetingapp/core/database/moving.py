"""All rows of a SQLite file into an empty, migrated PostgreSQL database: as they are, in one transaction, past triggers and foreign keys.

Only the owner of the tables can do it, for it switches their triggers off and takes their foreign keys away until the end.
"""

from __future__ import annotations

from pathlib import Path

import pysqlite3.dbapi2
from sqlalchemy import Connection, MetaData, create_engine, func, insert, select, text
from sqlalchemy.engine import Engine

BATCH = 500  # rows


class CannotMove(RuntimeError):
    """Why not, in one sentence."""


def move(file: Path, engine: Engine, metadata: MetaData) -> dict[str, int]:
    """Copy every table of `metadata` from the SQLite file to the database of `engine`. Table → rows.

    :raises CannotMove: when the two are not of the same migration, or the database has rows already
    """
    source = create_engine(f"sqlite:///{file}", module=pysqlite3.dbapi2)
    try:
        with source.connect() as old, engine.begin() as new:
            version = text("SELECT version_num FROM alembic_version")
            if old.execute(version).all() != new.execute(version).all():
                raise CannotMove(
                    f"{file} has not seen the newest migration: run flask upgrade on it first, with its address in the settings."
                )
            _empty_what_migrations_wrote(new, metadata)
            keys = _take_foreign_keys(new)
            counts = {}
            for table in metadata.sorted_tables:
                new.execute(text(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER'))
                rows = old.execution_options(yield_per=BATCH).execute(select(table)).mappings()
                for part in rows.partitions(BATCH):
                    new.execute(insert(table), [dict(row) for row in part])
                new.execute(text(f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER'))
                counts[table.name] = new.scalar(select(func.count()).select_from(table)) or 0
            for key in keys:
                new.execute(text(key))
            _let_sequences_go_on(new)
            return counts
    finally:
        source.dispose()


def _empty_what_migrations_wrote(connection: Connection, metadata: MetaData) -> None:
    """The head of the log is a row that its migration makes. Anything else means that somebody lives here."""
    for table in metadata.sorted_tables:
        if table.name != "audit_head" and connection.execute(select(table).limit(1)).first():
            raise CannotMove(f"{table.name} has rows already; move into a new, migrated and empty database.")
    if "audit_head" in metadata.tables:
        head = metadata.tables["audit_head"]
        if connection.scalar(select(head.c.count)):
            raise CannotMove("audit_head has rows already; move into a new, migrated and empty database.")
        connection.execute(head.delete())


def _let_sequences_go_on(connection: Connection) -> None:
    """The next row of each table gets the number after the last."""
    found = connection.execute(
        text(
            "SELECT quote_ident(table_name), quote_ident(column_name), pg_get_serial_sequence(quote_ident(table_name), column_name)"
            " FROM information_schema.columns WHERE table_schema = current_schema()"
        )
    ).all()
    for table, column, sequence in found:
        if sequence is not None:
            last = f"SELECT max({column}) FROM {table}"
            connection.execute(text(f"SELECT setval('{sequence}', greatest(1, ({last})), ({last}) IS NOT NULL)"))


def _take_foreign_keys(connection: Connection) -> list[str]:
    """Drop all foreign keys, and return the SQL that makes them again."""
    found = connection.execute(
        text(
            "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
        )
    ).all()
    for table, name, _definition in found:
        connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    return [f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}" for table, name, definition in found]

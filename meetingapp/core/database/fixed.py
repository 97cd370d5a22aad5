"""Rows that stay as they are: the database itself refuses to change them, whoever asks, also outside this program.

The one place where such triggers are written, called by migrations. What stands here has been used by migrations that have run, so a
change must leave the names as they are. SQLite drops the triggers of a table that is rebuilt (`batch_alter_table`): the migration that
does it calls `fix` again, and a test counts.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

REFUSAL = "stays as it is"  # what the database says; known again by `is_refusal`


def fix(connection: Connection, table: str, *, columns: Sequence[str] = (), when: str = "", inserts: bool = False) -> None:
    """Let the database refuse UPDATE and DELETE in `table`, and TRUNCATE where there is such a thing.

    :param columns: only these are refused an UPDATE; none is all of them
    :param when: an SQL condition with `{row}` for the row in question; without one, always
    :param inserts: refuse new rows too, where `when` holds
    """
    of = f" OF {', '.join(columns)}" if columns else ""
    before, after = (when.format(row=row) for row in ("OLD", "NEW"))
    events = [("update", f"UPDATE{of}", f"({before}) OR ({after})" if when else ""), ("delete", "DELETE", before)]
    if inserts:
        events.append(("insert", "INSERT", after))
    for name, event, condition in events:
        _refuse(connection, table, name, event, condition)
    if connection.dialect.name == "postgresql":
        _refuse(connection, table, "truncate", "TRUNCATE", "")


def loosen(connection: Connection, table: str) -> None:
    """Take the triggers of `fix` away, for a migration that goes down or rebuilds the table."""
    for name in ("update", "delete", "insert", "truncate"):
        if connection.dialect.name == "postgresql":
            connection.execute(text(f'DROP TRIGGER IF EXISTS "{_name(table, name)}" ON "{table}"'))
            connection.execute(text(f'DROP FUNCTION IF EXISTS "{_name(table, name)}"()'))
        elif name != "truncate":
            connection.execute(text(f'DROP TRIGGER IF EXISTS "{_name(table, name)}"'))


def fixed_tables(connection: Connection) -> set[tuple[str, str]]:
    """The tables that refuse, and what they refuse: `{("audit_entry", "update"), …}`. One query."""
    if connection.dialect.name == "postgresql":
        found = "SELECT tgname FROM pg_trigger WHERE tgname LIKE '%\\_stays\\_%' AND tgenabled IN ('O', 'A')"
    else:
        found = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_stays\\_%' ESCAPE '\\'"
    return {(table, event) for table, _stays, event in (name.rpartition("_stays_") for name in connection.execute(text(found)).scalars())}


def is_refusal(error: BaseException) -> bool:
    """Whether the database refused because a row stays as it is."""
    return isinstance(error, IntegrityError) and REFUSAL in str(error.orig)


def _name(table: str, event: str) -> str:
    return f"{table}_stays_{event}"


def _refuse(connection: Connection, table: str, name: str, event: str, condition: str) -> None:
    said, trigger = f"{table}: {REFUSAL}", _name(table, name)
    if connection.dialect.name == "sqlite":
        when = f" WHEN {condition}" if condition else ""
        connection.exec_driver_sql(
            f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}"{when} BEGIN SELECT RAISE(ABORT, \'{said}\'); END'
        )
        return
    refusal = f"RAISE EXCEPTION '{said}' USING ERRCODE = 'integrity_constraint_violation';"
    body = f"IF {condition} THEN {refusal} END IF;" if condition else refusal
    result = {"delete": "OLD", "truncate": "NULL"}.get(name, "NEW")
    each = "STATEMENT" if name == "truncate" else "ROW"
    connection.exec_driver_sql(f'CREATE FUNCTION "{trigger}"() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN {result}; END $$')
    connection.exec_driver_sql(f'CREATE TRIGGER "{trigger}" BEFORE {event} ON "{table}" FOR EACH {each} EXECUTE FUNCTION "{trigger}"()')

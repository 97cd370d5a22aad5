"""What is fixed cannot be changed by the house's own database user: every column of every row, on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from config import Settings
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.database import db, fixed
from tests.conftest import NOW

pytestmark = [pytest.mark.slow, pytest.mark.shows("promise-27")]

FIXED = {
    "action_update": "reports on actions",
    "audit_entry": "the log of acts",
    "audit_link": "the chain of the log",
    "call_paper": "which version of a paper went with a call",
    "case_number": "numbers of cases",
    "case_paper": "versions of papers",
    "edition": "locked minutes",
    "letter_event": "what became of each letter",
    "reply_history": "answers to calls",
    "snapshot": "what was made public",
    "stored_file": "which bytes a file is",
}


@pytest.fixture(scope="module")
def demo_house(demo_in: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo council: it has rows of every kind."""
    app = create_office(demo_in(tmp_path_factory.mktemp("fixed")))
    with app.app_context(), clock.frozen(NOW):
        yield app
        db.session.remove()


@pytest.fixture
def connection(demo_house: Flask) -> Iterator[Connection]:
    with demo_house.app_context(), db.engine.connect() as made:
        yield made


def _refused(connection: Connection, statement: str) -> bool:
    with pytest.raises(IntegrityError) as caught, connection.begin_nested():
        connection.execute(text(statement))
    return fixed.is_refusal(caught.value)


@pytest.mark.parametrize("table", FIXED)
def test_no_row_can_be_changed_or_removed(connection: Connection, table: str) -> None:
    rows = connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()
    assert rows, "the demo has none, so nothing would be shown"
    for column in inspect(connection).get_columns(table):
        assert _refused(connection, f'UPDATE "{table}" SET "{column["name"]}" = "{column["name"]}"'), column["name"]
    assert _refused(connection, f'DELETE FROM "{table}"')
    if connection.dialect.name == "postgresql":
        assert _refused(connection, f'TRUNCATE "{table}" CASCADE')
    else:
        columns = ", ".join(f'"{column["name"]}"' for column in inspect(connection).get_columns(table))
        assert _refused(connection, f'INSERT OR REPLACE INTO "{table}" ({columns}) SELECT {columns} FROM "{table}"')
    assert connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() == rows


def test_just_these_tables_are_fixed(connection: Connection) -> None:
    """A migration that rebuilds one on SQLite must fix it again."""
    found = fixed.fixed_tables(connection)
    assert {table for table, _event in found} == set(FIXED)
    assert {(table, event) for table in FIXED for event in ("update", "delete")} <= found

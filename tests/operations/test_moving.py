"""From SQLite to PostgreSQL: every row, time and hash as it was."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from meetingapp.accounts.actor import Actor
from meetingapp.app import create_office
from meetingapp.core.audit import verify as verifying
from meetingapp.core.database import db, write
from meetingapp.council.commands import add_person
from meetingapp.council.models import Body, Council, Person
from tests import factories
from tests.databases import KEY, OnSQLite, migrate, settings
from tests.invitations.support import a_call
from tests.operations.second import an_empty_installation


def _plain(rows: Sequence[Any]) -> list[str]:
    """Rows that can be compared: the drivers name the same zone in two ways."""
    return sorted(repr([cell.astimezone(UTC) if isinstance(cell, datetime) else cell for cell in row]) for row in rows)


def test_a_council_on_sqlite_moves_whole(app: Flask, house: Any, council: Any, secretary: Any, tmp_path: Path) -> None:
    """On PostgreSQL the council is moved there from a SQLite that it was written to; on SQLite the move is refused."""
    runner = app.test_cli_runner()
    if db.engine.dialect.name == "sqlite":
        nothing = tmp_path / "nothing.db"
        nothing.touch()
        refused = runner.invoke(args=["move-to-postgresql", str(nothing), str(nothing)])
        assert refused.exit_code == 1
        assert "must lead to PostgreSQL" in refused.output
        return
    old, template = tmp_path / "old", tmp_path / "template"
    old.mkdir()
    template.mkdir()
    migrate(template, {})
    before = OnSQLite(template)
    with create_office(settings(old, before.environment(old))).app_context():
        moved = factories.a_council("Flytteregionen IPR")
        a_call(moved, Actor(moved.secretary))
        with write():
            add_person(name="Åse Ærlig", email="ase@flytt.example", by=None)
        rows = {table.name: db.session.execute(select(table)).all() for table in db.metadata.sorted_tables}
        db.session.rollback()
    new = an_empty_installation(house[2], tmp_path / "new")
    assert new.config["SECRET_KEY"] == KEY
    files = [str(old / "office.db"), str(old / "public.db")]
    with new.app_context():
        result = new.test_cli_runner().invoke(args=["move-to-postgresql", *files])
        assert result.exit_code == 0, (result.output, result.exception)
        got = {table.name: db.session.execute(select(table)).all() for table in db.metadata.sorted_tables}
        assert {name: _plain(found) for name, found in got.items()} == {name: _plain(found) for name, found in rows.items()}
        report = verifying.verify()
        assert report.is_whole, report.faults
        with write():
            add_person(name="Etter Flytting", email="etter@flytt.example", by=None)
        ids = db.session.scalars(select(Person.id)).all()
        assert len(ids) == len(set(ids)) == len(rows["person"]) + 1
        assert db.session.scalars(select(Council.name)).one() == "Flytteregionen IPR"
        assert db.session.scalars(select(Body.series)).one() == "RR"
        db.session.rollback()
        again = new.test_cli_runner().invoke(args=["move-to-postgresql", *files])
        assert "has rows already" in again.output

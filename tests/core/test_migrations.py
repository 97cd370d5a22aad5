"""Migrations go up, down and up again over the demo's rows, and can be taken up again where they were killed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from alembic import command
from flask import Flask
from sqlalchemy import inspect, text

from config import Settings
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.audit.verify import verify
from meetingapp.core.database import db, migrations
from tests.conftest import NOW
from tests.crowd import ROOT, environment_of

pytestmark = [pytest.mark.slow, pytest.mark.shows("promise-31")]
KILLS = 4
DOWN_TO = "0002"  # below the chain of the log, which is grown anew on the way up
STEP = (
    "import sys; from config import Settings; from meetingapp.app import create_office; from meetingapp.core.database import migrations\n"
)
UPGRADE = STEP + "with create_office(Settings.from_environment()).app_context(): print('ready', flush=True); migrations.upgrade()"


@pytest.fixture(scope="module")
def old_house(demo_in: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The demo council in a house of its own. Each test leaves it at the newest migration."""
    made = demo_in(tmp_path_factory.mktemp("old"))
    app = create_office(made)
    app.extensions["settings of the test"] = made
    with app.app_context(), clock.frozen(NOW):
        yield app
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def _counts() -> dict[str, int]:
    """Rows by table of the office."""
    db.session.remove()
    with db.engine.connect() as connection:
        tables = set(inspect(connection).get_table_names()) - {"alembic_version"}
        return {table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one() for table in sorted(tables)}


def _down(to: str) -> None:
    command.downgrade(migrations._config("office"), to)


def test_up_down_and_up_again_loses_nothing(old_house: Flask) -> None:
    before = _counts()
    _down(DOWN_TO)
    between = _counts()
    assert {table: count for table, count in between.items() if count != before[table]} == {}
    migrations.upgrade()

    after = _counts()
    assert after.keys() == before.keys()
    assert {table: after[table] for table in between} == between
    assert after["audit_link"] == before["audit_entry"]
    assert verify().faults == []
    assert [migrations.differences(history) for history in migrations.HISTORIES] == [[], []]


def test_all_the_way_down_and_up(app: Flask) -> None:
    """An installation without rows goes down to nothing at all."""
    for history in migrations.HISTORIES:
        command.downgrade(migrations._config(history), "base")
    assert _counts() == {}
    migrations.upgrade()
    assert all(migrations.is_current(history) for history in migrations.HISTORIES)
    assert [migrations.differences(history) for history in migrations.HISTORIES] == [[], []]


def test_killed_in_the_middle_it_is_taken_up_again(old_house: Flask) -> None:
    """Killed at `KILLS` moments of its run, and then run to its end."""
    before = _counts()
    _down(DOWN_TO)
    for engine in db.engines.values():
        engine.dispose()
    environment = {**os.environ, **environment_of(old_house.extensions["settings of the test"])}
    for number in range(KILLS):
        process = subprocess.Popen([sys.executable, "-c", UPGRADE], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.03 + 0.1 * number)
        process.kill()
        process.communicate()
    migrations.upgrade()

    after = _counts()
    assert after.keys() == before.keys()
    assert {table: count for table, count in after.items() if count < before[table]} == {}
    assert verify().faults == []
    assert [migrations.differences(history) for history in migrations.HISTORIES] == [[], []]


@pytest.mark.parametrize("history", migrations.HISTORIES)
def test_the_newest_migration_is_found_without_alembic_as_alembic_finds_it(app: Flask, history: migrations.History) -> None:
    from alembic.script import ScriptDirectory

    assert migrations.newest(history) == set(ScriptDirectory.from_config(migrations._config(history)).get_heads())
    assert migrations.is_current(history)

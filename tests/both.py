"""On which database the tests run: SQLite, or with `--database=postgresql` the other one, once more for all that touches a database.

The server is one of the tests' own, shared by all workers, or the one at TEST_DATABASE_URL: a superuser's address on a server that is
there for tests alone.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.databases import OWNER, READER, Databases, OnPostgreSQL, OnSQLite, drop_all, migrate, migrate_on
from tests.once import made_once
from tests.postgres import Server, connect

RUN = uuid.uuid4().hex[:8]  # in the names of a run's databases; of whoever started it, where it has several processes
SERVER, LEFT_OUT = pytest.StashKey[Server](), pytest.StashKey[int]()


@pytest.fixture(scope="session")
def databases(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Fresh databases, as many as a test asks for. A test that uses this, by whatever way, runs on both databases."""
    if pytestconfig.getoption("--database") == "sqlite":
        yield OnSQLite(made_once(tmp_path_factory, "migrated", lambda folder: migrate(folder, {})))
        return
    worker = getattr(pytestconfig, "workerinput", {})
    server, run = worker.get("server") or _server(pytestconfig), worker.get("run") or RUN
    migrated = made_once(tmp_path_factory, "migrated", lambda folder: migrate_on(server, run, folder))
    made = OnPostgreSQL(migrated, server, f"{run}_{worker.get('workerid', '')}")
    yield made
    made.close()


def _server(config: pytest.Config) -> str:
    """The address of the server, started at the first call, with the roles of the house."""
    given = os.environ.get("TEST_DATABASE_URL", "")
    if not given:
        if SERVER not in config.stash:
            config.stash[SERVER] = Server(careless=True)
            config.stash[SERVER].start()
        given = config.stash[SERVER].url()
    with connect(given) as admin:
        for role in (OWNER, READER):
            if not admin.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone():
                admin.execute(f"CREATE ROLE {role} LOGIN")
    return given


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=("sqlite", "postgresql"), default="sqlite", help="the database to run on")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Before a worker starts: tell it where the server is."""
    if node.config.getoption("--database") == "postgresql":
        node.workerinput["server"] = _server(node.config)
        node.workerinput["run"] = RUN


def pytest_unconfigure(config: pytest.Config) -> None:
    if SERVER in config.stash:
        config.stash[SERVER].close()
        return
    given = os.environ.get("TEST_DATABASE_URL")
    if given and config.getoption("--database") == "postgresql" and not hasattr(config, "workerinput"):
        drop_all(given, RUN)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """The longest files go first, so that no worker is left alone with one."""
    items.sort(key=_length([item for item in items if item.get_closest_marker("browser") or item.get_closest_marker("slow")]))
    database = config.getoption("--database")
    kept = [item for item in items if _belongs(item, database)]
    if database == "postgresql":
        config.stash[LEFT_OUT] = len(items) - len(kept)
    items[:] = kept


def _belongs(item: pytest.Item, database: str) -> bool:
    """The one place that decides what runs on which database."""
    if mark := item.get_closest_marker("only"):
        return bool(mark.args == (database,))
    return database == "sqlite" or "databases" in getattr(item, "fixturenames", ())


def _length(long: list[pytest.Item]) -> Callable[[pytest.Item], int]:
    """A key that puts files with a browser first, then other long ones, and keeps each file together."""
    browser = {item.path for item in long if item.get_closest_marker("browser")}
    slow = {item.path for item in long}
    return lambda item: 0 if item.path in browser else 1 if item.path in slow else 2


def pytest_sessionfinish(session: pytest.Session) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["left_out"] = session.config.stash.get(LEFT_OUT, 0)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object | None) -> None:
    node.config.stash[LEFT_OUT] = getattr(node, "workeroutput", {}).get("left_out", 0)


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    if left_out := config.stash.get(LEFT_OUT, 0):
        terminalreporter.write_line(f"On PostgreSQL: without {left_out} tests that touch no database, or to which it makes no difference.")

"""PostgreSQL falls and comes back while people work: what was acknowledged is there, each number once, and each notice arrives.

The server is the test's own, and waits for the disk as in production; so it makes no difference on which database the suite runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from meetingapp.core.database import db
from meetingapp.council.models import Person
from tests.conftest import Browser
from tests.databases import OWNER, Databases
from tests.factories import TestCouncil
from tests.faults.test_storm import weather
from tests.postgres import Server, connect


class OwnServer:
    """A server that keeps what it has acknowledged, with the databases of one house."""

    def __init__(self) -> None:
        self._server = Server(careless=False)
        self._server.start()
        with connect(self._server.url()) as admin:
            admin.execute(f"CREATE ROLE {OWNER} LOGIN")
            for name in ("office", "public"):
                admin.execute(f"CREATE DATABASE {name} OWNER {OWNER}")

    def environment(self, _var: Path) -> dict[str, str]:
        return {"DATABASE_URL": self._server.url("office", OWNER), "PUBLIC_DATABASE_URL": self._server.url("public", OWNER)}

    def restart(self) -> None:
        """Every connection dies where it stands; a moment later it is there again, with all that was committed."""
        self._server.crash()
        self._server.start()

    def close(self) -> None:
        self._server.close()


@pytest.fixture
def own_server() -> Iterator[OwnServer]:
    made = OwnServer()
    yield made
    made.close()


def _restart_under_load(server: OwnServer, tmp_path: Path, *, restarts: int, agendas: int) -> None:
    # One worker: a restart strikes all at once, and each may have handed over a letter that it cannot note any more.
    figures = weather(server, tmp_path, kills=restarts, rest=(1.0, 2.5), strike=server.restart, agendas=agendas, workers=1)
    assert figures["agendas fixed"] >= restarts
    assert figures["broken"].keys() == {"503"}, "whoever asks meanwhile is told to wait a moment"


@pytest.mark.only("postgresql")
def test_while_the_database_is_away_one_who_is_signed_in_is_told_to_wait(
    house: tuple[Flask, Settings, Databases], council: TestCouncil, signed_in: Callable[[Person], Browser]
) -> None:
    _app, settings, databases = house
    browser = signed_in(council.secretary)
    for engine in db.engines.values():
        engine.dispose()
    with databases.without_office(settings.var_dir):
        answer = browser.get("/kontor")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/kontor").status_code == 200


@pytest.mark.slow
@pytest.mark.only("postgresql")
@pytest.mark.shows("promise-9")
def test_three_restarts_lose_nothing_and_double_no_number(own_server: OwnServer, tmp_path: Path) -> None:
    _restart_under_load(own_server, tmp_path, restarts=3, agendas=48)


@pytest.mark.soak
@pytest.mark.shows("promise-9")
def test_twenty_restarts_lose_nothing_and_double_no_number(own_server: OwnServer, tmp_path: Path) -> None:
    _restart_under_load(own_server, tmp_path, restarts=20, agendas=400)

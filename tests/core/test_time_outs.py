"""PostgreSQL lets nobody wait for ever, and whoever waited too long meets an honest page."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Blueprint, Flask
from sqlalchemy import text

from meetingapp.core import policy
from meetingapp.core.database import db
from meetingapp.core.database.guard import TIME_OUTS
from meetingapp.portal.app import Portal

pytestmark = pytest.mark.only("postgresql")
bp = Blueprint("waiting", __name__)


@bp.get("/kontor/venter/lenge")
@policy.open("a trial")
def long() -> Any:
    db.session.execute(text("SET LOCAL statement_timeout = 50"))
    db.session.execute(text("SELECT pg_sleep(30)"))
    return "waited"


@bp.post("/kontor/venter/las")
@policy.open("a trial")
def locked() -> Any:
    db.session.execute(text("SET LOCAL lock_timeout = 50"))
    db.session.execute(text("LOCK TABLE person"))
    return "locked"


@bp.post("/kontor/venter/brutt")
@policy.open("a trial")
def broken() -> Any:
    db.session.execute(text("INSERT INTO counter (series, value) VALUES ('lost', 1)"))
    _lose_connections()
    return "", 204


def _lose_connections() -> None:
    """As a restart of the server does it."""
    # Of this database alone: other tests are at work on the same server.
    own = "pid <> pg_backend_pid() AND usename = current_user AND datname = current_database()"
    with db.engine.connect() as other:
        other.execute(text(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE {own}"))


@pytest.fixture
def waiting(app: Flask) -> Any:
    """A stranger's browser on an office with views that wait."""
    if "waiting" not in app.blueprints:
        app._got_first_request = False
        app.register_blueprint(bp)
    app.config["WTF_CSRF_ENABLED"] = False
    yield app.test_client()
    app.config["WTF_CSRF_ENABLED"] = True


@pytest.mark.parametrize("bind", [None, "public"])
def test_every_connection_has_the_time_outs(app: Flask, bind: str | None) -> None:
    with db.engines[bind].connect() as connection:
        said = {
            name: connection.execute(text("SELECT setting::int FROM pg_settings WHERE name = :name"), {"name": name}).scalar()
            for name in TIME_OUTS
        }
    assert said == TIME_OUTS


def test_the_portals_connection_has_them_too(portal: Portal) -> None:
    said = portal._pages._connection().execute("SELECT current_setting('statement_timeout'), current_setting('lock_timeout')").fetchone()
    assert said == ("15s", "10s")


def test_a_statement_that_hangs_is_given_up_with_a_page(waiting: Any) -> None:
    answer = waiting.get("/kontor/venter/lenge")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")


def test_a_lock_that_others_hold_is_given_up_with_a_page(waiting: Any) -> None:
    with db.engine.begin() as other:
        other.execute(text("LOCK TABLE person"))
        assert waiting.post("/kontor/venter/las").status_code == 503
    assert db.session.execute(text("SELECT count(*) FROM person")).scalar() == 0


def test_what_is_lost_at_the_commit_is_no_success(waiting: Any) -> None:
    answer = waiting.post("/kontor/venter/brutt")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "10")
    assert db.session.execute(text("SELECT count(*) FROM counter WHERE series = 'lost'")).scalar() == 0


def test_the_house_goes_on_when_its_connections_were_cut(app: Flask, client: Any) -> None:
    assert client.get("/logg-inn").status_code == 200
    db.session.remove()
    _lose_connections()
    assert client.get("/logg-inn").status_code == 200

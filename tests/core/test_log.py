"""What reaches the log, and what never does."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog
from flask import Flask
from werkzeug.test import Client

from meetingapp.app import create_site
from meetingapp.core import log
from meetingapp.core.log.scrub import scrub
from meetingapp.core.web import access, health
from meetingapp.core.web.mount import side_by_side
from meetingapp.portal.app import Portal


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What is logged from here on, in production's format."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    log.configure("json")
    kept = io.StringIO()
    root.handlers[0].setStream(kept)  # type: ignore[attr-defined]
    yield kept
    root.handlers[:], root.level = before
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def site(app: Flask, portal: Portal) -> Client:
    return Client(access.Access(side_by_side(app, portal)))


def lines(kept: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in kept.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_rule_and_never_its_path(site: Client, written: io.StringIO) -> None:
    secret = "c50fb862fc32fd31686b5d2d1d1d622193408f8247aafe09f3f269ec66bf8b32"
    site.get(f"/g/{secret}")
    site.get(f"/finnes-ikke/{secret}?epost=kari@prove.example")

    office, public = [line for line in lines(written) if line["event"] == "request"]
    assert office["method"] == "GET"
    assert office["rule"].startswith("/g/<")
    assert office["status"] in (404, 410)
    assert public["status"] == 404
    assert office["request"] != public["request"]
    assert secret not in written.getvalue()
    assert "prove.example" not in written.getvalue()


def test_a_person_signed_in_is_an_id(app: Flask, council: Any, signed_in: Any, portal: Portal, written: io.StringIO) -> None:
    browser = signed_in(council.secretary)
    cookie = browser.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    Client(access.Access(side_by_side(app, portal)), use_cookies=False).get("/kontor", headers={"Cookie": f"{cookie.key}={cookie.value}"})

    (line,) = [line for line in lines(written) if line["event"] == "request"]
    assert (line["rule"], line["status"], line["person"]) == ("/kontor", 200, str(council.secretary.id))


@pytest.mark.parametrize(
    ("typed", "logged"),
    [
        ("sendt til kari.nordmann@prove.example", "sendt til ‹address›"),
        ("fnr 010203 04567 og 01020304567", "fnr ‹number› og ‹number›"),
        ("/g/c50fb862fc32fd31686b5d2d1d1d622193408f82", "/g/‹secret›"),
        ('line\r\n{"event": "request", "status": 200}', 'line\\r\\n{"event": "request", "status": 200}'),
        ("skilt\u2028linje\x1b[31m", "skilt\\u2028linje\\x1b[31m"),
        ("meetingapp.core.database.transactions", "meetingapp.core.database.transactions"),
    ],
)
def test_secrets_addresses_numbers_and_line_breaks_are_taken_out(typed: str, logged: str) -> None:
    assert scrub(typed) == logged


def test_an_error_is_told_by_type_and_place_not_by_what_was_typed(written: io.StringIO) -> None:
    try:
        raise ValueError("canary: the closed text of a paper")
    except ValueError:
        logging.getLogger("trial").exception("it broke")
    try:
        raise OSError(28, "No space left on device")
    except OSError:
        logging.getLogger("trial").exception("it broke again")

    first, second = lines(written)
    assert (first["error"], first["event"], first["level"]) == ("ValueError", "it broke", "error")
    assert "test_log.py" in first["at"]
    assert "canary" not in written.getvalue()
    assert second["said"] == "[Errno 28] No space left on device"


def test_a_broken_database_row_is_told_without_its_values(app: Flask, council: Any, written: io.StringIO) -> None:
    from sqlalchemy.exc import IntegrityError

    from meetingapp.core.database import db
    from tests.factories import a_person

    with pytest.raises(IntegrityError) as broken:
        a_person("Kari Kanarifugl", email=council.secretary.email)
    db.session.rollback()
    logging.getLogger("trial").error("row refused", exc_info=broken.value)

    assert "Kanarifugl" not in written.getvalue()
    assert "prove.example" not in written.getvalue()
    assert "email" in lines(written)[0]["said"]  # the name of the constraint


def test_the_reference_on_the_error_page_is_in_the_log(app: Flask, client: Any, written: io.StringIO, monkeypatch: Any) -> None:
    def breaks() -> str:
        raise LookupError("boom")

    monkeypatch.setitem(app.view_functions, "health.lives", breaks)
    response = client.get("/healthz")

    assert response.status_code == 500
    (line,) = [line for line in lines(written) if "reference" in line["event"]]
    assert line["event"].rpartition(" ")[2] in response.get_data(as_text=True)


def test_the_process_lives_and_is_ready(client: Any) -> None:
    assert client.get("/healthz").get_data(as_text=True) == "ok\n"
    assert client.get("/readyz").get_data(as_text=True) == "ready\n"


def test_the_house_is_not_ready_when_a_database_is_behind_or_away(client: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(health.migrations, "is_current", lambda history: history == "office")
    behind = client.get("/readyz")

    def away(history: str) -> bool:
        raise OSError("no such host")

    monkeypatch.setattr(health.migrations, "is_current", away)
    gone = client.get("/readyz")

    assert (behind.status_code, behind.get_data(as_text=True)) == (503, "public-migrations-missing\n")
    assert (gone.status_code, gone.get_data(as_text=True)) == (503, "office-database-away\n")
    assert client.get("/healthz").status_code == 200


def test_the_site_is_built_with_the_log_around_it(house: Any, written: io.StringIO) -> None:
    assert create_site(house[1]) is not None
    assert isinstance(logging.getLogger().handlers[0].formatter, structlog.stdlib.ProcessorFormatter)

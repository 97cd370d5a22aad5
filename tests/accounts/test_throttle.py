"""Tries are counted across processes, by whom they are about and where they come from; nobody is locked out by a stranger."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from meetingapp.accounts.models import LinkWanted
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.web import throttle
from meetingapp.core.web.client import UNKNOWN, network_of
from meetingapp.core.web.throttle import ALL_FROM_HERE, ONE_SUBJECT_HERE, Throttle
from tests.accounts.support import enrolled, give_password, shown_by_phone, sign_in
from tests.conftest import Browser
from tests.factories import TestCouncil

ROOT = Path(__file__).parents[2]


def _from(app: Flask, network: str) -> Any:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = network
    return client


def _knock(app: Flask, *given: str) -> subprocess.Popen[str]:
    names = {"SECRET_KEY": "SECRET_KEY", "BASE_URL": "BASE_URL", "DATABASE_URL": "SQLALCHEMY_DATABASE_URI", "VAR_DIR": "VAR_DIR"}
    settings = {name: str(app.config[key]) for name, key in {**names, "PUBLIC_DATABASE_URL": "PUBLIC_DATABASE_URL"}.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.accounts.knocker", *given],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.shows("promise-24")
def test_of_two_hundred_wrong_tries_by_two_processes_a_handful_count_and_the_real_user_gets_in(app: Flask, council: TestCouncil) -> None:
    enrolled(council.secretary)
    address = council.secretary.email
    db.session.remove()
    began = clock.true_now()
    processes = [_knock(app, address, "100", "203.0.113.7") for _each in range(2)]
    said = [process.communicate(timeout=120) for process in processes]
    statuses = Counter(line for out, _err in said for line in out.split())

    assert [err for _out, err in said if "Traceback" in err] == []
    assert sum(statuses.values()) == 200
    assert set(statuses) == {"422", "429"}
    # On a slow machine the waits of 30, 60, 120 … seconds end while it knocks, and let one more through each.
    ended = sum(clock.true_now() - began > (2**number - 1) * ONE_SUBJECT_HERE.first for number in range(1, 8))
    assert statuses["422"] <= ONE_SUBJECT_HERE.free + max(1, ended)
    assert give_password(_from(app, "198.51.100.9"), address).status_code == 303


def _exhaust(client: Any, address: str, tries: int = ONE_SUBJECT_HERE.free) -> None:
    for _each in range(tries):
        assert give_password(client, address, "et helt feil passord").status_code == 422


def test_the_page_says_when_to_try_again_and_keeps_the_address_but_not_the_password(client: Browser, council: TestCouncil) -> None:
    _exhaust(client, council.secretary.email)
    answer = give_password(client, council.secretary.email, "enda et feil passord")
    page = answer.get_data(as_text=True)

    assert answer.status_code == 429
    assert 25 < int(answer.headers["Retry-After"]) <= 30
    assert "Vent " in page
    assert council.secretary.email in page
    assert "enda et feil passord" not in page


def test_the_wait_grows_and_ends(client: Browser, council: TestCouncil, time_machine: Any) -> None:
    _exhaust(client, council.secretary.email)
    now = clock.true_now()
    time_machine.move_to(now + timedelta(seconds=31))
    _exhaust(client, council.secretary.email, 1)
    assert 55 < int(give_password(client, council.secretary.email).headers["Retry-After"]) <= 60
    time_machine.move_to(now + timedelta(seconds=100))
    enrolled(council.secretary)

    assert give_password(client, council.secretary.email).status_code == 303


def test_an_unknown_address_waits_as_a_known_one(client: Browser, council: TestCouncil) -> None:
    _exhaust(client, "ingen@prove.example")

    assert give_password(client, "ingen@prove.example").status_code == 429


@pytest.mark.shows("promise-24")
def test_wrong_codes_and_recovery_codes_count_together(client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    give_password(client, council.secretary.email)
    for number in range(ONE_SUBJECT_HERE.free):
        path, code = ("/logg-inn/kode", "000000") if number % 2 else ("/logg-inn/reservekode", "aaaa-bbbb-cccc")
        assert client.submit(path, code=code).status_code == 422
    answer = client.submit("/logg-inn/kode", code=shown_by_phone(council.secretary))

    assert answer.status_code == 429
    assert answer.headers["Retry-After"]


def test_a_code_that_is_no_code_is_no_try(client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    give_password(client, council.secretary.email)
    for _each in range(ONE_SUBJECT_HERE.free + 1):
        assert "Antall sifre i koden er 5." in client.submit("/logg-inn/kode", code="418 20").get_data(as_text=True)

    assert client.submit("/logg-inn/kode", code=shown_by_phone(council.secretary)).status_code == 303


def test_asking_for_links_is_limited_and_the_mailbox_is_not_filled(
    app: Flask, client: Browser, council: TestCouncil, letters: Callable[[], list[EmailMessage]]
) -> None:
    asked = [client.submit("/logg-inn", email=council.chair.email) for _each in range(ONE_SUBJECT_HERE.free + 3)]

    assert [answer.status_code for answer in asked] == [303] * 5 + [429] * 3
    assert council.chair.email in asked[-1].get_data(as_text=True)
    assert _from(app, "198.51.100.9").submit("/logg-inn", email=council.chair.email).status_code == 303
    assert len(letters()) == ONE_SUBJECT_HERE.free + 1
    assert db.session.scalar(select(func.count()).select_from(LinkWanted)) == 0


def test_whoever_tries_many_addresses_from_one_place_waits_too(app: Flask, council: TestCouncil) -> None:
    with app.test_request_context("/", environ_base={"REMOTE_ADDR": "203.0.113.7"}):
        tries = [throttle.attempt("password", f"person{number}@prove.example").may_try for number in range(ALL_FROM_HERE.free + 5)]

    assert tries == [True] * ALL_FROM_HERE.free + [False] * 5


@pytest.mark.shows("promise-24")
def test_tries_from_many_places_never_stop_a_person_where_they_have_been_before(app: Flask, client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    sign_in(client, council.secretary)
    for number in range(throttle.ONE_SUBJECT_FROM_EVERYWHERE.free):
        with app.test_request_context("/", environ_base={"REMOTE_ADDR": f"203.0.113.{number}"}):
            throttle.attempt("password", council.secretary.email)

    assert give_password(_from(app, "198.51.100.9"), council.secretary.email).status_code == 429
    assert give_password(client, council.secretary.email).status_code == 303


def test_the_right_password_takes_the_tries_back(client: Browser, council: TestCouncil) -> None:
    enrolled(council.secretary)
    for _round in range(3):
        _exhaust(client, council.secretary.email, 4)
        assert give_password(client, council.secretary.email).status_code == 303


def test_what_is_counted_names_nobody_and_is_forgotten(app: Flask, client: Browser, council: TestCouncil, time_machine: Any) -> None:
    _exhaust(client, "ingen@prove.example", 1)
    assert all(len(row.key) == 64 for row in db.session.scalars(select(Throttle)))
    time_machine.move_to(clock.true_now() + throttle.FORGOTTEN_AFTER + timedelta(minutes=1))
    with app.test_request_context("/"):
        throttle.attempt("link", "annen@prove.example")

    assert db.session.scalar(select(func.count()).select_from(Throttle)) == 3


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "192.0.2.1", "127.0.0.1"),  # a stranger's own words
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "10.9.9.9, 192.0.2.1", "192.0.2.1"),  # only our own proxy's part counts
        (2, "10.9.9.9, 192.0.2.1, 172.16.0.1", "192.0.2.1"),
        (1, "", UNKNOWN),
        (1, "<script>", UNKNOWN),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (1, "::ffff:192.0.2.1", "192.0.2.1"),
    ],
)
def test_where_a_request_comes_from(proxies: int, forwarded: str, seen: str) -> None:
    assert network_of({"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": forwarded}, proxies) == seen

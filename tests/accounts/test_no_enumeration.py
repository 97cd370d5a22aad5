"""Nothing that a stranger sees, and no work that takes time, tells whether an address is known."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from meetingapp.accounts import passwords
from meetingapp.core.database import db
from tests.accounts.support import enrolled, give_password
from tests.conftest import REAL_HASHER, Browser
from tests.factories import TestCouncil

UNKNOWN = "ingen.kjent@prove.example"


@pytest.fixture(autouse=True)
def real_hashes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hashing takes as long as in production."""
    monkeypatch.setattr(passwords, "hasher", REAL_HASHER)
    passwords._of_nobody.cache_clear()
    yield
    passwords._of_nobody.cache_clear()


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement in order, without its values."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        seen.append(re.sub(r"\s+", " ", statement))

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def _what_is_seen(answer: Any, address: str) -> tuple[Any, ...]:
    """Status, headers and page, without what differs between any two answers."""
    page = answer.get_data(as_text=True).replace(address, "ADDRESS")
    page = re.sub(r'(name="(?:csrf_token|_key)"[^>]*value=")[^"]*', r"\1", page)
    headers = sorted((name, re.sub(r"=[^;]*;", "=;", value)) for name, value in answer.headers if name not in ("Content-Length", "Date"))
    return answer.status_code, answer.location, page, headers


def _both(app: Flask, council: TestCouncil, ask: Callable[[Browser, str], Any]) -> list[tuple[tuple[Any, ...], list[str]]]:
    """What is seen and what is done for a known and an unknown address, from two places."""
    found = []
    for network, address in (("192.0.2.1", council.secretary.email), ("192.0.2.2", UNKNOWN)):
        client: Any = app.test_client()
        client.environ_base["REMOTE_ADDR"] = network
        client.get("/logg-inn")
        with statements() as done:
            answer = ask(client, address)
        found.append((_what_is_seen(answer, address), done))
    return found


@pytest.mark.parametrize("has_password", [True, False])
def test_a_wrong_password_is_the_same_to_see_and_to_do(app: Flask, council: TestCouncil, has_password: bool) -> None:
    if has_password:
        enrolled(council.secretary)
    known, unknown = _both(app, council, lambda client, address: give_password(client, address, "et helt feil passord"))

    assert known == unknown
    assert known[0][0] == 422


def test_asking_for_a_link_is_the_same_to_see_and_to_do(app: Flask, council: TestCouncil) -> None:
    known, unknown = _both(app, council, lambda client, address: client.submit("/logg-inn", email=address))

    assert known == unknown
    assert known[0][0] == 303


def test_a_password_is_weighed_also_for_an_address_nobody_has(app: Flask, council: TestCouncil) -> None:
    """The slow work is done with the same parameters, so that it takes the same time."""
    of_nobody, of_somebody = passwords._of_nobody(), passwords.kept("et passord som noen har")

    assert not passwords.matches("", "the password of nobody at all")
    assert of_nobody.rsplit("$", 2)[0] == of_somebody.rsplit("$", 2)[0]
    began = perf_counter()
    passwords.matches("", "et passord")
    assert perf_counter() - began > 0.005  # it was done: a refusal without it takes microseconds


@pytest.mark.soak
@pytest.mark.shows("promise-24")
def test_two_hundred_pairs_take_the_same_time(app: Flask, council: TestCouncil) -> None:
    """Medians of a wrong password for a known and an unknown address: within 5 ms, or 5 %."""
    enrolled(council.secretary)
    took: dict[str, list[float]] = {council.secretary.email: [], UNKNOWN: []}
    for number in range(400):
        address = [council.secretary.email, UNKNOWN][number % 2]
        client: Any = app.test_client()
        client.environ_base["REMOTE_ADDR"] = f"10.{number % 2}.{number // 200}.{number % 200}"
        client.get("/logg-inn/passord")
        began = perf_counter()
        give_password(client, address, "et helt feil passord")
        took[address].append(perf_counter() - began)
    known, unknown = (median(each) * 1000 for each in took.values())
    sys.stdout.write(f"\nknown {known:.1f} ms, unknown {unknown:.1f} ms, 200 each\n")

    assert abs(known - unknown) <= max(5, 0.05 * max(known, unknown))

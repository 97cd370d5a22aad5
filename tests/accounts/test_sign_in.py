"""Signing in by a one-time link."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock
from meetingapp.core.database import db
from tests.conftest import Browser
from tests.factories import TestCouncil

Letters = Callable[[], list[EmailMessage]]


def _link(letter: EmailMessage) -> str:
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    found = re.search(r"http://localhost(/logg-inn/\S+)", text)
    assert found, text
    return found[1]


def _ask(client: Browser, address: str) -> Any:
    return client.submit("/logg-inn", email=address)


def test_a_member_signs_in_with_the_link_from_the_letter(client: Browser, council: TestCouncil, letters: Letters) -> None:
    assert _ask(client, council.chair.email.upper()).status_code == 303
    link = _link(letters()[0])

    assert client.submit(link).status_code == 303
    assert council.chair.name in client.see("/logg-inn/konto").text


def test_opening_the_link_is_not_enough_to_use_it_up(client: Browser, council: TestCouncil, letters: Letters) -> None:
    _ask(client, council.chair.email)
    link = _link(letters()[0])
    for _ in range(3):
        client.get(link)

    assert client.submit(link).status_code == 303


def test_a_link_works_once(client: Browser, council: TestCouncil, letters: Letters) -> None:
    _ask(client, council.chair.email)
    link = _link(letters()[0])
    client.submit(link)

    assert client.application.test_client().get(link).status_code == 404


def test_a_link_runs_out(app: Any, client: Browser, council: TestCouncil) -> None:
    link = links.make_link(LinkPurpose.SIGN_IN, council.chair, expires_at=clock.true_now() - timedelta(seconds=1))
    path = links.path_of(link)
    db.session.commit()

    assert client.get(path).status_code == 404


def test_an_unknown_address_gets_the_same_answer_and_no_letter(client: Browser, council: TestCouncil, letters: Letters) -> None:
    known, unknown = _ask(client, council.chair.email), _ask(client, "ingen@prove.example")

    assert (known.status_code, known.location) == (unknown.status_code, unknown.location)
    assert len(letters()) == 1


def test_the_link_leads_back_to_the_page_that_asked(client: Browser, council: TestCouncil, letters: Letters) -> None:
    asked = client.get("/logg-inn/konto")
    client.submit(asked.location, email=council.chair.email)

    assert client.submit(_link(letters()[0])).location == "/logg-inn/konto"


@pytest.mark.parametrize("wanted", ["https://ond.example/", "//ond.example", "/finnes/ikke", "javascript:alert(1)"])
def test_the_link_never_leads_away(client: Browser, council: TestCouncil, letters: Letters, wanted: str) -> None:
    client.submit(f"/logg-inn?videre={wanted}", email=council.chair.email)

    assert client.submit(_link(letters()[0])).location == "/min-side"


def test_a_session_that_was_ended_is_dead(client: Browser, council: TestCouncil, signed_in: Any) -> None:
    browser = signed_in(council.chair)
    token = browser.get_cookie("meeting").value
    assert browser.submit("/logg-inn/konto").status_code == 303
    browser.set_cookie("meeting", token)

    assert browser.get("/logg-inn/konto").status_code == 303


def test_two_people_are_two_people(council: TestCouncil, signed_in: Any) -> None:
    first, second = signed_in(council.chair), signed_in(council.secretary)

    assert council.chair.name in first.see("/logg-inn/konto").text
    assert council.secretary.name in second.see("/logg-inn/konto").text


@pytest.mark.parametrize("typed", ["", "x" * 330 + "@prove.example", "ingen", "<b>@x", "[" * 20000, "a@b.example\r\nBcc: c@d.example"])
def test_a_bad_address_is_refused_beside_the_field_and_kept(client: Browser, typed: str) -> None:
    answer = _ask(client, typed)
    page = answer.get_data(as_text=True)

    assert answer.status_code == 422
    assert "ds-error-summary" in page
    assert 'aria-invalid="true"' in page

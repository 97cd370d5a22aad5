"""Secret links: long, hashed, limited in time and scope, revocable, and not used up by being opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from meetingapp.accounts import commands, links
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.web.places import Place, place_at
from meetingapp.core.web.secrets import new_secret
from meetingapp.core.web.sessions import WebSession
from tests.accounts.test_staff import by_link
from tests.conftest import Browser
from tests.factories import TestCouncil

pytestmark = pytest.mark.shows("promise-25")
AN_HOUR = timedelta(hours=1)
# Where a link of each purpose opens something: with the secret of any other purpose it must not.
DOORS = {
    LinkPurpose.SIGN_IN: "/logg-inn/{}",
    LinkPurpose.REPLY: "/g/{}/svar",
    LinkPurpose.PARTNER: "/g/{}",
    LinkPurpose.ACTION: "/g/{}/oppfolging",
}


def _made(
    council: TestCouncil, purpose: LinkPurpose = LinkPurpose.SIGN_IN, lasts: timedelta = AN_HOUR, **given: Any
) -> tuple[PersonalLink, str]:
    """A link and its secret."""
    link = links.make_link(purpose, council.chair, expires_at=clock.true_now() + lasts, **given)
    secret = links.address_of(link).rsplit("/", 1)[1]
    db.session.commit()
    return link, secret


def test_secrets_are_long_and_never_the_same(app: Flask, council: TestCouncil) -> None:
    secrets = {_made(council)[1] for _each in range(50)} | {new_secret() for _each in range(50)}

    assert len(secrets) == 100
    assert min(len(set(secret)) for secret in secrets) > 8
    assert all(re.fullmatch(r"[0-9a-f]{64}|[A-Za-z0-9_-]{43}", secret) for secret in secrets)  # 256 bits


def test_what_the_tables_hold_opens_nothing(client: Browser, council: TestCouncil) -> None:
    link, secret = _made(council)
    by_link(client, council.chair)
    cookie = client.get_cookie("meeting")
    assert cookie is not None
    row = db.session.scalars(select(WebSession)).one()

    assert secret not in (link.uid, link.secret_hash)
    assert cookie.value not in row.id_hash + row.data
    for held in (link.uid, link.secret_hash):
        assert client.application.test_client().get(f"/logg-inn/{held}").status_code == 404
    thief: Any = client.application.test_client()
    thief.set_cookie("meeting", row.id_hash)
    assert thief.get("/logg-inn/konto").status_code == 303


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_mail_scanner_uses_nothing_up(client: Browser, council: TestCouncil, method: str) -> None:
    link, secret = _made(council)
    scanner: Any = client.application.test_client()
    for _each in range(3):
        answer = scanner.open(f"/logg-inn/{secret}", method=method, follow_redirects=True)
        assert answer.status_code == 200
    assert scanner.get_cookie("meeting") is None
    assert link.used_at is None

    assert client.submit(f"/logg-inn/{secret}").status_code == 303


@pytest.mark.parametrize("purpose", list(DOORS))
def test_a_link_opens_its_own_door_only(client: Browser, council: TestCouncil, purpose: LinkPurpose) -> None:
    _link, secret = _made(council, purpose)
    others = [door for of, door in DOORS.items() if of is not purpose]

    assert [client.get(door.format(secret)).status_code for door in others] == [404] * 3
    assert links.open_link(secret, purpose) is not None


@pytest.mark.parametrize("how", ["expired", "revoked", "used", "inactive"])
@pytest.mark.parametrize("purpose", list(DOORS))
def test_a_link_that_is_over_opens_nothing(client: Browser, council: TestCouncil, purpose: LinkPurpose, how: str) -> None:
    link, secret = _made(council, purpose, lasts=-timedelta(seconds=1) if how == "expired" else AN_HOUR)
    now = clock.true_now()
    if how == "revoked":
        link.revoked_at = now
    elif how == "inactive":
        link.person.is_active = False
    elif how == "used":
        commands.spend(link)
    db.session.commit()
    is_once = purpose is LinkPurpose.SIGN_IN

    assert (links.open_link(secret, purpose) is None) == (how != "used" or is_once)
    if how != "used" or is_once:
        assert client.get(DOORS[purpose].format(secret)).status_code == 404


def test_links_in_letters_have_our_own_address_whatever_the_host_said(
    client: Browser, council: TestCouncil, letters: Callable[[], list[EmailMessage]]
) -> None:
    client.submit("/logg-inn", email=council.chair.email)
    spoofed = client.post(
        "/logg-inn", data={"email": council.chair.email}, headers={"Host": "ond.example", "X-Forwarded-Host": "ond.example"}
    )

    assert spoofed.status_code == 421
    body = letters()[0].get_body(("plain",))
    assert body is not None
    assert set(re.findall(r"https?://[^/\s]+", body.get_content())) == {"http://localhost"}


HOSTILE = [
    "//ond.example",
    "///ond.example",
    "\\\\ond.example",
    "/\\ond.example",
    "https://ond.example/",
    "https:ond.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/%2fond.example",
    "%2f%2fond.example",
    "/kontor/saker/../../ond",
    "/kontor//saker",
    "/logg-inn/ut",
    "/kontor/saker?neste=//ond.example",
    "/kontor/saker#x",
    "/kontor/saker\r\nLocation: //ond.example",
    "/static/build/app.css",
    "/g/hemmelig/svar",
    "",
    " /kontor/saker",
    "/" + "x" * 5000,
]


@pytest.mark.parametrize("wanted", HOSTILE)
def test_what_is_kept_of_a_wanted_page_is_only_what_our_router_gave(app: Flask, wanted: str) -> None:
    with app.test_request_context("/"):
        place = place_at(wanted)

        assert place == Place()
        assert place.address == "/min-side"


def test_a_wanted_page_is_kept_as_its_name_and_made_anew(app: Flask) -> None:
    with app.test_request_context("/"):
        place = place_at("/kontor/folk/personer/12")

        assert (place.endpoint, place.args) == ("followups.person", {"person_id": 12})
        assert place.address == "/kontor/folk/personer/12"
        assert Place("no.longer.here").address == "/min-side"

"""What no request gets past: foreign names, writes from other sites, writes without the form's own token; and no GET writes."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import Client
from werkzeug.wrappers import Response

from config import Settings
from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.web import static_files
from meetingapp.core.web.headers import security_headers
from meetingapp.core.web.mount import side_by_side
from meetingapp.council.models import Person
from meetingapp.portal.app import Portal
from meetingapp.portal.models import Page as PublicPage
from tests.accounts.support import enrolled
from tests.conftest import Browser
from tests.factories import TestCouncil, a_case, a_decision, a_legal_basis, a_meeting, an_action, an_agreement, saved
from tests.test_structure import ROOT

SignedIn = Callable[[Person], Browser]
CSP = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data:; connect-src 'self'; "
CSP += "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"


@pytest.fixture
def full(council: TestCouncil) -> TestCouncil:
    """A council with one of most things, all with id 1."""
    meeting, case = a_meeting(council), a_case(council.council)
    a_decision(meeting, case)
    an_action(council, council.chair)
    an_agreement(council)
    a_legal_basis()
    enrolled(council.members[1])
    return council


def _address(rule: Rule, secret: str) -> str:
    """The rule's address with the id 1 of everything, and a real secret."""
    address = re.sub(r"<any\(['\"]?([\w-]+)[^>]*>", r"\1", re.sub(r"<int:\w+>", "1", rule.rule))
    return re.sub(r"<[^>]+>", secret if "secret" in rule.arguments else "1", address)


def _rules(app: Flask, method: str) -> Iterator[Rule]:
    """The office's own, without what other tests have put in."""
    for rule in app.url_map.iter_rules():
        if method in (rule.methods or ()) and rule.endpoint != "static" and not rule.endpoint.startswith("trial."):
            yield rule


def _content() -> dict[str, str]:
    """Table → a hash of all its rows."""
    db.session.rollback()
    found = {}
    for metadata in db.metadatas.values():
        for table in metadata.sorted_tables:
            engine = db.engines[table.info.get("bind_key") or ("public" if metadata is db.metadatas.get("public") else None)]
            with engine.connect() as connection:
                rows = sorted(str(tuple(row)) for row in connection.execute(select(table)))
            found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def _links(council: TestCouncil) -> list[str]:
    until = clock.true_now().replace(year=2100)
    made = [
        links.make_link(LinkPurpose.SIGN_IN, council.chair, expires_at=until),
        links.make_link(
            LinkPurpose.PARTNER, council.partner_contact, expires_at=until, council=council.council, organisation=council.partner
        ),  # type: ignore[arg-type]
        links.make_link(LinkPurpose.ACTION, council.chair, expires_at=until, council=council.council, subject_id=1),
    ]
    db.session.commit()
    return [links.address_of(link).rsplit("/", 1)[1] for link in made]


@pytest.mark.slow
@pytest.mark.shows("promise-22")
@pytest.mark.parametrize("who", ["stranger", "member", "secretary"])
def test_no_get_changes_the_database(app: Flask, full: TestCouncil, signed_in: SignedIn, client: Browser, who: str) -> None:
    secrets = _links(full)
    browser = {"stranger": client}.get(who) or signed_in(full.chair if who == "member" else full.secretary)
    before, answered = _content(), []
    for rule in _rules(app, "GET"):
        for secret in secrets if "secret" in rule.arguments else secrets[:1]:
            answered.append(browser.get(_address(rule, secret)).status_code)
            browser.head(_address(rule, secret))

    assert [name for name, content in _content().items() if content != before[name]] == []
    assert len(answered) > 80
    assert answered.count(200) > (40 if who == "secretary" else 4)
    assert max(answered) < 500


@pytest.mark.slow
@pytest.mark.shows("promise-22")
def test_no_write_without_the_forms_own_token_or_from_another_site(app: Flask, full: TestCouncil, signed_in: SignedIn) -> None:
    browser, other = signed_in(full.secretary), signed_in(full.chair)
    own, foreign = (
        re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', one.get("/logg-inn/konto").get_data(as_text=True))[0]
        for one in (browser, other)
    )
    secret, before, let_through, count = _links(full)[0], None, [], 0
    before = _content()
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for rule in _rules(app, method):
            address, count = _address(rule, secret), count + 1
            tries = {
                "no token": browser.open(address, method=method),
                "another's token": browser.open(address, method=method, data={"csrf_token": foreign}),
                "made up": browser.open(address, method=method, data={"csrf_token": "x" * 40}),
                **{
                    f"from a page that is {site}": browser.open(
                        address, method=method, data={"csrf_token": own}, headers={"Sec-Fetch-Site": site}
                    )
                    for site in ("cross-site", "same-site")
                },
                **{
                    f"by {origin}": browser.open(address, method=method, data={"csrf_token": own}, headers={"Origin": origin})
                    for origin in ("https://ond.example", "null", "http://localhost.ond.example")
                },
            }
            expected = {name: 400 if "token" in name or name == "made up" else 403 for name in tries}
            let_through += [f"{address}: {name}" for name, answer in tries.items() if answer.status_code != expected[name]]

    assert let_through == [], let_through
    assert count > 60
    assert [name for name, content in _content().items() if content != before[name]] == []


def test_our_own_pages_may_write(client: Browser, council: TestCouncil) -> None:
    page = client.get("/logg-inn").get_data(as_text=True)
    token = re.findall(r'name="csrf_token"[^>]*value="([^"]+)"', page)[0]
    for headers in ({"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}, {"Sec-Fetch-Site": "none"}, {}):
        answer = client.post("/logg-inn", data={"csrf_token": token, "email": "ingen@prove.example"}, headers=headers)
        assert answer.status_code == 303


HOSTS = [
    "ond.example",
    "localhost.ond.example",
    "localhost@ond.example",
    "localhost, ond.example",
    "LOCALHOST:80:80",
    "",
    "127.0.0.1",
    "[::1]",
]


@pytest.mark.parametrize("host", HOSTS)
def test_a_foreign_host_is_refused_by_office_and_portal(
    app: Flask, client: Browser, portal: Portal, council: TestCouncil, host: str
) -> None:
    saved(_public_page("/"))
    office, public = client.get("/logg-inn", headers={"Host": host}), Client(portal, Response).get("/", headers={"Host": host})

    assert (office.status_code, public.status_code) == (421, 421)
    assert "http://localhost" in office.get_data(as_text=True)
    assert "ond.example" not in office.get_data(as_text=True) + public.get_data(as_text=True)


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "LocalHost"])
def test_our_own_name_is_enough_whatever_the_port(client: Browser, portal: Portal, council: TestCouncil, host: str) -> None:
    saved(_public_page("/"))

    assert client.get("/logg-inn", headers={"Host": host}).status_code == 200
    assert Client(portal, Response).get("/", headers={"Host": host}).status_code == 200


def test_a_council_has_its_portal_at_its_own_name_and_its_office_at_the_sites(
    client: Browser, portal: Portal, council: TestCouncil
) -> None:
    saved(_public_page("/", host="regionen.example"))
    at_its_own = {"Host": "regionen.example"}

    assert Client(portal, Response).get("/", headers=at_its_own).status_code == 200
    assert Client(portal, Response).get("/finnes-ikke", headers=at_its_own).status_code == 404
    assert Client(portal, Response).get("/", headers={"Host": "annen.example"}).status_code == 421
    assert client.get("/logg-inn", headers=at_its_own).status_code == 421


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_load_balancer_asks_by_number(client: Browser, path: str) -> None:
    assert client.get(path, headers={"Host": "10.0.0.7:8000"}).status_code == 200


def _public_page(path: str, *, host: str = "") -> PublicPage:
    facts: dict[str, Any] = {"status": 200, "media_type": "text/html; charset=utf-8", "etag": "x", "modified_at": clock.now()}
    return PublicPage(host=host, path=path, plain=b"<p>Kunngjort</p>", **facts)


@pytest.mark.shows("promise-32")
def test_every_answer_has_the_headers(app: Flask, full: TestCouncil, signed_in: SignedIn, client: Browser, portal: Portal) -> None:
    saved(_public_page("/"))
    secretary, built = signed_in(full.secretary), sorted((ROOT / "static" / "build").glob("app.*.css"))[0].name
    site = Client(static_files.serve(side_by_side(app, portal), ROOT / "static", https=False), Response)
    in_office = [
        *(
            secretary.get(path)
            for path in ("/min-side", "/kontor/saker", "/kontor/saker/1", "/kontor/finnes-ikke", "/kontor/folk/personer/99")
        ),
        *(client.get(path) for path in ("/logg-inn", "/logg-inn/feil", "/kontor/saker", "/healthz", "/readyz", "/g/feil")),
        client.post("/logg-inn"),  # 400: no token
        client.put("/logg-inn"),  # 405
        client.get("/logg-inn", headers={"Host": "ond.example"}),  # 421
        client.post("/logg-inn", headers={"Sec-Fetch-Site": "cross-site"}),  # 403
        client.post("/logg-inn", data=b"x" * (app.config["MAX_CONTENT_LENGTH"] + 1)),  # 413
    ]
    etag = site.get("/").headers["ETag"]
    in_public = [
        *(site.get(path) for path in ("/", "/?sprak=nn", "/finnes-ikke", f"/static/build/{built}", "/static/build/finnes-ikke.css")),
        site.get("/", headers={"If-None-Match": etag}),
        site.post("/"),
        site.get("/", headers={"Host": "ond.example"}),
    ]
    statuses = {answer.status_code for answer in [*in_office, *in_public]}
    db.session.execute(db.text("ALTER TABLE account RENAME TO account_away"))
    db.session.commit()
    broken = secretary.get("/min-side")

    assert {200, 303, 304, 400, 403, 404, 405, 413, 421} <= statuses
    assert broken.status_code >= 500
    for answer in [*in_office, *in_public, broken]:
        for name, value in security_headers(https=False):
            assert answer.headers.getlist(name) == [value], (answer.status_code, answer.request.path, name)
        assert "Access-Control-Allow-Origin" not in answer.headers
        if answer.headers.get("Content-Type", "").startswith("text/"):
            assert answer.headers["Content-Type"].replace(chr(34), "").endswith("; charset=utf-8"), answer.request.path
    assert {answer.headers["Cache-Control"] for answer in [*in_office, broken]} == {"no-store"}
    assert all("Set-Cookie" not in answer.headers for answer in in_public)


@pytest.mark.shows("promise-32")
def test_the_headers_are_strict() -> None:
    headers = dict(security_headers(https=True))

    assert headers["Content-Security-Policy"] == CSP  # no unsafe-*, nothing from elsewhere, no frames
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"  # secrets in paths reach no other site
    assert int(re.findall(r"max-age=(\d+)", headers["Strict-Transport-Security"])[0]) >= 365 * 24 * 3600
    assert "Strict-Transport-Security" not in dict(security_headers(https=False))


@pytest.mark.shows("promise-32")
def test_the_cookie_is_bound_to_the_site(client: Browser, council: TestCouncil, tmp_path: Any) -> None:
    settings = Settings.from_environment({"VAR_DIR": str(tmp_path), "SECRET_KEY": "x" * 40, "BASE_URL": "https://mote.example"}).for_flask()
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    cookies = client.get("/logg-inn").headers.getlist("Set-Cookie")

    assert cookies
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie and "Domain" not in cookie for cookie in cookies)

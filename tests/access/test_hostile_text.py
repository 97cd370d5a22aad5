"""Hostile text never runs: payloads in every text field of every form, and every page and letter that shows them read as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Route

from meetingapp.core.web.headers import POLICY
from tests.access.hostile_text import Typed, Typist, pages, publish_all
from tests.access.roles import World
from tests.payloads import PAYLOADS, run_loose, shows_payload

pytestmark = pytest.mark.slow


@dataclass
class Defaced:
    """A world after everybody has typed payloads wherever text can be typed."""

    world: World
    typed: Typed
    pages: dict[str, str]  # where → html, of all that may show what was typed


@pytest.fixture(scope="module")
def defaced(world: World) -> Iterator[Defaced]:
    typist = Typist(world)
    typed = typist.type_everywhere(rounds=2)
    publish_all(world)
    return Defaced(world, typed, dict(pages(world, typist)))


@pytest.mark.shows("promise-17")
def test_every_form_refuses_or_takes_it_and_shows_it_as_text(defaced: Defaced) -> None:
    typed = defaced.typed
    broken = [f"{where}: {status}" for where, status, _said in typed.answers if status not in (200, 303, 409, 422, 401, 403, 404)]
    loose = [f"{where} {status}: {found}" for where, status, said in typed.answers if (found := run_loose(said))]
    kept = [where for where, status, said in typed.answers if status == 422 and not shows_payload(said)]

    assert broken == []
    assert loose == []
    assert kept == [], "What was typed is not in the form any more."
    assert set(typed.used) == set(PAYLOADS)
    assert min(typed.used.values()) >= 2
    assert len(typed.fields) > 60, sorted(typed.fields)
    assert len(typed.stored) > 15, sorted(typed.stored)


@pytest.mark.shows("promise-17")
def test_every_page_shows_it_as_text(defaced: Defaced) -> None:
    seen = defaced.pages
    loose = [f"{where}: {found}" for where, html in seen.items() if (found := run_loose(html))]
    showing = {where for where, html in seen.items() if shows_payload(html)}

    assert loose == []
    assert sum("kontor" in where for where in showing) > 40, sorted(showing)
    assert sum("/kontor" not in where and "min-side" not in where for where in showing) > 10, sorted(showing)


@pytest.mark.shows("promise-17")
def test_every_letter_shows_it_as_text(defaced: Defaced) -> None:
    shown = 0
    for file in sorted(defaced.world.mail.glob("*.eml")):
        letter = message_from_bytes(file.read_bytes(), policy=SMTP)
        assert isinstance(letter, EmailMessage)
        body = letter.get_body(("html",))
        assert body is not None
        assert run_loose(body.get_content(), is_mail=True) == [], file.name
        shown += shows_payload(body.get_content())

    assert shown > 2


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_reader_finds_most_of_them_where_a_page_lets_them_in(payload: str) -> None:
    """Raw in a page, in an attribute and in an address: else the tests above could not fail."""
    let_in = f'<p>{payload}</p><p title="{payload}">x</p><p title=\'{payload}\'>x</p><p {payload}>x</p><a href="{payload[10:]}">x</a>'

    assert run_loose(let_in) or payload.startswith(("[", "!", "{", "\\", "\uff1c")), payload


TRAPPED = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "h17x"]) window[name] = () => { window.ran.push(name); };
document.addEventListener("securitypolicyviolation", event => window.ran.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


@pytest.mark.browser
@pytest.mark.shows("promise-17")
def test_a_browser_runs_none_of_it(defaced: Defaced, chromium: Browser) -> None:
    """Pages as they were answered, in a browser with a script trap. Nothing runs, and the policy had nothing to stop."""
    seen, ran = defaced.pages, []
    refused = {f"{where} {status}": said for where, status, said in defaced.typed.answers if status in (409, 422)}
    showing = {where: html for where, html in (seen | refused).items() if shows_payload(html)}
    page = chromium.new_page()
    page.add_init_script(TRAPPED)
    answer = {"html": ""}
    page.route("**/*", lambda route: _fulfil(route, answer["html"], Path(str(defaced.world.app.static_folder))))
    for where, html in showing.items():
        answer["html"] = html
        page.goto("http://localhost/page", wait_until="domcontentloaded")
        ran += [f"{where}: {one}" for one in page.evaluate("window.ran")]
    answer["html"] = "<img src=x onerror=h17x()><p>x</p>"
    page.goto("http://localhost/page")
    caught = page.evaluate("window.ran")
    page.close()

    assert ran == []
    assert caught, "The trap catches nothing, so it shows nothing."
    assert len(showing) > 100


def _fulfil(route: Route, html: str, static: Path) -> None:
    """The page, with the headers that ours have, and our own style and script; nothing else."""
    address = urlsplit(route.request.url)
    if address.path == "/page":
        route.fulfill(body=html, headers={"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY})
    elif address.netloc == "localhost" and address.path.startswith("/static/build/"):
        route.fulfill(path=static / address.path.removeprefix("/static/"))
    else:
        route.abort()

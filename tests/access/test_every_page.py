"""Every page of the house, as it is answered, in a browser: in both schemes, on a desk and on a small phone, and with large text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Route
from sqlalchemy import select

from meetingapp.core.database import db
from meetingapp.portal.models import Page as Published
from tests.access.hostile_text import Typist, places
from tests.access.roles import World
from tests.browser.test_chain import AXE, FOUND, RULES
from tests.forms import Page

pytestmark = pytest.mark.slow
STATIC, TEMPLATES = (Path(__file__).parents[2] / folder for folder in ("static", "templates"))
WITHOUT_BUTTON = {"/kontor/moter/<meeting_id>/innkalling"}  # says what must be mended before the call can be sent
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
CONTRAST = ["color-contrast"]
LOOKS = (("light", DESK, RULES), ("dark", PHONE, RULES))  # scheme, size, rules
OTHERS = (("dark", DESK, CONTRAST), ("light", PHONE, CONTRAST))  # what depends on the scheme alone
SHOW = """async html => {
  const next = new DOMParser().parseFromString(html, "text/html").documentElement;
  document.replaceChild(document.adoptNode(next), document.documentElement);
  const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].filter(link => !link.sheet);
  await Promise.all(sheets.map(link => new Promise(done => { link.onload = link.onerror = done; })));
}"""
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
# What large text may push out of sight: a box that hides what does not fit, but for those that are there for screen readers alone.
CUT = """() => [...document.querySelectorAll("body *")].filter(e => {
  const style = getComputedStyle(e), box = e.getBoundingClientRect();
  return style.overflowX === "hidden" && box.width > 2 && e.scrollWidth > e.clientWidth + 1 && style.textOverflow !== "ellipsis";
}).map(e => e.tagName + "." + e.className)"""


@pytest.fixture(scope="module")
def pages(world: World) -> dict[str, str]:
    """Address (without ids) → HTML: one of each kind, with the first of those who get in."""
    return {re.sub(r"[0-9a-f]{64}", "<secret>", path): html for path, html in _answered(world)}


def _answered(world: World) -> Iterator[tuple[str, str]]:
    typist = Typist(world)
    for who, address, path in places(world):
        answer = typist.browser(who).get(path)
        if answer.status_code == 200 and "html" in str(answer.content_type):
            yield f"{address} {who} {path}", answer.get_data(as_text=True)
    stranger, of_a_kind = typist.browser("stranger"), {}
    for path in db.session.scalars(select(Published.path).order_by(Published.path)):
        of_a_kind.setdefault(re.sub(r"\d+.*", "", path), path)
    for path in of_a_kind.values():
        answer = stranger.get(quote(path, safe="/?="))
        if "html" in str(answer.content_type):
            yield path, answer.get_data(as_text=True)


@pytest.mark.browser
@pytest.mark.shows("axe")
@pytest.mark.parametrize("which", ["one of each address", pytest.param("each in all its states", marks=pytest.mark.soak)])
def test_every_page_holds_in_both_schemes_at_both_widths_and_with_large_text(pages: dict[str, str], chromium: Browser, which: str) -> None:
    """All rules on a light desk and on a dark phone; the long form also looks at the contrast on a dark desk and a light phone."""
    page, faults = chromium.new_page(), []
    page.route("**/*", _fulfil)
    page.goto("http://localhost/page")
    page.evaluate(AXE())
    whole = which.startswith("each")
    chosen = pages if whole else {where.split()[0]: html for where, html in pages.items()}
    for where, html in chosen.items():
        page.evaluate(SHOW, html)
        assert page.evaluate("document.styleSheets.length"), where
        for scheme, size, rules in LOOKS + OTHERS * whole:
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.emulate_media(color_scheme=scheme)
            run = {"type": "rule" if rules is CONTRAST else "tag", "values": rules}
            faults += [f"{where} {scheme} {size['width']}: {found}" for found in page.evaluate(FOUND, run)]
            faults += [f"{where} {size['width']}: scrolls sideways"] * (page.evaluate(SIDEWAYS) > 0)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        faults += [f"{where}: scrolls sideways with text at 200 %"] * (page.evaluate(SIDEWAYS) > 0)
        faults += [f"{where}: {cut} cuts text at 200 %" for cut in page.evaluate(CUT)]
    page.close()

    assert not faults, "\n".join(faults)
    assert len(chosen) > 80


def _fulfil(route: Route) -> None:
    """Our own style and pictures, and an empty page to begin with."""
    path = urlsplit(route.request.url).path
    if path.startswith("/static/"):
        route.fulfill(path=STATIC / path.removeprefix("/static/"))
    else:
        route.fulfill(body="<!doctype html><title>Prøve</title>", headers={"Content-Type": "text/html; charset=utf-8"})


def test_every_form_is_sent_by_a_button_and_needs_no_script(pages: dict[str, str]) -> None:
    """A button inside, or one that names the form: some stand at the foot of a page with several forms."""
    without = [
        f"{where}: {form.action or 'itself'}"
        for where, html in pages.items()
        for form in Page(html).forms
        if form.names and not form.buttons and not re.search(r'<button[^>]* form="', html) and where.split()[0] not in WITHOUT_BUTTON
    ]

    assert not without, "\n".join(without)


def test_every_address_that_writes_has_its_form(world: World) -> None:
    """No room without its door: what only takes forms stands in a template, by its name or by the end of its address."""
    said = "".join(file.read_text() for file in TEMPLATES.rglob("*.html"))
    shut = [
        rule.rule
        for rule in world.app.url_map.iter_rules()
        if rule.methods
        and "POST" in rule.methods
        and "GET" not in rule.methods
        and not re.search(rf"[\"']{re.escape(rule.endpoint)}[\"']", said)
        and f"/{rule.rule.rsplit('/', 1)[1]}" not in said
    ]

    assert shut == []

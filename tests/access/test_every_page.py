"""Every page of the house, as it is answered, in a browser: in both schemes, on a desk and on a small phone, and with large text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Route
from sqlalchemy import select

from meetingapp.core.database import db
from meetingapp.portal.models import Page as Published
from tests.access.hostile_text import Typist, places
from tests.access.roles import World
from tests.browser.test_chain import AXE, RULES
from tests.forms import Page

pytestmark = pytest.mark.slow
STATIC, TEMPLATES = (Path(__file__).parents[2] / folder for folder in ("static", "templates"))
WITHOUT_BUTTON = {"/kontor/moter/<meeting_id>/innkalling"}  # says what must be mended before the call can be sent
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 320, "height": 700}
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
def test_every_page_holds_in_both_schemes_at_both_widths_and_with_large_text(pages: dict[str, str], chromium: Browser) -> None:
    """All rules on a light desk and on a dark phone; what depends on the scheme alone, the contrast, on the other two."""
    page = chromium.new_page(viewport=DESK)  # type: ignore[arg-type]
    answer: dict[str, str] = {}
    page.route("**/*", lambda route: _fulfil(route, answer))
    faults: list[str] = []

    def look(where: str, scheme: Any, size: Any, rules: list[str]) -> None:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        run = {"type": "tag" if rules == RULES else "rule", "values": rules}
        found = page.evaluate("run => axe.run(document, {runOnly: run, resultTypes: ['violations']})", run)
        faults.extend(f"{where} {scheme} {size['width']}: {v['id']} {v['nodes'][0]['target']}" for v in found["violations"])
        if page.evaluate(SIDEWAYS) > 0:
            faults.append(f"{where} {size['width']}: scrolls sideways")

    for where, html in pages.items():
        answer["html"] = html
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        page.goto("http://localhost/page", wait_until="load")
        page.evaluate(AXE())
        look(where, "light", DESK, RULES)
        look(where, "dark", DESK, ["color-contrast"])
        look(where, "light", PHONE, ["color-contrast"])
        look(where, "dark", PHONE, RULES)
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if page.evaluate(SIDEWAYS) > 0:
            faults.append(f"{where}: scrolls sideways with text at 200 %")
        faults.extend(f"{where}: {cut} cuts text at 200 %" for cut in page.evaluate(CUT))
    page.close()

    assert not faults, "\n".join(faults)
    assert len(pages) > 100


def _fulfil(route: Route, answer: dict[str, str]) -> None:
    """The page, and our own style and script."""
    path = urlsplit(route.request.url).path
    if path == "/page":
        route.fulfill(body=answer["html"], headers={"Content-Type": "text/html; charset=utf-8"})
    elif path.startswith("/static/"):
        route.fulfill(path=STATIC / path.removeprefix("/static/"))
    else:
        route.abort()


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

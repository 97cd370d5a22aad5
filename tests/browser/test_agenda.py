"""Drafting, fixing, calling and publishing: counted in presses, done by keyboard alone, and done by two secretaries at once."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, TimeoutError, expect

from config import Settings
from tests.browser.conftest import ROOT, House, lead_on, running

# The pages are the same on both databases; the rules behind them are tried on both in tests/agendas.
pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.only("sqlite")]

# Each press is one: a click, an Enter, a space on a box or button, a choice in a list. Typing and moving about with Tab are none.
COUNT = """
(() => {
  const add = () => localStorage.setItem("presses", Number(localStorage.getItem("presses") || 0) + 1);
  const writes = (e) => e.target.matches("textarea, input:not([type=checkbox], [type=radio])");
  addEventListener("pointerdown", (e) => { if (e.isTrusted) add(); }, true);
  addEventListener("change", (e) => { if (e.isTrusted && e.target.matches("select")) add(); }, true);
  addEventListener("keydown", (e) => { if (e.isTrusted && (e.key === "Enter" || (e.key === " " && !writes(e)))) add(); }, true);
})();
"""


@pytest.fixture(scope="module")
def busy(demo_in: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, str]]:
    """The demo house with nine ready cases and three more meetings; and the second secretary's way in."""
    folder: Path = tmp_path_factory.mktemp("busy")
    with running(demo_in, folder) as house:
        environment = {
            **house.environment,
            "BASE_URL": house.address,
            "MAIL_DOMAIN": "hamarregionen.example",
            "CLOCK_STARTS_AT": "2026-11-23T07:00:00+00:00",
            "CLOCK_STARTED": datetime.now(UTC).isoformat(),
        }
        made = subprocess.run(
            [sys.executable, "-m", "tests.browser.standard_case"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
        yield house, made.stdout.strip().splitlines()[-1]


def _signed_in(chromium: Browser, house: House, way_in: str, *, scripts: bool = True) -> BrowserContext:
    context = chromium.new_context(base_url=house.address, java_script_enabled=scripts, viewport={"width": 1280, "height": 1000})
    page = context.new_page()
    page.goto(way_in)
    lead_on(page.locator("main button").first)
    page.close()
    return context


@pytest.fixture(scope="module")
def ellen(busy: tuple[House, str], chromium: Browser) -> BrowserContext:
    return _signed_in(chromium, busy[0], busy[0].links["Sekretær"])


@pytest.fixture(scope="module")
def stine(busy: tuple[House, str], chromium: Browser) -> BrowserContext:
    return _signed_in(chromium, *busy)


def _titles(page: Page) -> list[str]:
    """The titles of the list as it stands on the page, standing items too."""
    return [re.sub(r"^[0-9. ]+", "", one) for one in page.locator("ol.agenda .what > p:first-child").all_inner_texts()]


# ---- Presses ----


def _presses(page: Page) -> int:
    found = int(page.evaluate("Number(localStorage.getItem('presses') || 0)"))
    page.evaluate("localStorage.removeItem('presses')")
    return found


def _move(page: Page, title: str, place: int) -> None:
    """Click into the number field, type, Enter."""
    field = page.get_by_label(f"Flytt {title} til plass", exact=True)
    field.click()
    field.fill(str(place))
    field.press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"«{title}» er nå nummer {place} av")


@pytest.mark.shows("presses-draft", "presses-call", "presses-publish")
def test_presses_for_the_standard_case(ellen: BrowserContext, capsys: pytest.CaptureFixture[str]) -> None:
    page = ellen.new_page()
    page.add_init_script(COUNT)
    page.goto("/kontor/moter")
    lead_on(page.get_by_role("link", name="Regionrådet 26. februar 2027").first)
    lead_on(page.get_by_role("link", name="Saksliste", exact=True))
    assert len(_titles(page)) == 3
    lead_on(page.get_by_role("button", name="Ta med alle 9"))
    titles = _titles(page)
    assert len(titles) == 12
    for title, place in ((titles[10], 3), (titles[5], 9), (titles[8], 4)):
        _move(page, title, place)
    page.get_by_role("button", name="Fastsett saksliste").click()
    page.get_by_text("Sakslisten er fastsatt. Neste er innkallingen.").wait_for()
    draft = _presses(page)

    page.get_by_role("link", name="Til innkallingen").click()
    page.get_by_label("Kunngjør sakslisten også").click()
    page.get_by_role("button", name=re.compile("Send innkalling til")).click()
    page.get_by_text("Stopp").first.wait_for()
    call = _presses(page)

    page.goto("/kontor/moter")
    lead_on(page.get_by_role("link", name="Regionrådet 24. april 2026").first)
    page.get_by_role("link", name="Møtebok", exact=True).click()
    page.get_by_text("Låst").first.wait_for()
    _presses(page)
    page.get_by_role("link", name="Kunngjør", exact=True).click()
    page.get_by_role("button", name="Kunngjør møtet").click()
    page.get_by_text("Det er på vei.").wait_for()
    publish = _presses(page)
    page.close()

    with capsys.disabled():
        print(f"\npresses: draft {draft} (goal 10), call {call} (goal 3), publish {publish} (goal 2)")  # noqa: T201 - the figures are the point
    assert (draft <= 10, call <= 3, publish <= 2) == (True, True, True), (draft, call, publish)


# ---- By keyboard alone ----


class Keyboard:
    """Somebody who has no mouse: finds their way with Tab, sees where they are, and presses Enter or space."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def name(self) -> str:
        """What the focused element is called: by its label, or by its text."""
        said = self.page.evaluate(
            "(() => { const a = document.activeElement; if (!a) return '';"
            " return a.getAttribute('aria-label') || (a.labels && a.labels[0] && a.labels[0].innerText) || a.innerText || ''; })()"
        )
        return " ".join(str(said).split())

    def to(self, name: str, *, most: int = 160) -> Keyboard:
        """Tab until the focus is on what is called `name`; it must be seen there."""
        for _n in range(most):
            self.page.keyboard.press("Tab")
            if self.name().startswith(name):
                self.is_seen()
                return self
        raise AssertionError(f"Tab never came to {name!r}; the last was {self.name()!r}")

    def is_seen(self) -> None:
        style = self.page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return [s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0, s.boxShadow !== 'none']; })()"
        )
        assert any(style), f"the focus on {self.name()!r} is not seen"

    def press(self) -> Keyboard:
        """Enter, and on to the page it leads to."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def type(self, text: str) -> Keyboard:
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return self

    def row(self) -> str:
        """The title of the agenda row that holds the focus."""
        return str(self.page.evaluate("document.activeElement.closest('li')?.querySelector('.what a, .what p')?.innerText ?? ''"))


@pytest.mark.shows("keyboard")
@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_meeting_is_drafted_fixed_and_called_by_keyboard_alone(
    busy: tuple[House, str], ellen: BrowserContext, chromium: Browser, scripts: bool
) -> None:
    if scripts:
        page = ellen.new_page()
    else:
        page = chromium.new_context(base_url=busy[0].address, java_script_enabled=False).new_page()
        page.context.add_cookies(ellen.cookies())
    keys = Keyboard(page)
    page.goto("/kontor/moter")
    day = "19. mars 2027" if scripts else "23. april 2027"
    keys.to(f"Regionrådet {day}").press()
    keys.to("Saksliste").press()
    keys.to("Legg til orientering").press()
    keys.to("Tittel").type("Nytt fra fylket").to("Varighet i minutter").type("20").to("Lagre punktet").press()
    page.get_by_text("«Nytt fra fylket» er satt på sakslisten.").wait_for()
    keys.to("Legg til pause").press().to("Lagre punktet").press()
    page.get_by_text("«Pause» er satt på sakslisten.").wait_for()

    keys.to("Flytt Pause til plass").type("3")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("«Pause» er nå nummer 3 av")
    assert _titles(page)[2] == "Pause"
    assert "Pause" in keys.row() if scripts else page.url.partition("#")[2].startswith("p")
    keys.to("Angre").press()
    expect(page.locator("#messages")).to_contain_text("Angret. «Pause» er nummer 4 igjen.")
    keys.to("Fastsett saksliste").press()
    page.get_by_text("Sakslisten er fastsatt.").first.wait_for()
    keys.to("Til innkallingen").press()
    keys.to("Send innkalling til").press()
    page.get_by_text("Stopp").first.wait_for()
    page.close()


# ---- When it does not get through ----


def test_a_move_that_fails_is_told_in_the_pages_language_and_the_list_stays(ellen: BrowserContext) -> None:
    page = ellen.new_page()
    page.goto("/kontor/moter")
    lead_on(page.get_by_role("link", name="Regionrådet 29. januar 2027").first)
    meeting = page.url
    page.goto(f"{meeting}/punkt")
    page.locator("main [name='title']").fill("Epsilon")
    page.get_by_role("button", name="Lagre punktet").click()
    page.get_by_text("«Epsilon» er satt på sakslisten.").wait_for()
    titles, moved = _titles(page), page.get_by_role("button", name="Flytt Epsilon ned")
    refused = "<main><h1>Kontoret er nede en kort stund</h1><p class='lede'>Det du gjorde, ble ikke lagret.</p></main>"
    page.route("**/flytt", lambda route: route.abort())
    moved.click(no_wait_after=True)
    expect(page.locator("#messages")).to_contain_text("Vi fikk ikke svar fra kontoret")
    page.unroute("**/flytt")
    page.route("**/flytt", lambda route: route.fulfill(status=503, content_type="text/html; charset=utf-8", body=refused))
    moved.click(no_wait_after=True)
    expect(page.locator("#messages")).to_contain_text("Kontoret er nede en kort stund")
    expect(page.locator("#messages")).to_contain_text("Det du gjorde, ble ikke lagret.")
    page.unroute("**/flytt")

    assert _titles(page) == titles
    expect(page.locator("#messages").get_by_role("link", name="Last siden på nytt")).to_be_visible()
    page.close()


# ---- Two secretaries at once ----


@pytest.mark.shows("two-secretaries")
def test_two_secretaries_reorder_and_edit_one_agenda_at_once(ellen: BrowserContext, stine: BrowserContext) -> None:
    mine, hers = ellen.new_page(), stine.new_page()
    mine.goto("/kontor/moter")
    lead_on(mine.get_by_role("link", name="Regionrådet 29. januar 2027").first)
    meeting, here = mine.url, f"{mine.url}/saksliste"
    _add(mine, meeting, "Alfa", "Beta", "Gamma", "Delta")
    hers.goto(here)
    mine.goto(here)
    everything = sorted(_titles(mine))
    assert {"Alfa", "Beta", "Gamma", "Delta"} <= set(everything)

    half_typed = hers.get_by_label("Flytt Delta til plass")
    half_typed.click()
    half_typed.fill("77")
    mine.get_by_role("button", name="Flytt Beta opp").click()
    expect(mine.locator("#messages")).to_contain_text("«Beta» er nå nummer")
    expect(hers.locator("#nytt")).to_contain_text("Ellen Attrappli har flyttet «Beta».", timeout=12_000)
    assert _titles(hers) == _titles(mine)
    assert half_typed.input_value() == "77"
    assert hers.evaluate("document.activeElement.id") == half_typed.get_attribute("id")

    for turn in range(4):  # each acts on a page that the other has made old
        _press_at_once(
            mine.get_by_role("button", name=f"Flytt {('Alfa', 'Gamma')[turn % 2]} ned"),
            hers.get_by_role("button", name=f"Flytt {('Delta', 'Beta')[turn % 2]} opp"),
        )
    mine.goto(here)
    hers.goto(here)
    assert _titles(mine) == _titles(hers)
    assert sorted(_titles(mine)) == everything

    _edit_the_same_text(mine, hers, here)
    _undo_what_the_other_has_moved(mine, hers, here)
    mine.close()
    hers.close()


def _add(page: Page, meeting: str, *titles: str) -> None:
    for title in titles:
        page.goto(f"{meeting}/punkt")
        page.locator("main [name='title']").fill(title)
        lead_on(page.get_by_role("button", name="Lagre punktet"))


def test_news_wait_while_a_button_is_pressed(ellen: BrowserContext, stine: BrowserContext) -> None:
    """Else the list could move away under the finger, and the press would be lost."""
    mine, hers = ellen.new_page(), stine.new_page()
    mine.goto("/kontor/moter")
    lead_on(mine.get_by_role("link", name="Regionrådet 29. januar 2027").first)
    here = f"{mine.url}/saksliste"
    _add(mine, mine.url, "Zeta", "Eta")
    for page in (mine, hers):
        page.goto(here)
    before = _titles(hers)
    hers.get_by_role("button", name="Flytt Zeta opp").hover()
    hers.mouse.down()
    mine.get_by_role("button", name="Flytt Eta opp").click()
    expect(mine.locator("#messages")).to_contain_text("«Eta» er nå nummer")
    with hers.expect_response(lambda answer: "sett=" in answer.url and answer.status == 200, timeout=12_000):
        pass
    hers.wait_for_timeout(300)

    assert _titles(hers) == before
    hers.mouse.move(0, 0)
    hers.mouse.up()
    expect(hers.locator("#nytt")).to_contain_text("Ellen Attrappli har flyttet «Eta».")
    assert _titles(hers) == _titles(mine)
    mine.close()
    hers.close()


def _press_at_once(*buttons: Locator, times: int = 3) -> None:
    """Until each has got an answer: on a slow machine the list may move between looking for a button and pressing it."""
    for attempt in range(1, times + 1):
        try:
            with ExitStack() as answers:
                for button in buttons:
                    answers.enter_context(button.page.expect_response("**/flytt", timeout=10_000))
                for button in buttons:
                    button.click(no_wait_after=True)
            return
        except TimeoutError:
            if attempt == times:
                raise


def _edit_the_same_text(mine: Page, hers: Page, here: str) -> None:
    """The second to save gets both texts, and nothing is overwritten."""
    for page in (mine, hers):
        page.goto(here)
        lead_on(page.get_by_role("link", name="Endre Gamma"))
    mine.locator("main [name='title']").fill("Gamma om vei")
    mine.get_by_role("button", name="Lagre punktet").click()
    mine.get_by_text("«Gamma om vei» er endret.").wait_for()
    hers.locator("main [name='title']").fill("Gamma om bane")
    with hers.expect_navigation() as answer:
        hers.get_by_role("button", name="Lagre punktet").click()
    assert answer.value is not None
    assert answer.value.status == 409
    said = hers.inner_text("main")
    assert "Gamma om vei" in said
    assert "Gamma om bane" in said


def _undo_what_the_other_has_moved(mine: Page, hers: Page, here: str) -> None:
    """Refused with the other's name; the list stands as it is."""
    mine.goto(here)
    mine.get_by_role("button", name="Flytt Alfa opp").click()
    expect(mine.locator("#messages")).to_contain_text("«Alfa» er nå nummer")
    hers.goto(here)
    hers.get_by_role("button", name="Flytt Alfa ned").click()
    expect(hers.locator("#messages")).to_contain_text("«Alfa» er nå nummer")
    mine.locator("#angre").click()
    mine.get_by_text("Stine Stedfortreder har endret punktet siden").wait_for()
    hers.goto(here)
    assert _titles(mine) == _titles(hers)

"""The whole chain by hand, as three people and a stranger: from a proposal to a published decision that is followed up."""

from __future__ import annotations

import re
from pathlib import Path

import icalendar
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import House, lead_on

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FOUND = "async run => (await axe.run(document, {runOnly: run})).violations.map(v => `${v.id} ${v.nodes[0].target}`)"
TITLE = "Felles lærlingordning i regionen"
SECRETARY, MEMBER, CHAIR = "ellen.attrappli@hamarregionen.example", "nils.demostad@stange.example", "solveig.testrud@ringsaker.example"
OTHERS = ["ingrid.liksomrud@hamar.example", "terje.provdal@hamar.example", "bjorg.eksempelsen@loten.example"]
MEETING = "Regionrådet 29. januar 2027"


class Person:
    """One person at a browser; each kind of page that somebody comes to is checked for accessibility where scripts run."""

    def __init__(self, chromium: Browser, house: House, met: set[tuple[str, ...]], *, scripts: bool, width: int = 1280) -> None:
        self.house, self.met, self.scripts = house, met, scripts
        self.context = chromium.new_context(
            locale="nb-NO", java_script_enabled=scripts, viewport={"width": width, "height": 900}, base_url=house.address
        )
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda m: self.complaints.append(m.text) if m.type == "error" and "status of 422" not in m.text else None)
        self.faults: list[str] = []

    def go(self, path: str) -> Person:
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == 200, f"{path}: {answer.status} {self.page.inner_text('main')[:800]}"
        return self.look()

    def look(self) -> Person:
        """Check the page that is open, unless one like it has been checked: same address but for ids, same headings, notes and fields."""
        if self.scripts and (kind := self._kind()) not in self.met:
            self.met.add(kind)
            self.page.evaluate(AXE())
            self.faults += [f"{self.page.url}: {found}" for found in self.page.evaluate(FOUND, RULES)]
            width = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            self.faults += [f"{self.page.url}: scrolls sideways"] if width > 0 else []
        return self

    def _kind(self) -> tuple[str, ...]:
        shape: list[str] = self.page.evaluate(
            "[...new Set([...document.querySelectorAll('h1, h2, [class], [name]')].map(e => e.tagName + e.className + (e.name ?? '')))]"
        )
        return (re.sub(r"[0-9a-f]{40,}|\d+", "", self.page.url), *sorted(shape))

    def fill(self, **fields: str) -> Person:
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name}']").first
            if self.page.locator(f"main select[name='{name}']").count():
                field.select_option(value)
            else:
                field.fill(value)
        return self

    def tick(self, text: str) -> Person:
        self.page.locator("main label", has_text=text).first.click()
        return self

    def press(self, button: str) -> Person:
        lead_on(self.page.locator("main button", has_text=button).first)
        return self.look()

    def follow(self, link: str) -> Person:
        lead_on(self.page.locator("main a", has_text=link).first)
        return self.look()

    def sees(self, *texts: str) -> Person:
        said = " ".join(self.page.inner_text("body").split())
        for text in texts:
            assert text in said, f"{text!r} is not on {self.page.url}: {said[:1500]}"
        return self

    def sign_in(self, address: str) -> Person:
        """As a person does it: ask, find the letter, open the link, confirm."""
        self.go("/logg-inn").fill(email=address).press("Send meg en lenke")
        link = self.house.link_in(self.house.letter_to(address, "logge inn"), "/logg-inn/")
        return self.go(link).press("Logg inn")


@pytest.mark.parametrize(
    "scripts",
    [
        pytest.param(True, id="with JavaScript", marks=pytest.mark.only("sqlite")),
        pytest.param(False, id="without JavaScript", marks=pytest.mark.only("sqlite")),
    ],
)
def test_from_a_proposal_to_a_decision_that_is_followed_up(chromium: Browser, house: House, scripts: bool) -> None:
    met: set[tuple[str, ...]] = set()
    secretary = Person(chromium, house, met, scripts=scripts)
    member = Person(chromium, house, met, scripts=scripts, width=390)
    partner = Person(chromium, house, met, scripts=scripts)
    stranger = Person(chromium, house, met, scripts=scripts)
    chair = Person(chromium, house, met, scripts=scripts)
    everybody = [secretary, member, partner, stranger, chair]

    _propose(partner)
    case = _take_in_and_write(secretary, partner)
    meeting = _draft_and_fix(secretary)
    _call(secretary, meeting)
    _reply(member, chair, stranger, house)
    item = _hold(secretary, meeting)
    _approve(secretary, member, chair, meeting)
    _publish_and_read(secretary, stranger, meeting)
    _follow_up(secretary, member, stranger, item)
    secretary.go(case).sees("Vedtatt")

    faults = [fault for who in everybody for fault in who.faults]
    assert faults == [], faults
    assert [said for who in everybody for said in who.complaints] == []


def _propose(partner: Person) -> None:
    partner.go(partner.house.links["Partner"]).follow("Foreslå en sak")
    partner.press("Send forslaget")
    assert partner.page.title().startswith("Feil: ")
    partner.fill(title=TITLE, text="LO foreslår en felles ordning for lærlinger i de fire kommunene.").press("Send forslaget")
    partner.sees(TITLE, "Venter på svar")


def _take_in_and_write(secretary: Person, partner: Person) -> str:
    """The proposal becomes a case with a public title of its own and a paper; returns its address."""
    secretary.sign_in(SECRETARY).go("/kontor/forslag").follow(TITLE)
    secretary.fill(answer="Vi tar saken opp i januar.").press("Ta inn forslaget")
    case = secretary.page.url
    partner.go(partner.house.links["Partner"]).sees("Vi tar saken opp i januar.")
    secretary.go(f"{case}/rediger").fill(public_title=TITLE, kind="decision", minutes_needed="25")
    secretary.page.locator("main select[name='officer']").select_option(label="Ellen Attrappli")
    secretary.press("Lagre fakta")
    secretary.go(f"{case}/fremlegg")
    secretary.fill(
        text="## Saken kort\n\nFire kommuner kan dele på lærlinger.\n\n| Kommune | Plasser |\n|---|---|\n| Hamar | 12 |",
        recommendation="1. Rådet støtter en felles lærlingordning.\n2. Stange lager et utkast innen 1. mai 2027.",
    )
    secretary.press("Forhåndsvis").sees("Fire kommuner kan dele på lærlinger.", "Plasser")
    secretary.press("Lagre saksfremlegget")
    secretary.go(f"{case}/klar").press("Merk saken klar")
    assert secretary.page.title().startswith("Feil: ")
    secretary.page.locator("main input[name='paper_on_web']").first.check()
    secretary.press("Merk saken klar").sees("Klar")
    return case


def _draft_and_fix(secretary: Person) -> str:
    """The case comes on the agenda of the planned meeting; returns the meeting's address."""
    secretary.go("/kontor/moter/arsplan?ar=2027").sees(MEETING.partition(" ")[0]).follow("Planlegg et års møter")
    secretary.go("/kontor/moter").follow(MEETING)
    meeting = secretary.page.url
    secretary.go(f"{meeting}/saksliste").follow("Utvalgets faste punkter og rekkefølge").sees("Partnerskapssaker først")
    secretary.go(f"{meeting}/saksliste")
    secretary.tick(TITLE).tick("Planoversikt fjerde kvartal").press("Ta med valgte")
    secretary.sees("2 saker er satt på sakslisten.")
    secretary.page.get_by_role("button", name=f"Flytt {TITLE} opp").click()
    expect(secretary.page.locator("#messages")).to_contain_text(f"«{TITLE}» er fortsatt nummer 4 av 6.")
    secretary.look().sees("plassert med partneres forslag først")
    secretary.press("Fastsett saksliste").sees("RR 01/27", "RR 02/27")
    return meeting


def _call(secretary: Person, meeting: str) -> None:
    secretary.go(f"{meeting}/innkalling").tick("Tone Tenktlien").press("Send innkalling")
    secretary.sees("Stopp")
    letter = secretary.house.letter_to(MEMBER, "29. januar", seconds=30)
    parts = {part.get_content_type(): part.get_payload(decode=True) for part in letter.walk() if not part.is_multipart()}
    event = icalendar.Calendar.from_ical(parts["text/calendar"]).events[0]  # type: ignore[arg-type]
    assert event.start.isoformat() == "2027-01-29T09:00:00+01:00"
    secretary.house.letter_to("tone.tenktlien@lo.example", "29. januar")


def _reply(member: Person, chair: Person, stranger: Person, house: House) -> None:
    """The member by the link in the letter, the chair and the others too; nobody signs in."""
    link = house.link_in(house.letter_to(MEMBER, "29. januar"), "/g/")
    member.go(link).press("Jeg kommer").sees("Kommer")
    for address in [CHAIR, SECRETARY, *OTHERS]:
        chair.go(house.link_in(house.letter_to(address, "29. januar"), "/g/")).press("Jeg kommer")


def _hold(secretary: Person, meeting: str) -> str:
    """Open, decide each case, end. Returns the address that makes an action of the decision."""
    secretary.go(f"{meeting}/deltakere").sees("Kommer")
    secretary.go(f"{meeting}/motebok").press("Åpne møtet").sees("Møtet er åpnet.", "Nils Demostad")
    desk = secretary.page.url
    for title, against in ((TITLE, "Terje Prøvdal"), ("Planoversikt fjerde kvartal", "")):
        secretary.go(desk).follow(title)
        item = secretary.page.url
        if against:
            secretary.go(f"{item}/votering").fill(at="09.40").tick(against).press("Før i møteboka").sees("4 mot 1 stemmer")
            secretary.fill(text="Nils Demostad la fram saken.", outcome="adopted").press("Lagre saken")
            secretary.sees("Rådet støtter en felles lærlingordning.")
            decided = item
        else:
            secretary.fill(outcome="noted").press("Lagre saken")
    secretary.go(desk).press("Avslutt møtet").sees("Ingenting mangler")
    return decided


def _approve(secretary: Person, member: Person, chair: Person, meeting: str) -> None:
    secretary.go(f"{meeting}/motebok").tick("Nils Demostad").press("Send til godkjenning")
    member.house.letter_to(MEMBER, "Godkjenn møteboka")
    for who, address in ((member, MEMBER), (chair, CHAIR)):
        who.sign_in(address).go("/min-side").follow("Godkjenn møteboka")
        who.sees("Terje Prøvdal").press("Godkjenn møteboka").sees("Godkjenningen din er ført.")
    secretary.go(f"{meeting}/motebok").follow("Lås møteboka").press("Lås møteboka").sees("Møteboka er låst.")


def _publish_and_read(secretary: Person, stranger: Person, meeting: str) -> None:
    secretary.go(f"{meeting}/kunngjor").press("Kunngjør møtet")
    path = "/moter/regionradet-2027-01-29"
    stranger.house.wait_for(path, TITLE)
    stranger.go(path).sees(TITLE, "Rådet støtter en felles lærlingordning.", "Terje Prøvdal", "RR 01/27")
    assert stranger.context.cookies() == []
    stranger.go("/").sees("RR 01/27", TITLE)
    stranger.go("/vedtak").follow(TITLE).sees("Fire kommuner kan dele på lærlinger.")


def _follow_up(secretary: Person, member: Person, stranger: Person, item: str) -> None:
    number = re.search(r"/motebok/(\d+)", item)
    assert number is not None
    secretary.go(f"/kontor/oppfolging/ny?item={number[1]}").fill(title="Lage utkast til lærlingordning", due="01.05.2027")
    secretary.page.locator("main input[name='is_public']").check()
    secretary.tick("Nils Demostad").press("Lagre oppfølgingspunktet").sees("Lage utkast til lærlingordning")
    member.go("/min-side").follow("Lage utkast til lærlingordning").fill(text="Utkastet er i gang.").press("Meld status")
    member.sees("Utkastet er i gang.")
    secretary.go("/kontor/kunngjoringer").press("Kunngjør oppfølgingen")
    stranger.house.wait_for("/oppfolging", "Lage utkast til lærlingordning")  # not by the browser, which may keep a page for a minute
    stranger.go("/oppfolging").sees("Lage utkast til lærlingordning", "Nils Demostad")

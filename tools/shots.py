"""`make shots`: pictures of the pages people live in, on a phone and at a desk, by day and by night, to be looked at.

Starts a demo house of its own in a temporary folder, signs in as each person, and puts the pictures in `var/shots`. Names of pages and
languages choose which: `python -m tools.shots nn en agenda`.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, sync_playwright

ROOT = Path(__file__).parent.parent
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
VIEWS = (("390", 390, "light"), ("1280", 1280, "light"), ("1280-dark", 1280, "dark"))
LANGUAGES = ("nb", "nn", "en")
SECRETARY, MEMBER, PARTNER, STRANGER = "Sekretær", "Medlem", "Partner", ""
# Who looks at what. «<text>» follows the first link of the page that says it.
PAGES: tuple[tuple[str, str, list[str]], ...] = (
    ("portal-home", STRANGER, ["/"]),
    ("portal-meetings", STRANGER, ["/moter"]),
    ("portal-meeting", STRANGER, ["/moter/regionradet-2026-04-24"]),
    ("portal-joint-meeting", STRANGER, ["/moter/regionradet-2026-03-13"]),
    ("portal-decisions", STRANGER, ["/vedtak"]),
    ("portal-case-attachments", STRANGER, ["/saker/rr/2026/20"]),
    ("portal-case", STRANGER, ["/saker/rr/2026/13"]),
    ("sign-in", STRANGER, ["/logg-inn"]),
    ("desk", SECRETARY, ["/kontor"]),
    ("meetings", SECRETARY, ["/kontor/moter"]),
    ("meeting-planned", SECRETARY, ["/kontor/moter", "<29. januar 2027>"]),
    ("meeting-called", SECRETARY, ["/kontor/moter", "<4. desember 2026>"]),
    ("meeting-held", SECRETARY, ["/kontor/moter", "<24. april 2026>"]),
    ("agenda", SECRETARY, ["/kontor/moter", "<29. januar 2027>", "<Saksliste>"]),
    ("year-plan", SECRETARY, ["/kontor/moter/arsplan?ar=2026"]),
    (
        "year-plan-new",
        SECRETARY,
        [
            "/kontor/moter/arsplan/ny?body=1&year=2027&which=2&weekday=4&months=2&months=3&months=5&months=6&days=&starts=09.00&ends=13.00&place=Hamar"
        ],
    ),
    ("agenda-setup", SECRETARY, ["/kontor/folk/utvalg/1/saksliste"]),
    ("call", SECRETARY, ["/kontor/moter", "<4. desember 2026>", "<Innkalling>"]),
    ("minutes", SECRETARY, ["/kontor/moter", "<24. april 2026>", "<Møtebok>"]),
    ("minutes-read", SECRETARY, ["/kontor/moter", "<4. september 2026>", "<Møtebok>"]),
    ("feedback", SECRETARY, ["/kontor/moter", "<19. oktober 2026>", "<Tilbakemelding>"]),
    ("cases", SECRETARY, ["/kontor/saker"]),
    ("case", SECRETARY, ["/kontor/saker", "<Budsjett 2027>"]),
    ("case-decided", SECRETARY, ["/kontor/saker/nummer?nr=RR 13/26"]),
    ("send-on", SECRETARY, ["/kontor/saker/nummer?nr=RR 13/26", "<Send videre>"]),
    ("paper-templates", SECRETARY, ["/kontor/mer/saksmaler"]),
    ("case-twice", SECRETARY, ["/kontor/saker/nummer?nr=RR 14/26"]),
    ("followup", SECRETARY, ["/kontor/oppfolging"]),
    ("people", SECRETARY, ["/kontor/folk"]),
    ("more", SECRETARY, ["/kontor/mer"]),
    ("search", SECRETARY, ["/kontor/sok?q=budsjett"]),
    ("help", SECRETARY, ["/kontor/hjelp"]),
    ("member", MEMBER, ["/min-side"]),
    ("member-papers", MEMBER, ["/min-side", "<Les som sider>"]),
    ("member-note", MEMBER, ["/min-side", "<Skriv et notat>"]),
    ("member-meeting", MEMBER, ["/kontor/moter", "<4. desember 2026>"]),
    ("partner", PARTNER, []),
)


@contextmanager
def _house(folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """A running demo: its address, and a way in for each person."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log"
    environment = {**os.environ, "PORT": str(port), "VAR_DIR": str(folder / "var")}
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        while "Ctrl-C" not in log.read_text():
            if process.poll() is not None:
                raise SystemExit(log.read_text())
            time.sleep(0.2)
        yield f"http://127.0.0.1:{port}", dict(re.findall(r"(Sekretær|Medlem|Partner).*?(http://\S+)", log.read_text()))
    finally:
        os.killpg(process.pid, signal.SIGINT)
        process.wait(timeout=20)


def _lead_on(pressed: Locator) -> None:
    """Press what leads to another page, and wait until that page is there."""
    with pressed.page.expect_navigation():
        pressed.click()


def _signed_in(browser: Browser, address: str, ways_in: dict[str, str]) -> dict[str, BrowserContext]:
    contexts = {}
    for who in (STRANGER, *ways_in):
        contexts[who] = context = browser.new_context(base_url=address)
        if who in (SECRETARY, MEMBER):
            page = context.new_page()
            page.goto(ways_in[who])
            _lead_on(page.locator("main button").first)
            page.close()
    return contexts


def _find(context: BrowserContext, path: list[str]) -> str:
    """The address that `path` leads to, walked in bokmål."""
    page = context.new_page()
    for step in path:
        if step.startswith("<"):
            _lead_on(page.locator("main").get_by_role("link").filter(has_text=step[1:-1]).first)
        else:
            page.goto(step)
    found = page.url
    page.close()
    return found


def _speak(context: BrowserContext, language: str) -> None:
    """Let whoever is signed in choose `language` on the account page."""
    page = context.new_page()
    page.goto("/logg-inn/konto")
    form = page.locator("form[action$=sprak]")
    form.locator(f"input[value={language}]").check()
    _lead_on(form.locator("button").first)
    page.close()


def _take(context: BrowserContext, address: str, name: str, into: Path) -> None:
    page = context.new_page()
    page.goto(address)
    for view, width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.screenshot(path=into / f"{name}-{view}.png", full_page=True)
    page.close()


def main() -> int:
    program = shutil.which("chromium-headless-shell")
    if program is None:
        print("The pictures need Chromium: sudo apt-get install chromium-headless-shell", file=sys.stderr)
        return 1
    languages = [language for language in LANGUAGES if language in sys.argv] or ["nb"]
    wanted = [word for word in sys.argv[1:] if word not in LANGUAGES]
    into = ROOT / "var" / "shots"
    into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _house(Path(folder)) as (address, ways_in), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        contexts = _signed_in(browser, address, ways_in)
        chosen = [(name, who, path or [ways_in[who]]) for name, who, path in PAGES if not wanted or name in wanted]
        found = [(name, who, _find(contexts[who], path)) for name, who, path in chosen]
        for language in languages:
            if language != "nb":
                for who in {who for _name, who, _path in chosen if who in (SECRETARY, MEMBER)}:
                    _speak(contexts[who], language)
            for name, who, url in found:
                shown = f"{url}?sprak={language}" if who == STRANGER and language != "nb" else url
                _take(contexts[who], shown, name if language == "nb" else f"{name}-{language}", into)
                print(f"  {name} {language}", flush=True)
        browser.close()
    print(f"In {into.relative_to(ROOT)}: {len(VIEWS)} pictures of each.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

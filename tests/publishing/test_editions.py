"""The public pages in three languages: made beforehand, one statement each, and what was written keeps its own language."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from meetingapp.portal.app import Portal
from meetingapp.publishing import commands, queries
from meetingapp.publishing.models import SnapshotKind
from meetingapp.publishing.render import content
from tests.factories import TestCouncil
from tests.forms import Page
from tests.minutes.sitting import Sitting, opened

Work = Callable[[], int]
EDITIONS = {"": "nb", "?sprak=nb": "nb", "?sprak=nn": "nn", "?sprak=en": "en", "?sprak=tlh": "nb", "?side=2&sprak=en": "en"}


@pytest.fixture
def sitting(council: TestCouncil, work: Work) -> Sitting:
    """A published meeting with one case, written in nynorsk."""
    made = opened(council, "Budsjett 2027")
    case = next(item.case for item in made.items if item.case is not None)
    case.language = "nn"
    made.locked(pdf=True)
    commands.publish_meeting(made.meeting, by=made.by)
    work()
    return made


@pytest.fixture
def site(portal: Portal) -> Client:
    return Client(portal, Response)


def _language(answer: Any) -> str:
    return re.findall(r'<html lang="(\w+)"', answer.get_data(as_text=True))[0]


@pytest.mark.parametrize(("query", "language"), EDITIONS.items())
def test_a_page_is_found_in_the_language_asked_for(sitting: Sitting, site: Client, query: str, language: str) -> None:
    for path in ("/", "/moter", f"/moter/{sitting.meeting.slug}", "/saker/rr/2026/1", "/oppfolging", "/om", "/utvalg/regionradet"):
        answer = site.get(path + query)
        assert (answer.status_code, _language(answer)) == (200, language), path
    assert _language(site.get("/finnes-ikke" + query)) == language
    assert site.get(f"/moter/{sitting.meeting.slug}/motebok.pdf{query}").mimetype == "application/pdf"


def test_every_edition_is_one_statement(sitting: Sitting, portal: Portal, site: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    own = portal._pages._execute
    monkeypatch.setattr(portal._pages, "_execute", lambda query, values: asked.append(query) or own(query, values))
    for query in ("", "?sprak=nn", "?sprak=en", "?sprak=nb"):
        asked.clear()
        assert site.get("/moter" + query).status_code == 200
        assert len(asked) == 1, query


def test_the_links_of_an_edition_lead_on_in_it_and_to_the_others(sitting: Sitting, site: Client) -> None:
    page = Page(site.get("/moter?sprak=nn").get_data(as_text=True))
    hrefs = [href for href, _text in page.links]
    own = [href for href in hrefs if href.startswith("/") and not re.search(r"\.(pdf|ics|atom)$", href)]

    assert {"/vedtak?sprak=nn", f"/moter/{sitting.meeting.slug}?sprak=nn", "/kalender/regionradet.ics"} <= set(hrefs)
    assert [href for href in own if not href.endswith("?sprak=nn")] == ["/moter", "/moter?sprak=en"]  # the other languages
    assert [text for href, text in page.links if href in ("/moter", "/moter?sprak=en")] == ["Bokmål", "English"]
    alternates = re.findall(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">', page.html)
    assert alternates == [("nb", "/moter"), ("nn", "/moter?sprak=nn"), ("en", "/moter?sprak=en")]


def test_what_was_written_keeps_its_language_and_says_so(sitting: Sitting, site: Client) -> None:
    html = {language: site.get(f"/moter/{sitting.meeting.slug}?sprak={language}").get_data(as_text=True) for language in ("nb", "nn", "en")}

    assert "This was decided" in html["en"]
    assert "<dt>Chair</dt><dd>Mona Møteleder</dd>" in html["en"]
    assert "Wednesday 23 December 2026 09:00–" in html["en"]
    assert "Dette ble bestemt" in html["nb"]
    assert re.search(r'<div lang="nn"><p>Forslaget vedtas\.</p>', html["en"])  # written in the case's language
    assert re.search(r'<div lang="nn"><p>Forslaget vedtas\.</p>', html["nb"])
    assert re.search(r'<p class="st" lang="nb">.*?Innstillingen ble enstemmig vedtatt', html["en"])  # a sentence of the record
    assert 'lang="nb"' not in html["nb"].partition("<main")[2].partition("</main>")[0]


def test_what_is_taken_back_says_so_in_each_language(sitting: Sitting, site: Client, work: Work) -> None:
    publication = queries.last_of(SnapshotKind.MEETING, sitting.meeting.id)
    assert publication is not None
    commands.recall(publication, reason="Et navn sto der ved en feil.", by=sitting.by)
    work()
    for query, said in (("", "Denne siden er trukket tilbake"), ("?sprak=nn", "Denne sida er trekt tilbake"), ("?sprak=en", "taken back")):
        answer = site.get(f"/moter/{sitting.meeting.slug}{query}")
        assert answer.status_code == 410
        assert said in answer.get_data(as_text=True)
        assert "Et navn sto der ved en feil." in answer.get_data(as_text=True)


def test_a_snapshot_from_before_the_languages_is_shown_as_it_is(
    council: TestCouncil, work: Work, site: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(content, "LANGUAGES", ("nb",))
    made = opened(council, "Budsjett 2027")
    commands.publish_meeting(made.meeting, by=made.by)
    work()
    answer = site.get(f"/moter/{made.meeting.slug}?sprak=en").get_data(as_text=True)

    assert '<html lang="en"' in answer
    assert '<div class="stack-l" lang="nb">' in answer

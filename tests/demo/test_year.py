"""The whole demo year: the numbers that must come out, nothing closed among what is public, and every letter as it should be."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pypdf
import pytest
from sqlalchemy import func, select

from meetingapp import demo
from meetingapp.agendas.models import CaseNumber
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.demo.source import Source, deliberations
from meetingapp.demo.timeline import DemoFault
from meetingapp.demo.year import YEAR
from meetingapp.followups.models import Action, ActionState
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import feedback, queries
from meetingapp.minutes.models import Vote
from meetingapp.portal.app import create_portal
from meetingapp.publishing.models import Publication, PublicationState
from tests.conftest import NOW, OF_DEMO
from tests.core.ics_lint import lint_mail
from tests.databases import migrate, settings
from tests.test_demo import CLOSED, _client, _crawl, _letters, _words

pytestmark = [pytest.mark.slow, pytest.mark.only("sqlite")]  # what differs between databases is loaded on both by tests/test_demo.py


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The year, loaded; and everything a stranger reaches from the front page."""
    var = tmp_path_factory.mktemp("year")
    migrate(var, {})
    made = settings(var, {}, **OF_DEMO)
    told: list[str] = []
    app = create_office(made)
    with app.app_context(), clock.frozen(NOW):
        demo.load(told.append)
        db.session.commit()
        public = _crawl(_client(create_portal(made)), ["/", "/robots.txt"])
        yield {"told": told, "public": public, "var": var}
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()


def test_the_numbers_of_the_year_come_out(year: dict[str, Any]) -> None:
    """23 cases of the council and 4 of the committee, in order and without a gap; 29 votes, each as the files say (else loading stops)."""
    numbers = list(db.session.scalars(select(CaseNumber.text).order_by(CaseNumber.id)))
    by_series = Counter(number[:2] for number in numbers)
    source = Source.read()

    assert by_series == {"RR": 23, "AU": 4}
    assert set(numbers) == {case["id"] for case in source.facts["cases"]}
    assert db.session.scalar(select(func.count()).select_from(Vote)) == 29
    assert len(year["told"]) == len(YEAR) + 2


def test_every_minutes_file_is_in_the_locked_record(year: dict[str, Any]) -> None:
    source = Source.read()
    for key in YEAR[:-1]:
        given = source.meeting(key)
        meeting = db.session.scalars(select(Meeting).where(Meeting.slug.endswith(given["date"].isoformat()))).one()
        edition = queries.latest_edition(meeting)
        assert edition is not None
        assert edition.number == given["minutes"]["version"]
        items = {item["number"] or item["title"]: item for item in edition.document["items"]}
        assert set(items) == set(deliberations(given["minutes"]["file"])), key
        decided = {fact.get("case") or fact["title"] for fact in given["agenda"] if fact.get("decision")}
        assert {name for name, item in items.items() if item["decision"]} == decided, key


def test_actions_stand_as_the_files_say(year: dict[str, Any]) -> None:
    found = {action.title: action for action in db.session.scalars(select(Action))}
    today = clock.today()
    for fact in Source.read().facts["actions"]:
        action = found[fact["title"]]
        assert (action.state is ActionState.DONE) == (fact["state"] == "done"), fact["id"]
        assert (action.state is ActionState.WAITING) == (fact["state"] == "waiting"), fact["id"]
        if fact["state"] == "overdue":
            assert action.days_over(today) > 0, fact["id"]
    assert len(found) == 24


def test_feedback_comes_out_as_the_files_say(year: dict[str, Any]) -> None:
    source = Source.read()
    last = db.session.scalars(select(Meeting).where(Meeting.slug.contains("2026-10-19"))).one()
    given = {source.meeting(fact["meeting"])["date"]: fact for fact in source.facts["feedback"]}
    for meeting, figures in feedback.year_of(last):
        fact = given.pop(clock.local(meeting.starts_at).date())
        assert (figures.asked, figures.counts) == (fact["invited"], fact["counts"])
    assert given == {}


def test_every_public_page_answers_and_nothing_was_held(year: dict[str, Any]) -> None:
    public = year["public"]

    assert [path for path, (status, _body, _media) in public.items() if status != 200] == []
    assert len(public) > 150
    assert {path for path in public if path.startswith("/saker/rr/2026/20/vedlegg")} == {
        f"/saker/rr/2026/20/vedlegg-{n}.pdf" for n in range(1, 6)
    }
    states = set(db.session.scalars(select(Publication.state).distinct()))
    assert states == {PublicationState.PUBLIC, PublicationState.REPLACED}


def test_a_case_that_two_bodies_had_is_found_by_both_numbers(year: dict[str, Any]) -> None:
    for first, second in (("/saker/au/2026/2", "/saker/rr/2026/8"), ("/saker/rr/2026/4", "/saker/au/2026/1")):
        pages = [year["public"][path][1].decode() for path in (first, second)]
        assert pages[0].partition("<h1")[2].partition("</h1>")[0] == pages[1].partition("<h1")[2].partition("</h1>")[0]


def test_no_closed_word_is_public_or_in_a_letter(year: dict[str, Any]) -> None:
    public = "\n".join(_words(path, body, media) for path, (_s, body, media) in year["public"].items()).casefold()
    letters = _letters(year["var"] / "mail")
    said = []
    for raw, letter in letters:
        assert lint_mail(raw) == [], letter["Subject"]
        said += [str(value) for value in letter.values()]
        for part in letter.walk():
            if not part.is_multipart():
                said += [part.get_filename() or "", part.get_payload(decode=True).decode()]  # type: ignore[union-attr]
    everything = f"{public}\n{' '.join(said).casefold()}"

    assert len(letters) > 150
    assert "unntatt offentlighet" in public
    assert [word for word in CLOSED if word.casefold() in everything] == []
    assert Counter(db.session.scalars(select(Letter.state)))[LetterState.QUEUED] == 0


def test_an_attachment_is_a_conforming_pdf_that_says_what_the_file_says(year: dict[str, Any], tmp_path: Path) -> None:
    _status, body, media = year["public"]["/saker/rr/2026/7/vedlegg-1.pdf"]
    (tmp_path / "statement.pdf").write_bytes(body)
    reader = pypdf.PdfReader(tmp_path / "statement.pdf")
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())

    assert media == "application/pdf"
    assert "To bedrifter om én lærling" in text
    assert "Oppdiktet demotekst" not in text
    assert reader.metadata is not None
    assert reader.metadata.title == "Felles uttalelse: Vi trenger flere fagarbeidere"


def test_a_vote_that_does_not_come_out_stops_the_loading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the figures above could be anything."""
    migrate(tmp_path, {})
    wrong = Source.read()
    item = next(item for item in wrong.meeting("m2")["agenda"] if item.get("votes"))
    item["votes"][0]["result"] = "majority"
    monkeypatch.setattr(Source, "read", lambda: wrong)
    app = create_office(settings(tmp_path, {}, **OF_DEMO))
    with app.app_context(), clock.frozen(NOW):
        with pytest.raises(DemoFault, match="v06"):
            demo.load(meetings=["m2"])
        db.session.remove()
        for engine in db.engines.values():
            engine.dispose()

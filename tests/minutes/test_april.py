"""The record of the demo's 24 April meeting says what its written minutes say: partly closed, a recusal, a tie, a correction."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from config import Settings
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.demo.source import DATA, Source
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import compose, queries, votes
from meetingapp.publishing import gate
from tests.conftest import NOW

pytestmark = pytest.mark.slow

WRITTEN = (DATA / "minutes" / "m4.md").read_text()
CLOSED = ("Blåkløverveien", "gründerarena", "Løten fiktive næringshage")
RESULTS = {"unanimous": votes.Result.UNANIMOUS, "majority": votes.Result.MAJORITY, "tie": votes.Result.CASTING_VOTE}


@pytest.fixture(scope="module")
def april(demo_in: Callable[[Path], Settings], tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What is read of the meeting: the document, its fingerprint, the editions and their PDF text, and the votes by item number."""
    with create_office(demo_in(tmp_path_factory.mktemp("april"))).app_context(), clock.frozen(NOW):
        meeting = db.session.scalars(select(Meeting).where(Meeting.slug.contains("2026-04-24"))).one()
        minutes = queries.minutes_of(meeting)
        assert minutes is not None
        document = compose.document(meeting)
        rows = queries.deliberations_of(meeting)
        found = {
            "document": document,
            "fingerprint": compose.fingerprint(document),
            "editions": [(edition.number, edition.sha256, edition.document, edition.correction) for edition in minutes.editions],
            "pdf": [gate.pdf_text(store.read(edition.pdf_file)) for edition in minutes.editions if edition.pdf_file is not None],
            "votes": {item["number"] or item["title"]: [_vote(vote) for vote in rows[item["id"]].votes] for item in document["items"]},
        }
        db.session.remove()
        yield found


def _vote(vote: Any) -> tuple[set[str], set[str], votes.Result]:
    counted = votes.count([(b.person_id, b.is_for) for b in vote.ballots], vote.chair_id)
    for_ = {b.person.name for b in vote.ballots if b.is_for}
    return for_, {b.person.name for b in vote.ballots} - for_, counted.result


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield html.unescape(re.sub(r"<[^>]+>", " ", value))
    elif isinstance(value, (list, dict)):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _item(april: dict[str, Any], number: str) -> str:
    item = next(item for item in april["document"]["items"] if item["number"] == number)
    return _plain(" ".join(_strings(item)))


def test_every_expected_vote_is_the_computed_one(april: dict[str, Any]) -> None:
    source = Source.read()
    names = {person["id"]: person["name"] for person in source.facts["people"]}
    counted = 0
    for item in source.meeting("m4")["agenda"]:
        expected = [
            ({names[one] for one in vote["for"]}, {names[one] for one in vote["against"]}, RESULTS[vote["result"]])
            for vote in item.get("votes", [])
        ]
        assert april["votes"].get(item.get("case") or item["title"], []) == expected, item
        counted += len(expected)
    assert counted == 9


def test_every_sentence_about_a_vote_is_the_written_one(april: dict[str, Any]) -> None:
    sections = re.findall(r"#### Votering\n([\s\S]*?)(?=\n#)", WRITTEN)
    lines = [line for section in sections for line in section.splitlines() if line.strip() and not line.startswith("- ")]
    made = _plain(" ".join(_strings(april["document"])))
    missing = [said for line in lines for said in re.split(r"(?<=\.) (?=[A-ZÆØÅ])", line) if _plain(said) not in made]

    assert len(lines) == 10
    # Two are said in other words: who took no part in a recusal, and "dette" for what the chair had voted for.
    assert [said for said in missing if "hadde stemt for" not in said and "uten Odd Påfunnsveen" not in said] == []
    assert "uten Odd Påfunnsveen" in made


def test_the_tie_shows_both_counts_and_the_names_by_side(april: dict[str, Any]) -> None:
    item = next(item for item in april["document"]["items"] if item["number"] == "RR 13/26")
    (vote,) = item["votes"]
    said = " ".join(vote["sentences"])

    assert (vote["for"], vote["against"], vote["casting"]) == (5, 5, "for")
    assert "Innstillingen fikk 5 stemmer, og forslag 1 fikk 5 stemmer." in said
    assert "Ingrid Liksomrud" in said
    assert "kommuneloven § 11-9" in said
    assert "Innstillingen ble vedtatt med møteleders dobbeltstemme." in said
    for side, start in zip(vote["sides"], ("- For innstillingen: ", "- For forslag 1: "), strict=True):
        line = next(line for line in WRITTEN.splitlines() if line.startswith(start))
        listed = line.removeprefix(start).rstrip(".").replace("), ", ");").split(";")
        assert [name.casefold() for name in side["names"]] == [name.casefold() for name in listed]


def test_eight_against_two_names_the_two(april: dict[str, Any]) -> None:
    item = next(item for item in april["document"]["items"] if item["number"] == "RR 14/26")
    (vote,) = item["votes"]

    assert (vote["for"], vote["against"]) == (8, 2)
    assert "Forslag 1 ble vedtatt med 8 mot 2 stemmer." in " ".join(vote["sentences"])
    assert [name.partition(" (")[0] for name in vote["sides"][1]["names"]] == ["Odd Påfunnsveen", "Jon Luftslottvik"]
    assert item["postponed"]


@pytest.mark.parametrize(
    "fact",
    [
        "forvaltningsloven § 6 første ledd bokstav e",
        "kl. 11.20",
        "kl. 12.05",
        "Per Kulissetangen",
        "Odd Påfunnsveen ble enstemmig kjent inhabil (9 stemmer).",
        "kommuneloven § 11-5 tredje ledd bokstav b",
        "fra kl. 11.30 til kl. 11.55",
        "Vedtaket om å lukke møtet ble gjort i åpent møte og var enstemmig (10 stemmer).",
        "Du kan klage på vedtaket innen tre uker",
        "Søkeren får inntil 200 000 kroner",
    ],
)
def test_the_recusal_and_the_closed_doors_are_told_with_ground_and_time(april: dict[str, Any], fact: str) -> None:
    assert fact in _plain(WRITTEN)
    assert fact in _item(april, "RR 12/26")


@pytest.mark.parametrize(
    "fact",
    [
        "Forslag 2 ble trukket kl. 13.24.",
        "Kampanjen utsettes til 2027.",
        "fra kl. 13.05 til kl. 13.20",
        "Vi mener at rammen burde vært lavere, og at resultatene fra 2025 burde vært lagt fram først.",
        "Amir Fiktivhagen, Bjørg Eksempelsen, Odd Påfunnsveen, Hanne Oppdiktberg og Jon Luftslottvik",
    ],
)
def test_the_withdrawn_proposal_the_break_and_the_statement_stand_there(april: dict[str, Any], fact: str) -> None:
    assert fact in _plain(WRITTEN)
    assert fact in _item(april, "RR 13/26")


def test_every_decision_is_word_for_word(april: dict[str, Any]) -> None:
    written = re.findall(r"#### Vedtak[^\n]*\n([\s\S]*?)(?=\n#|\n\*Du kan)", WRITTEN)
    made = _plain(" ".join(_strings([item["decision"] for item in april["document"]["items"]])))
    points = [re.sub(r"^\d+\. ", "", line) for decision in written for line in decision.splitlines() if line.strip()]

    assert len(points) > 12
    assert [point for point in points if _plain(point) not in made] == []


def test_everybody_in_the_written_list_is_in_the_record(april: dict[str, Any]) -> None:
    listed = re.findall(r"^- ([^,(\n]+?)(?: \(|,)", WRITTEN.split("## Til stede")[1].split("## Behandling")[0], flags=re.MULTILINE)
    lines = [line["name"] for group in april["document"]["attendance"] for line in group["lines"]]

    assert len(listed) == 14
    assert [name for name in listed if not any(line.startswith(name) for line in lines)] == []
    assert (april["document"]["present"], april["document"]["seats"]) == (10, 10)
    assert "Møtet ble hevet kl. 14.10." in april["document"]["end"]


def test_two_editions_are_kept_and_the_second_says_what_it_corrects(april: dict[str, Any]) -> None:
    (first, _, before, _), (second, sha256, now, correction) = april["editions"]

    assert (first, second) == (1, 2)
    assert "30. oktober 2025" in json.dumps(before, ensure_ascii=False)
    assert "30. oktober 2025" not in json.dumps(now, ensure_ascii=False)
    assert correction.startswith("RR 11/26 punkt 3")
    assert sha256 == april["fingerprint"]


@pytest.mark.parametrize("word", CLOSED)
def test_no_closed_word_is_in_the_record_or_its_pdf(april: dict[str, Any], word: str) -> None:
    assert len(april["pdf"]) == 2
    for made in (*april["pdf"], *(json.dumps(edition[2], ensure_ascii=False) for edition in april["editions"])):
        assert "RR 12/26" in made
        assert word.casefold() not in made.casefold()

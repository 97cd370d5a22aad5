"""The search by itself: Norwegian word forms, what is asked and how it is answered, on either database."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, true

from meetingapp.cases.models import CaseState
from meetingapp.core import search
from meetingapp.core.database import db
from meetingapp.core.search.finding import marked, snippet
from meetingapp.core.search.words import question, stems_of
from tests.factories import a_case
from tests.hostile import HOSTILE

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.fixture
def write(app):
    """`write(1, "title", "text")`: let a thing be found."""

    def index(number: int, title: str, text: str = "", lock: int | None = None) -> None:
        search.index("trial", {number: [search.Entry(title, f"/{number}", 1, LONG_AGO, text, lock=lock)]})
        db.session.commit()

    return index


def found(words: str, closed: bool = False) -> list[int]:
    """The numbers of the things that `words` find, best first."""
    return [hit.source_id for hit in search.find(words, open_to=true(), closed_to=true() if closed else None).hits]


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("vedtak", "Vedtaket ble gjort i går."),
        ("vedtak", "Alle vedtaka står her."),
        ("vedtakene", "Et vedtak."),
        ("KOMMUNAR", "Kommunene betaler."),
        ("innkreving", "Innkrevinga tok tid."),
        ("Løten", "Et møte i Løten."),
        ("bompenger på riksvegen", "Riksveg 3 får bompenger."),
        ("13 26", "Sak 13/26"),
    ],
)
def test_a_word_is_found_in_its_other_forms(write, typed, text):
    write(1, "Sak", text)

    assert found(typed) == [1]


@pytest.mark.parametrize(
    ("typed", "text"), [("loten", "Et møte i Løten."), ("vedtak", "Bare vekst."), ("vedtak -møte", "Vedtaket fra møtet.")]
)
def test_what_is_another_word_is_not_found(write, typed, text):
    write(1, "Sak", text)

    assert found(typed) == []


def test_all_words_must_occur_and_those_in_quotes_in_a_row(write):
    write(1, "Budsjett for vei")
    write(2, "Vei til et budsjett")

    assert sorted(found("budsjett vei")) == [1, 2]
    assert found("budsjett vei -for") == found("budsjett vei")  # an empty word leaves nothing out
    assert found('"vei til et budsjett"') == [2]
    assert found("budsjett tunnel") == []


def test_where_nothing_has_the_word_what_begins_with_it_is_shown(write):
    write(1, "Bompengeinnkreving")

    answer = search.find("bompenge", open_to=true(), closed_to=None)
    assert [hit.source_id for hit in answer.hits] == [1]
    assert answer.by_beginnings
    write(2, "Bompenger")
    assert found("bompenge") == [2]


def test_a_word_in_the_title_comes_before_one_in_the_text(write):
    write(1, "Noe annet", "Her står samferdsel i en lang tekst om mye.")
    write(2, "Samferdsel")

    assert found("samferdsel") == [2, 1]


def test_many_hits_are_counted_to_a_thousand_and_the_newest_shown_first(app):
    entries = [search.Entry("Felles ord", "/", 1, LONG_AGO.replace(year=2000 + number % 20), part=number) for number in range(1_005)]
    search.index("trial", {1: entries})
    db.session.commit()

    answer = search.find("felles", open_to=true(), closed_to=None, limit=30)
    assert answer.is_beyond_counting
    assert len(answer.hits) == 30
    assert {hit.at.year for hit in answer.hits} == {2019}


def test_what_is_closed_is_looked_for_only_when_asked_and_then_stands_once(write):
    search.index(
        "trial",
        {1: [search.Entry("Personalsak", "/1", 1, LONG_AGO), search.Entry("Personalsak Kanarifugl", "/1", 1, LONG_AGO, lock=7)]},
    )
    db.session.commit()

    assert found("kanarifugl") == []
    assert found("kanarifugl", closed=True) == [1]
    answer = search.find("personalsak", open_to=true(), closed_to=true())
    assert (len(answer.hits), answer.count, answer.hits[0].is_closed) == (1, 1, True)


@pytest.mark.shows("promise-33")
def test_no_question_breaks_the_search(write):
    write(1, "Sak")

    for typed in [
        *HOSTILE,
        '"',
        "-",
        '-"',
        "AND OR NOT",
        "NEAR(sak sak)",
        "sak*",
        "title:sak",
        "(((",
        "sak & !sak",
        "':*",
        "\ud800",
        "a" * 9_000,
    ]:
        search.find(typed, open_to=true(), closed_to=true())


def test_the_words_that_were_asked_for_are_marked(app):
    asked = question("vedtak løten")

    assert marked("Vedtaket i Løten", asked) == [("Vedtaket", True), (" i ", False), ("Løten", True)]
    cut = snippet("Først mye annet. " * 30 + "Så vedtaket. " + "Til slutt mer. " * 30, asked)
    assert ("vedtaket", True) in cut
    assert cut[0][0] == "… "
    assert len("".join(words for words, _ in cut)) < 260
    assert snippet("Ingenting her", asked) == []


def test_stems_keep_every_letters_sign(app):
    assert stems_of("Løten og loten, blå og bla") == "løt lot blå bla"
    assert question("og i på") is None


def test_the_index_is_written_with_the_row_and_goes_with_it(council):
    case = a_case(council.council, "Elbusser til skoleskyss")

    assert found("elbuss") == [case.id]
    case.title = "Noe helt annet"
    db.session.commit()
    assert found("elbuss") == []
    case.title = "Elbusser"
    db.session.flush()
    db.session.rollback()
    assert found("elbusser") == []


def test_what_a_savepoint_undid_is_not_found(council):
    case = a_case(council.council, "Elbusser")
    with db.session.begin_nested():
        case.title = "Sykkelveger"
    point = db.session.begin_nested()
    case.title = "Ferjer"
    db.session.flush()
    point.rollback()
    db.session.commit()

    assert found("sykkelveg") == [case.id]
    assert found("ferje") == []


def test_made_anew_the_indexes_are_the_same(council):
    for number in range(3):
        a_case(council.council, f"Sak {number} om vannforsyning", state=CaseState.IN_WORK)
    columns = (search.OpenEntry.source, search.OpenEntry.source_id, search.OpenEntry.title_stems, search.OpenEntry.text_stems)
    before = sorted(db.session.execute(select(*columns)).all())
    db.session.execute(search.OpenEntry.__table__.delete())
    db.session.commit()
    assert found("vannforsyning") == []

    read = search.rebuild()
    db.session.commit()
    assert read["case"] == 3
    assert sorted(db.session.execute(select(*columns)).all()) == before
    assert len(found("vannforsyning")) == 3
    assert db.session.scalar(select(func.count()).select_from(search.ClosedEntry)) == 0


def test_the_command_makes_the_index_anew(app, council):
    a_case(council.council, "Vannforsyning")
    db.session.execute(search.OpenEntry.__table__.delete())
    db.session.commit()

    answer = app.test_cli_runner().invoke(args=["search", "rebuild"])
    assert answer.exit_code == 0, answer.output
    assert "case: 1" in answer.output
    assert len(found("vannforsyning")) == 1


def test_an_upgrade_lets_what_was_there_before_the_search_be_found(app, council):
    a_case(council.council, "Vannforsyning")
    db.session.execute(search.OpenEntry.__table__.delete())
    db.session.commit()

    assert app.test_cli_runner().invoke(args=["upgrade", "office"]).exit_code == 0
    assert len(found("vannforsyning")) == 1


def test_headings_points_and_cells_end_before_the_next_begins():
    html = "<h3>Saken kort</h3><p>Rådet vedtar.</p><ul><li>En</li></ul><table><tr><td>Sum</td><td>5</td></tr></table>"

    assert search.text_of(html) == "Saken kort. Rådet vedtar. En. Sum · 5 ·"

"""The gate: what must not get out is held back, and told by kind alone."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Response

from meetingapp.accounts.actor import Actor
from meetingapp.cases.models import Case, CasePaper, Exemption, Part
from meetingapp.core import clock
from meetingapp.core.database import db, fixed
from meetingapp.core.text.identity import is_identity_number
from meetingapp.minutes.commands import save_frame
from meetingapp.portal.app import Portal
from meetingapp.publishing import commands, queries
from meetingapp.publishing.models import Publication, PublicationState, Snapshot, SnapshotKind
from tests.cases.conftest import an_attachment
from tests.factories import TestCouncil, a_case, a_council, a_legal_basis, saved
from tests.minutes.sitting import Sitting, called, opened

SECRET = "Selskapet ber om å få kjøpe tomten ved elva for en krone."


@pytest.fixture
def exempt(council: TestCouncil) -> Case:
    """A case with an internal title, a closed word, a closed paper and a closed attachment."""
    case = a_case(
        council.council,
        "Kjøp av Blåtind",
        public_title="Forhandlinger",
        exemption=Exemption.PARTLY,
        legal_basis=a_legal_basis(),
        closed_words=["Trollheim eiendom"],
    )
    saved(CasePaper(case=case, part=Part.CLOSED, version=1, text=SECRET, html=f"<p>{SECRET}</p>", saved_at=clock.now()))
    an_attachment(case, Actor(council.secretary), "Takst for tomten", is_closed=True, file_name="takst-elva.pdf")
    return case


@pytest.fixture
def sitting(council: TestCouncil, exempt: Case) -> Sitting:
    """A meeting with the exempt case on its agenda."""
    return called(council, cases=[exempt])


def _publish(sitting: Sitting, work: Callable[[], int]) -> Publication:
    """Ask for the meeting, let the worker work, and see what became of the meeting's own page."""
    commands.publish_meeting(sitting.meeting, by=sitting.by)
    work()
    last = queries.last_of(SnapshotKind.MEETING, sitting.meeting.id)
    assert last is not None
    return last


LEAKS = [
    ("Rådhuset, rom Kjøp av Blåtind", "internal_title", "Blåtind"),
    ("Rådhuset, KJØP   av\nblåtind", "internal_title", "blåtind"),
    ("Kontoret til Trollheim-Eiendom", "closed_word", "Trollheim"),
    ("Rådhuset: få kjøpe tomten ved elva", "closed_text", "tomten"),
    ("Rådhuset, se Takst for tomten", "closed_attachment", "Takst"),
    ("Rådhuset, se takst-elva.pdf", "closed_attachment", "takst"),
]


def _identity_number() -> list[str]:
    """Invented numbers with right check digits: plain, and spaced in two ways."""
    made = next(f"010180{n:05}" for n in range(100_000) if is_identity_number(f"010180{n:05}"))
    return [made, f"{made[:6]} {made[6:]}", " ".join([made[:2], made[2:4], made[4:6], made[6:9], made[9:]])]


@pytest.mark.parametrize("number", _identity_number())
def test_an_identity_number_is_held_however_it_is_spaced(sitting: Sitting, work: Callable[[], int], portal: Portal, number: str) -> None:
    sitting.meeting.place = f"Rådhuset, {number}"
    held = _publish(sitting, work)

    assert (held.state, held.found) == (PublicationState.HELD, [{"kind": "identity_number", "case": None}])
    assert held.snapshot is None
    assert Client(portal, Response).get(f"/moter/{sitting.meeting.slug}").status_code == 404


@pytest.mark.parametrize(("place", "kind", "word"), LEAKS)
def test_what_belongs_to_an_exempt_case_is_held_and_never_repeated(
    sitting: Sitting, exempt: Case, work: Callable[[], int], portal: Portal, place: str, kind: str, word: str
) -> None:
    sitting.meeting.place = place
    held = _publish(sitting, work)

    assert (held.state, held.found) == (PublicationState.HELD, [{"kind": kind, "case": exempt.id}])
    assert word.casefold() not in json.dumps(held.found, ensure_ascii=False).casefold()
    assert Client(portal, Response).get(f"/moter/{sitting.meeting.slug}").status_code == 404


def test_clean_words_pass(sitting: Sitting, work: Callable[[], int], portal: Portal) -> None:
    public = _publish(sitting, work)

    assert (public.state, public.found) == (PublicationState.PUBLIC, [])
    page = Client(portal, Response).get(f"/moter/{sitting.meeting.slug}").get_data(as_text=True)
    assert "Forhandlinger" in page
    assert "Blåtind" not in page


def test_four_words_of_a_closed_paper_pass(sitting: Sitting, work: Callable[[], int]) -> None:
    sitting.meeting.place = "Rådhuset, kjøpe tomten ved elva"

    assert _publish(sitting, work).state is PublicationState.PUBLIC


def test_words_that_also_stand_in_the_open_paper_pass(sitting: Sitting, exempt: Case, work: Callable[[], int]) -> None:
    saved(CasePaper(case=exempt, part=Part.OPEN, version=2, text=SECRET, html=f"<p>{SECRET}</p>", saved_at=clock.now()))
    sitting.meeting.place = "Rådhuset: få kjøpe tomten ved elva"

    assert _publish(sitting, work).state is PublicationState.PUBLIC


def test_another_councils_closed_words_are_not_looked_for(sitting: Sitting, work: Callable[[], int]) -> None:
    other = a_council("En annen IPR")
    a_case(other.council, exemption=Exemption.PARTLY, legal_basis=a_legal_basis(), closed_words=["Rådhuset"])

    assert _publish(sitting, work).state is PublicationState.PUBLIC


def test_what_was_public_stays_when_the_next_is_held(sitting: Sitting, work: Callable[[], int], portal: Portal) -> None:
    first = _publish(sitting, work)
    sitting.meeting.place = "Hos Trollheim eiendom"
    second = _publish(sitting, work)

    assert (first.state, second.state) == (PublicationState.PUBLIC, PublicationState.HELD)
    assert "Rådhuset" in Client(portal, Response).get(f"/moter/{sitting.meeting.slug}").get_data(as_text=True)
    assert db.session.query(Snapshot).filter_by(publication_id=second.id).count() == 0


def test_the_pdf_of_the_minutes_is_read_too(council: TestCouncil, exempt: Case, work: Callable[[], int]) -> None:
    sitting = opened(council, cases=[exempt])
    sitting.finish()
    save_frame(sitting.meeting, opening="Hos Trollheim eiendom", closing="", seen_version=sitting.minutes.version, by=sitting.by)
    sitting.send()
    sitting.approve()
    edition = sitting.lock(pdf=True)
    fixed.loosen(db.session.connection(), "edition")
    edition.document = {**edition.document, "opening": ""}  # so that the word stands in the PDF alone
    db.session.commit()
    held = _publish(sitting, work)

    assert (held.state, [hit["kind"] for hit in held.found]) == (PublicationState.HELD, ["closed_word"])


def test_the_secretary_is_told_what_kind_of_thing_it_was(
    council: TestCouncil, sitting: Sitting, work: Callable[[], int], signed_in
) -> None:  # type: ignore[no-untyped-def]
    sitting.meeting.place = "Hos Trollheim eiendom"
    held = _publish(sitting, work)
    page = signed_in(council.secretary).see("/kontor/kunngjoringer")

    assert f"/kontor/saker/{held.found[0]['case']}" in [href for href, _text in page.links]
    assert "Trollheim" not in page.text

"""Bad input in every form of cases: a word beside the field, everything kept, never a 500."""

from __future__ import annotations

import pytest

from meetingapp.accounts import links
from meetingapp.cases.models import Case, CaseState
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.council.models import BasisUse
from meetingapp.strategy.models import AreaKind, StrategyArea
from tests.factories import SINCE, a_case, a_council, a_legal_basis, saved
from tests.hostile import BRACKETS, assert_refused, assert_survives, send

pytestmark = pytest.mark.slow

FACTS = {"title": "Bompenger", "public_title": "Bompenger", "archive_ref": "2026/17", "closed_words": "Hansen"}
EXEMPT = {"exemption": "partly", "public_title": "Personalsak", "until": "2030", "wider_access": "Vurdert", "closed_words": "Hansen"}
TEXTS = {"text": "Bakgrunn", "recommendation": "Vedtas."}
PROPOSAL = {"title": "Heltid", "text": "Vi foreslår"}


@pytest.fixture
def case(council):
    return a_case(council.council, state=CaseState.IN_WORK, minutes_needed=15)


@pytest.fixture
def proposal(council):
    return a_case(council.council, state=CaseState.PROPOSED, proposed_at=clock.now(), proposed_by=council.chair, proposal="Tekst")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "   "}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": BRACKETS}, "title"),
        ({"title": "Linje\r\nBcc: a@b.example"}, "title"),
        ({"public_title": "x" * 301}, "public_title"),
        ({"public_title": "a\nb"}, "public_title"),
        ({"public_title": "Om Hansen"}, "public_title"),
        ({"kind": "tull"}, "kind"),
        ({"scope": ""}, "scope"),
        ({"matter": "x"}, "matter"),
        ({"main_area": "x"}, "main_area"),
        ({"main_area": "999999"}, "main_area"),
        ({"officer": "999999"}, "officer"),
        ({"officer": "9" * 30}, "officer"),
        ({"sdg": ["0"]}, "sdg"),
        ({"sdg": ["18"]}, "sdg"),
        ({"sdg": ["x"]}, "sdg"),
        ({"minutes_needed": ""}, "minutes_needed"),
        ({"minutes_needed": "mange"}, "minutes_needed"),
        ({"minutes_needed": "-1"}, "minutes_needed"),
        ({"minutes_needed": "601"}, "minutes_needed"),
        ({"archive_ref": "x" * 81}, "archive_ref"),
        ({"closed_words": "x" * 2001}, "closed_words"),
        ({"language": "tlh"}, "language"),
    ],
)
def test_the_facts_refuse_it(council, office, bad, field):
    page = assert_refused(office, "/kontor/saker/ny", FACTS | bad, field)

    assert db.session.query(Case).count() == 0
    assert "Not a valid" not in page.text


def test_an_area_and_an_officer_of_another_council_are_refused_beside_their_fields(council, office, case):
    neighbour = a_council("Naboregionen IPR")
    area = saved(StrategyArea(council_id=neighbour.council.id, code="A", title="Naboens", kind=AreaKind.FOCUS, valid_from=SINCE))
    own = saved(StrategyArea(council_id=council.council.id, code="A", title="Vårt", kind=AreaKind.FOCUS, valid_from=SINCE))
    url = f"/kontor/saker/{case.id}/rediger"

    assert_refused(office, url, FACTS | {"main_area": str(area.id)}, "main_area")
    assert_refused(office, url, FACTS | {"side_areas": [area.id]}, "side_areas")
    assert_refused(office, url, FACTS | {"officer": str(neighbour.secretary.id)}, "officer")
    assert_refused(office, url, FACTS | {"main_area": str(own.id), "side_areas": [own.id]}, "side_areas")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"legal_basis": ""}, "legal_basis"),
        ({"legal_basis": "999999"}, "legal_basis"),
        ({"legal_basis": "x"}, "legal_basis"),
        ({"exemption": "litt"}, "exemption"),
        ({"public_title": ""}, "public_title"),
        ({"public_title": "budsjett 2027"}, "public_title"),
        ({"public_title": "a\rb"}, "public_title"),
        ({"until": "x" * 201}, "until"),
        ({"wider_access": ""}, "wider_access"),
        ({"wider_access": "x" * 1001}, "wider_access"),
        ({"closed_words": "x" * 2001}, "closed_words"),
    ],
)
def test_the_exemption_refuses_it(council, office, case, bad, field):
    basis = a_legal_basis()

    assert_refused(office, f"/kontor/saker/{case.id}/unntak", EXEMPT | {"legal_basis": str(basis.id)} | bad, field)


def test_a_provision_of_another_use_cannot_be_chosen(council, office, case):
    a_legal_basis()
    doors = a_legal_basis(BasisUse.CLOSE)

    assert_refused(office, f"/kontor/saker/{case.id}/unntak", EXEMPT | {"legal_basis": str(doors.id)}, "legal_basis")


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": BRACKETS}, "text"),
        ({"text": "x" * 100_001}, "text"),
        ({"recommendation": BRACKETS}, "recommendation"),
    ],
)
@pytest.mark.parametrize("button", ["Lagre", "Forhåndsvis"])
def test_the_case_paper_refuses_it_saved_or_previewed(council, office, case, bad, field, button):
    assert_refused(office, f"/kontor/saker/{case.id}/fremlegg", TEXTS | bad, field, button=button)


def test_the_closed_part_refuses_what_the_open_one_does(council, office, exempt_case):
    for bad in ("", BRACKETS):
        assert_refused(office, f"/kontor/saker/{exempt_case.id}/fremlegg/lukket", {"text": bad}, "text")


def test_the_closed_part_of_a_case_that_is_not_exempt_is_refused_with_the_text_kept(council, office, case):
    assert_refused(office, f"/kontor/saker/{case.id}/fremlegg/lukket", {"text": "Hemmelig"}, None)


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\r\nBcc: b"}, "title"),
        ({"text": ""}, "text"),
        ({"text": BRACKETS}, "text"),
    ],
)
def test_a_proposal_refuses_it_from_members_and_partners(council, member, client, partner_link, bad, field):
    assert_refused(member, "/kontor/forslag/nytt", PROPOSAL | bad, field)
    assert_refused(client, f"{links.path_of(partner_link)}/forslag", PROPOSAL | bad, field)

    assert db.session.query(Case).count() == 0


def test_nothing_chosen_is_refused_beside_the_first_choice(council, office, case):
    assert_refused(office, f"/kontor/saker/{case.id}/klar", {}, "paper_on_web")
    assert_refused(office, f"/kontor/saker/{case.id}/klar", {"paper_on_web": "kanskje"}, "paper_on_web")


def test_pressing_ready_too_early_says_what_is_missing(council, office):
    case = a_case(council.council, state=CaseState.IN_WORK, paper=False, public_title="")

    page = assert_refused(office, f"/kontor/saker/{case.id}/klar", {"paper_on_web": "ja"}, None)

    assert "Mangler: En offentlig tittel, Et saksfremlegg, En innstilling." in page.text


@pytest.mark.parametrize("field", ["title", "public_title", "archive_ref", "minutes_needed", "closed_words"])
def test_the_facts_survive_anything(council, office, field):
    assert_survives(office, "/kontor/saker/ny", field, FACTS)


@pytest.mark.parametrize("field", ["until", "wider_access", "closed_words", "public_title"])
def test_the_exemption_survives_anything(council, office, case, field):
    assert_survives(office, f"/kontor/saker/{case.id}/unntak", field, EXEMPT | {"legal_basis": str(a_legal_basis().id)})


@pytest.mark.parametrize("field", ["text", "recommendation"])
def test_the_case_paper_survives_anything(council, office, case, field):
    assert_survives(office, f"/kontor/saker/{case.id}/fremlegg", field, TEXTS)


@pytest.mark.parametrize("field", ["title", "text"])
def test_proposals_survive_anything(council, member, client, partner_link, field):
    assert_survives(member, "/kontor/forslag/nytt", field, PROPOSAL)
    assert_survives(client, f"{links.path_of(partner_link)}/forslag", field, PROPOSAL)


def test_an_answer_survives_anything(council, office, proposal):
    assert send(office, f"/kontor/saker/{proposal.id}/svar", {"answer": "x" * 2001}).status_code == 422
    assert send(office, f"/kontor/saker/{proposal.id}/svar", {"answer": "nul\x00 <b>fet</b>"}).status_code == 303
    page = office.see(f"/kontor/saker/{proposal.id}").html

    assert "<b>fet</b>" not in page
    assert "\x00" not in page


@pytest.mark.parametrize("source", ["1", "x" * 5000, "W10.x", "æøå"])
def test_a_made_up_source_is_left_out(council, office, case, source):
    assert send(office, f"/kontor/saker/{case.id}/fremlegg", TEXTS | {"source": source}).status_code == 303

"""Proposals: by members and by partners through their link, and the secretary's answer."""

from __future__ import annotations

from datetime import timedelta

import pytest

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import commands
from meetingapp.cases.models import Case, CaseState, Exemption
from meetingapp.core import clock
from meetingapp.core.database import db
from tests.cases.conftest import SECRET_TITLE
from tests.factories import a_case, a_council, a_legal_basis
from tests.hostile import assert_refused, assert_sent_once

TYPED = {"title": "Heltidskultur i kommunene", "text": "Vi foreslår et **felles** løft."}


@pytest.fixture
def room(partner_link):
    return links.path_of(partner_link)


def test_a_member_proposes_once_and_sees_the_state(council, member, office):
    url = assert_sent_once(member, "/kontor/forslag/nytt", TYPED)
    case = db.session.query(Case).one()

    assert case.state is CaseState.PROPOSED
    assert (case.proposed_by, case.proposed_for) == (council.members[1], council.members[1].organisation)
    assert "<strong>felles</strong>" in member.see(url).html
    assert "Heltidskultur i kommunene" in office.see("/kontor/forslag").text


def test_the_proposals_are_for_the_secretariat(council, member, signed_in):
    a_case(council.council, "Forslaget", state=CaseState.PROPOSED, proposed_at=clock.now(), proposed_by=council.chair)

    assert member.get("/kontor/forslag").status_code == 403
    assert "Forslaget" not in signed_in(a_council("Naboregionen IPR").secretary).see("/kontor/forslag").text


def test_a_partner_proposes_by_the_link_and_follows_the_proposal(council, secretary, client, room):
    assert_sent_once(client, f"{room}/forslag", TYPED)
    case = db.session.query(Case).one()
    waiting = client.see(room).text
    commands.take_in(case, answer="Dette blir sak i januar.", by=secretary)
    taken_in = client.see(room).text

    assert (case.proposed_by, case.proposed_for) == (council.partner_contact, council.partner)
    assert "Venter på svar" in waiting
    assert "Dette blir sak i januar." in taken_in
    assert "Heltidskultur i kommunene" in taken_in


def test_the_room_shows_the_reason_of_a_declined_proposal(council, secretary, client, room):
    client.submit(f"{room}/forslag", **TYPED)
    commands.decline(db.session.query(Case).one(), reason="Hver kommune avgjør dette.", by=secretary)

    page = client.see(room).text

    assert "Ikke tatt inn" in page
    assert "Hver kommune avgjør dette." in page


def test_the_room_never_shows_the_internal_title_of_an_exempt_case(council, secretary, client, room):
    client.submit(f"{room}/forslag", **TYPED)
    case = db.session.query(Case).one()
    commands.take_in(case, answer="", by=secretary)
    commands.edit_facts(case, seen_version=1, by=secretary, title=SECRET_TITLE)
    changed = client.see(room).html
    commands.set_exemption(
        case, exemption=Exemption.PARTLY, legal_basis=a_legal_basis(), public_title="Arbeidsliv", wider_access="Vurdert.", by=secretary
    )
    exempt = client.see(room).html

    assert "Hemmelig" not in changed + exempt
    assert "Arbeidsliv" in exempt


def test_the_room_shows_only_what_the_partner_and_its_organisation_proposed(council, client, room):
    a_case(council.council, "Andres forslag", proposed_at=clock.now(), proposed_by=council.chair)
    a_case(council.council, "Kollegaens forslag", proposed_at=clock.now(), proposed_by=council.chair, proposed_for=council.partner)
    a_case(a_council("Naboregionen IPR").council, "Til naboen", proposed_at=clock.now(), proposed_by=council.partner_contact)

    page = client.see(room).text

    assert "Kollegaens forslag" in page
    assert "Andres forslag" not in page
    assert "Til naboen" not in page


@pytest.mark.parametrize("secret", ["feil", "x" * 3000, "%00", "%F0%9F%8F%94", "..%2f"])
def test_a_wrong_link_gives_the_neutral_page(client, secret):
    for path in (f"/g/{secret}", f"/g/{secret}/forslag"):
        page = client.see(path, status=404)
        assert "Vi fant ikke siden, eller du har ikke tilgang" in page.text


def test_an_expired_a_revoked_and_another_link_give_the_same_page_as_a_wrong_one(council, client):
    def page_of(**given):
        lasts = {"expires_at": clock.true_now() + timedelta(days=1), "council": council.council}
        link = links.make_link(given.pop("purpose", LinkPurpose.PARTNER), council.partner_contact, **lasts | given)
        return link

    expired = page_of(expires_at=clock.true_now() - timedelta(seconds=1))
    revoked = page_of()
    revoked.revoked_at = clock.true_now()
    other = page_of(purpose=LinkPurpose.ACTION)
    nowhere = page_of(council=None)
    db.session.commit()
    wrong = client.see("/g/feil", status=404).text

    assert {client.see(links.path_of(link), status=404).text for link in (expired, revoked, other, nowhere)} == {wrong}


def test_opening_the_room_changes_nothing(council, client, room):
    client.see(room)
    client.see(f"{room}/forslag")

    assert db.session.query(Case).count() == 0


def test_a_proposal_is_taken_in_or_declined_on_its_page(council, office):
    taken = a_case(council.council, state=CaseState.PROPOSED, proposed_at=clock.now(), proposed_by=council.chair, proposal="Tekst")
    declined = a_case(council.council, state=CaseState.PROPOSED, proposed_at=clock.now(), proposed_by=council.chair, proposal="Tekst")

    assert office.submit(f"/kontor/saker/{taken.id}/svar", button="Ta inn", answer="Ja").status_code == 303
    assert office.submit(f"/kontor/saker/{declined.id}/svar", button="Avslå", answer="Nei, fordi").status_code == 303
    db.session.expire_all()

    assert (taken.state, declined.state) == (CaseState.TAKEN_IN, CaseState.DECLINED)
    assert office.get(f"/kontor/saker/{taken.id}/svar").status_code == 303


def test_declining_without_a_reason_is_refused_beside_the_field(council, office):
    case = a_case(council.council, state=CaseState.PROPOSED, proposed_at=clock.now(), proposed_by=council.chair, proposal="Tekst")

    assert_refused(office, f"/kontor/saker/{case.id}/svar", {"answer": " "}, "answer", button="Avslå")
    db.session.refresh(case)

    assert case.state is CaseState.PROPOSED


def test_an_answer_that_says_neither_is_refused(council, office):
    case = a_case(council.council, state=CaseState.PROPOSED, proposed_at=clock.now(), proposed_by=council.chair, proposal="Tekst")

    assert_refused(office, f"/kontor/saker/{case.id}/svar", {"answer": "Hm", "take_in": None}, None)


def test_a_proposer_who_has_left_sees_the_answer_but_not_the_papers(council, secretary, signed_in):
    case = commands.propose(
        council.council, title="Forslag", text="Tekst", person=council.partner_contact, organisation=council.partner, by=None
    )
    db.session.commit()
    commands.take_in(case, answer="Takk", by=secretary)
    commands.edit_facts(case, seen_version=1, by=secretary, title=SECRET_TITLE, archive_ref="2026/17")

    page = signed_in(council.partner_contact).see(f"/kontor/saker/{case.id}").html

    assert "Takk" in page
    assert SECRET_TITLE not in page
    assert "2026/17" not in page
    assert "lukket for deg" in page

"""The search of the office: each finds what they may read, and nothing else."""

from __future__ import annotations

import pytest

from meetingapp.accounts.actor import Actor
from meetingapp.cases.commands import grant_access, propose, revoke_access
from meetingapp.cases.models import CasePaper, Exemption, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.council.models import SeatRole
from meetingapp.desk.queries import finding
from meetingapp.meetings.models import MeetingState
from meetingapp.minutes.models import Edition, Minutes, MinutesState
from tests.factories import a_case, a_council, a_meeting, a_person, a_seat, an_action, saved
from tests.invitations.support import CANARY, SECRET_TITLE, a_fixed_meeting, an_exempt_case


def places(council, person, words: str, kind: str = "") -> list[str]:
    """The addresses of what `person` finds, in order."""
    return sorted(hit.place for hit in finding.find(Actor(person), council.council, words, kind=kind).hits)


def locked_minutes(meeting, decision: str) -> Minutes:
    """Minutes of `meeting` with one locked edition of one item."""
    item = {
        "id": 1,
        "number": "RR 01/26",
        "title": "Budsjett",
        "decision": f"<p>{decision}</p>",
        "text": "",
        "proposals": [],
        "statements": [],
    }
    document = {"title": "Møtebok", "opening": "", "closing": "", "items": [item]}
    minutes = Minutes(meeting=meeting, state=MinutesState.LOCKED, created_at=clock.now())
    minutes.editions = [Edition(number=1, document=document, sha256="0" * 64, locked_at=clock.now())]
    return saved(minutes)


def test_cases_papers_minutes_people_meetings_and_actions_are_found(council):
    case = a_case(council.council, "Elbusser til skoleskyss")
    meeting = a_meeting(council, state=MeetingState.ENDED, title="Fellesmøte om vannforsyning")
    locked_minutes(meeting, "Rådet vedtok vannforsyningen.")
    action = an_action(council, council.members[1], "Kartlegge vannforsyning")
    member = council.members[2]

    assert places(council, member, "bakgrunnen skoleskyss") == [f"/kontor/saker/{case.id}"]
    assert places(council, member, "vannforsyninga") == [
        f"/kontor/moter/{meeting.id}",
        f"/kontor/moter/{meeting.id}/motebok/les#sak-1",
        f"/kontor/oppfolging/{action.id}",
    ]
    assert places(council, member, "Mona Møteleder") == [f"/kontor/folk/personer/{council.chair.id}"]
    assert places(council, member, "vannforsyning", kind="action") == [f"/kontor/oppfolging/{action.id}"]


@pytest.mark.parametrize("exemption", [Exemption.PARTLY, Exemption.WHOLLY])
def test_what_is_exempt_is_found_only_by_those_who_may_read_it(council, exemption):
    case = an_exempt_case(council, exemption)
    place = f"/kontor/saker/{case.id}"
    an_action(council, council.members[1], f"Ringe {CANARY}", case=case)
    db.session.commit()
    member = council.members[1]

    assert place in places(council, council.secretary, CANARY)
    assert all(
        not hit.snippet for hit in finding.find(Actor(council.secretary), council.council, CANARY).hits
    )  # reading is noted elsewhere
    for words in (CANARY, SECRET_TITLE, "tilsetting", "kanari"):
        assert places(council, member, words) == []
    assert place in places(council, member, "personalsak")
    assert places(council, member, "bakgrunn") == ([place] if exemption is Exemption.PARTLY else [])
    grant_access(case, member, why="Skal behandle den")
    db.session.commit()
    assert place in places(council, member, CANARY)
    assert places(council, council.members[2], CANARY) == []
    revoke_access(case, member)
    db.session.commit()
    assert places(council, member, CANARY) == []


def test_no_word_of_a_closed_text_stands_in_the_open_index(council):
    an_exempt_case(council)
    rows = db.session.execute(db.text("SELECT title, text, title_stems, text_stems FROM search_open")).all()

    assert rows
    for row in rows:
        assert not any(word in " ".join(row).lower() for word in (CANARY.lower(), "tilsetting", "regionkoordinator av"))


def test_a_case_that_becomes_exempt_leaves_the_open_index(council):
    case = a_case(council.council, f"Sak om {CANARY}")
    member = council.members[1]
    assert places(council, member, CANARY) != []

    exempt = an_exempt_case(council)  # for its ground
    case.exemption, case.legal_basis, case.public_title = Exemption.WHOLLY, exempt.legal_basis, "Personalsak"
    db.session.commit()
    assert places(council, member, CANARY) == []


def test_a_new_version_of_a_paper_is_found_and_the_old_one_not(council):
    case = a_case(council.council)
    paper = CasePaper(case=case, part=Part.OPEN, version=2, text="Ferjer", html="<p>Ferjer</p>", saved_at=clock.now())
    db.session.add(paper)
    db.session.commit()

    assert places(council, council.members[1], "ferje") == [f"/kontor/saker/{case.id}"]
    assert places(council, council.members[1], "bakgrunn") == []


def test_a_proposal_nobody_has_answered_is_found_by_staff_and_its_proposer_alone(council):
    case = propose(council.council, title="Elbusser", text="Kjøp sammen.", person=council.members[1], organisation=None, by=None)
    db.session.commit()

    assert places(council, council.secretary, "elbuss") == [f"/kontor/saker/{case.id}"]
    assert places(council, council.members[1], "elbuss") == [f"/kontor/saker/{case.id}"]
    assert places(council, council.members[2], "elbuss") == []


@pytest.mark.shows("promise-13")
def test_another_council_and_someone_outside_find_nothing(council, signed_in, client):
    a_case(council.council, "Elbusser")
    other = a_council("Annenregionen IPR")
    guest = a_person("Gro Gjest", council.partner)
    a_seat(council.body, guest, SeatRole.GUEST)

    assert places(other, other.secretary, "elbuss") == []
    assert places(council, other.secretary, "elbuss") == []
    assert "Elbusser" not in signed_in(other.secretary).see("/kontor/sok?q=elbuss").text.replace("«elbuss»", "")
    assert signed_in(guest).get("/kontor/sok?q=elbuss").status_code == 403
    assert signed_in(a_person("Pia Privat")).get("/kontor/sok?q=elbuss").status_code == 404
    assert client.get("/kontor/sok?q=elbuss").status_code == 303


def test_a_number_leads_to_its_case(council, signed_in):
    meeting = a_fixed_meeting(council, cases=(a_case(council.council, "Elbusser"),))
    browser = signed_in(council.members[1])

    for typed in ("RR 01/26", "rr 1/2026" if clock.local(meeting.starts_at).year == 2026 else "RR 01/26"):
        assert "Elbusser" in browser.see(f"/kontor/sok?q={typed}").text
    assert "Fant ingenting" in browser.see("/kontor/sok?q=RR 99/26").text


def test_the_page_marks_words_and_shows_more_on_request(council, signed_in):
    for number in range(30):
        a_case(council.council, f"Vedtaket nummer {number}", paper=False)
    browser = signed_in(council.members[1])
    html = browser.get("/kontor/sok?q=vedtak").get_data(as_text=True)

    assert "<mark>Vedtaket</mark>" in html
    page = browser.see("/kontor/sok?q=vedtak")
    assert "30 treff" in page.text
    more = next(href for href, words in page.links if "Vis flere" in words)
    assert browser.get(more).get_data(as_text=True).count("<mark>") == 30
    assert "Her finner du saker" in browser.see("/kontor/sok").text


@pytest.mark.parametrize("asked", ["vis=x", "vis=99999999", "vis=-1", "i=alt", "q=%00%ff"])
def test_any_address_of_the_search_is_survived(council, signed_in, asked):
    assert signed_in(council.members[1]).get(f"/kontor/sok?q=sak&{asked}").status_code == 200

"""The case page: the whole life of a case on one page, each thing with the way to change it, and to each reader no more than theirs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands as cases
from meetingapp.cases.models import CaseState, Exemption, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.desk.course import steps_of
from meetingapp.desk.queries.course import course_of
from meetingapp.followups import commands as followups
from meetingapp.followups.models import ActionState
from meetingapp.minutes.models import Outcome
from tests.factories import a_case, a_council, a_decision, a_legal_basis, a_meeting, an_action, saved
from tests.minutes.sitting import called, opened


def _page(case):
    return f"/kontor/saker/{case.id}"


def test_the_whole_life_of_a_case_stands_on_one_page_in_order(council, secretary, signed_in):
    case = cases.propose(
        council.council, title="Ladestruktur", text="En plan.", person=council.partner_contact, organisation=council.partner, by=None
    )
    cases.take_in(case, answer="Takk.", by=secretary)
    facts = {"public_title": "Ladestruktur", "archive_ref": "26/0009-1", "officer": council.secretary}
    cases.edit_facts(case, seen_version=1, by=secretary, **facts)
    cases.save_paper(case, part=Part.OPEN, text="## Bakgrunn\n\nTo tomter.", recommendation="Planen vedtas.", seen_version=1, by=secretary)
    cases.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=secretary)
    postponed = opened(council, cases=[case])
    postponed.vote()
    postponed.save(outcome=Outcome.POSTPONED, decision="Saken utsettes.")
    postponed.locked()
    db.session.refresh(case)
    assert case.state is CaseState.POSTPONED
    sitting = opened(council, cases=[case], days=60)
    sitting.vote(against=[council.members[3]])
    sitting.save(decision="1. Planen vedtas.")
    action = saved_action(council, case, sitting)
    edition = sitting.locked()
    page = signed_in(council.secretary).see(_page(case))
    way = page.text[page.text.rindex("Vegen hit") :]

    told = [
        "Lise Organisert",
        "Foreslo saken",
        "Forslaget ble tatt inn",
        "Skrev saksfremlegget",
        "Merket saken som klar",
        "Utsatt",
        "RR 01/26. Saken kom tilbake",
        "Vedtatt",
        "Oppfølging",
    ]
    places = [way.index(words) for words in told]
    assert places == sorted(places)
    assert "Planen vedtas." in page.text
    assert "4 mot 1" in page.text or "4 stemmer mot 1" in page.text
    assert "Låst da møteboken ble godkjent" in page.text
    assert edition.number == 1
    assert f"/kontor/moter/{sitting.meeting.id}/motebok/rett" in page.html
    assert f"/kontor/oppfolging/{action.id}" in page.html
    assert "26/0009-1" in page.text
    assert f'{_page(case)}/fremlegg"' not in page.html  # its papers stand
    assert "så papirene står" in page.text


def saved_action(council, case, sitting):
    return saved(
        followups.add_action(
            council.council,
            title="Melde to tomter",
            text="",
            owners=[council.members[1]],
            due=clock.today() - timedelta(days=3),
            is_public=True,
            case=case,
            deliberation=sitting.done[0],
            by=sitting.by,
        )
    )


def test_each_thing_is_changed_where_it_is_shown(council, signed_in):
    case = a_case(council.council, state=CaseState.IN_WORK)
    page = signed_in(council.secretary).see(_page(case))
    verbs = {(href, words) for href, words in page.links if href.startswith(_page(case))}

    for place, about in (
        ("rediger#officer", "saksbehandler"),
        ("rediger#kind", "type og nivå"),
        ("rediger#archive_ref", "arkivreferansen"),
        ("rediger#public_title", "den offentlige tittelen"),
        ("rediger#main_area", "områder og mål"),
        ("unntak", "offentlighet"),
        ("fremlegg", "av saksfremlegget"),
    ):
        assert any(href == f"{_page(case)}/{place}" and about in words for href, words in verbs), place
    assert "data-color" in page.html
    assert [href for href, _ in signed_in(council.members[1]).see(_page(case)).links if "rediger" in href] == []


def test_a_draft_decision_is_for_the_secretary_alone(council, signed_in):
    sitting = opened(council)
    sitting.vote()
    sitting.save(decision="Et utkast som ingen har godkjent.")
    case = sitting.items[0].case
    assert "Et utkast" in signed_in(council.secretary).see(_page(case)).text
    before = signed_in(council.members[1]).see(_page(case)).text
    sitting.finish()
    sitting.send()

    assert "Et utkast" not in before
    assert "Et utkast" in signed_in(council.members[1]).see(_page(case)).text


def test_of_an_exempt_case_only_those_who_read_the_closed_part_see_decision_and_actions(council, secretary, signed_in):
    case = a_case(
        council.council, "Ansettelse av Kari Hemmelig", public_title="Personalsak", exemption=Exemption.PARTLY, legal_basis=a_legal_basis()
    )
    meeting = a_meeting(council, days=-30)
    done = a_decision(meeting, case, "Kari Hemmelig ansettes.")
    an_action(council, council.members[3], "Skrive til Kari Hemmelig", case=case, deliberation=done)
    case.state = CaseState.DECIDED
    db.session.commit()
    member = signed_in(council.members[1])

    for who in (council.secretary, council.members[3]):
        assert "Skrive til Kari Hemmelig" in signed_in(who).see(_page(case)).text
    assert "Hemmelig" not in member.see(_page(case)).html
    assert "Kari Hemmelig ansettes" in signed_in(council.secretary).see(_page(case)).text


def test_who_has_only_proposed_a_case_sees_no_more_of_its_life(council, secretary):
    case = cases.propose(council.council, title="Forslag", text="X", person=council.partner_contact, organisation=council.partner, by=None)
    cases.take_in(case, answer="", by=secretary)
    db.session.commit()

    assert course_of(Actor(council.partner_contact), case).sittings == []


@pytest.mark.parametrize(
    ("state", "actions", "now"),
    [
        (CaseState.IN_WORK, [], "work"),
        (CaseState.POSTPONED, [], "ready"),
        (CaseState.DECIDED, [], None),
        (CaseState.DECIDED, [ActionState.OPEN], "followed"),
        (CaseState.DECIDED, [ActionState.DONE], None),
    ],
)
def test_how_far_it_has_come(council, secretary, state, actions, now):
    case = a_case(council.council, state=state)
    for one in actions:
        action = an_action(council, council.members[1], case=case)
        action.owners[0].state = one
    db.session.commit()
    words = {"work": "In work", "ready": "Ready", "followed": "Follow-up", None: None}
    from meetingapp.core.i18n.languages import speaking

    with speaking("en"):
        found = steps_of(case, course_of(secretary, case))

    assert next((word for word, how in found if how == "now"), None) == words[now]


def test_the_number_of_queries_does_not_grow_with_the_life(council, secretary, signed_in):
    short, long = a_case(council.council, "Kort"), a_case(council.council, "Lang")
    called(council, cases=[short])
    for number in range(5):
        meeting = a_meeting(council, days=-100 + number * 7)
        done = a_decision(meeting, long)
        an_action(council, council.members[1], f"Punkt {number}", case=long, deliberation=done)
        cases.save_paper(long, part=Part.OPEN, text=f"Utgave {number}", seen_version=number + 1, by=secretary)
    done = a_decision(a_meeting(council, days=-200), short)
    an_action(council, council.members[1], case=short, deliberation=done)
    db.session.commit()
    browser = signed_in(council.secretary)
    browser.see(_page(short))

    assert abs(_queries(browser, _page(long)) - _queries(browser, _page(short))) <= 2


def _queries(browser, url):
    asked = []

    def note(*_args):
        asked.append(1)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        browser.see(url)
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(asked)


def test_another_council_finds_nothing(council, signed_in):
    foreign = a_case(a_council("Naboregionen IPR").council)

    assert signed_in(council.secretary).get(_page(foreign)).status_code == 404

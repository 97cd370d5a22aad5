"""Min side: what has changed since the call, papers as pages, and as many queries for many as for few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event

from meetingapp.cases.commands import save_paper
from meetingapp.cases.models import CasePaper, Exemption, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.invitations.commands import answer, call_deputy, call_meeting, send_papers
from meetingapp.invitations.models import Reply
from tests.factories import a_case, an_action
from tests.invitations.support import CANARY, a_call, a_fixed_meeting, an_exempt_case, of, reply_by


def later(days: int = 1):
    """The clock some days on."""
    return clock.frozen(clock.now() + timedelta(days=days))


def test_what_has_changed_since_the_call_stands_by_itself(council, secretary, signed_in):
    case = a_case(council.council)
    meeting = a_call(council, secretary, cases=(case,)).meeting
    member = signed_in(council.members[2])
    assert "Endret siden du ble innkalt" not in member.see("/min-side").text
    with later():
        db.session.add(
            CasePaper(case=case, part=Part.OPEN, version=2, text="Nytt", html="<p>Nytt</p>", recommendation="Ja", saved_at=clock.now())
        )
        db.session.flush()
        send_papers(meeting, by=secretary, what="Rettede tall")
        answer(of(meeting, council.members[1]), Reply.DECLINED, via="page", by=None, reason="work")
        call_deputy(of(meeting, council.members[1]), _seat(council, 1), by=secretary)
        db.session.commit()

        text = member.see("/min-side").text
        assert "Endret siden du ble innkalt 2" in " ".join(text.split())
        assert "saksfremlegget, versjon 2" in text
        assert "Rettede tall" in text
        assert "Truls Tvil kommer ikke" in text
        assert f"{council.deputies[1].name} er kalt inn som vara" in text
        assert "kommer ikke" not in signed_in(council.deputies[1]).see("/min-side").text  # called after: nothing has changed since


def _seat(council, number: int):
    from meetingapp.council import queries

    return queries.deputies_for(council.seats[number], clock.today())[0]


def test_the_papers_are_read_as_pages_without_what_is_closed(council, secretary, signed_in):
    exempt, wholly = an_exempt_case(council), an_exempt_case(council, Exemption.WHOLLY)
    meeting = a_call(council, secretary, cases=(a_case(council.council), exempt, wholly)).meeting
    url = f"/min-side/moter/{meeting.id}/papirer"

    member = signed_in(council.members[1]).see(url)
    assert "Bakgrunn for saken." in member.text
    assert "Forslaget vedtas." in member.text
    assert "Les den lukkede delen på sakens side" in member.text
    for person in (council.members[1], council.partner_contact):
        assert CANARY not in signed_in(person).get(url).get_data(as_text=True)
    assert signed_in(council.partner_contact).get(url).status_code == 404


def test_a_table_in_a_paper_scrolls_by_itself_and_by_keyboard(council, secretary, signed_in):
    case = a_case(council.council, paper=False)
    save_paper(
        case, part=Part.OPEN, text="Tall:\n\n| | 2026 |\n|---|---|\n| Sum | 5 |\n", recommendation="Ja.", seen_version=0, by=secretary
    )
    meeting = a_call(council, secretary, cases=(case,)).meeting
    browser = signed_in(council.members[1])

    for url in (f"/min-side/moter/{meeting.id}/papirer", f"/kontor/saker/{case.id}"):
        html = browser.get(url).get_data(as_text=True)
        assert '<div class="scroll" role="group" tabindex="0" aria-label="Tabell"><table>' in html
        assert "</table></div>" in html
        assert '<th scope="col"></th>' not in html


def test_a_guest_reads_the_open_papers_by_public_titles(council, secretary, signed_in):
    meeting = a_fixed_meeting(council, cases=(an_exempt_case(council),))
    call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), guests=[council.partner_contact])
    db.session.commit()

    page = signed_in(council.partner_contact).see(f"/min-side/moter/{meeting.id}/papirer")
    assert "Personalsak" in page.text
    assert "Tilsetting" not in page.text


def test_everything_is_two_presses_away(council, secretary, signed_in):
    case = a_case(council.council)
    meeting = a_call(council, secretary, cases=(case,)).meeting
    action = an_action(council, council.members[1])
    hrefs = [href for href, _ in signed_in(council.members[1]).see("/min-side").links]

    for place in (
        f"/kontor/moter/{meeting.id}",
        f"/kontor/saker/{case.id}",
        f"/min-side/saker/{case.id}/notater",
        f"/min-side/moter/{meeting.id}/papirer",
        "/min-side/notater",
        f"/kontor/oppfolging/{action.id}",
        "/kontor/hjelp",
        "/kontor/sok",
    ):
        assert place in hrefs, place


def test_a_secretary_who_is_a_member_sees_both(council, signed_in):
    page = signed_in(council.secretary).see("/min-side")

    assert ("/kontor", "Kontoret for Prøveregionen") in [(href, " ".join(words.split())) for href, words in page.links] or "/kontor" in [
        href for href, _ in page.links
    ]


def _count(browser, url: str) -> int:
    seen = []

    def listen(*given):
        seen.append(given[2])

    event.listen(db.engine, "before_cursor_execute", listen)
    try:
        assert browser.get(url).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", listen)
    return len(seen)


@pytest.mark.slow
@pytest.mark.shows("BG2")
def test_the_number_of_queries_does_not_grow_with_meetings_and_cases(council, secretary, signed_in):
    office, member = signed_in(council.secretary), signed_in(council.members[1])
    pages = [(office, "/kontor"), (office, "/min-side"), (member, "/min-side"), (member, "/kontor/sok?q=budsjett")]

    def fill(first: int, last: int) -> None:
        for number in range(first, last):
            cases = (a_case(council.council, f"Budsjett {number}"), an_exempt_case(council))
            meeting = a_call(council, secretary, days=16 + number, cases=cases).meeting
            answer(of(meeting, council.members[3]), Reply.DECLINED, via="page", by=None, reason="work")
            an_action(council, council.members[1], f"Gjøre {number}", due=clock.today() - timedelta(days=number), case=cases[1])
        db.session.commit()

    fill(0, 2)
    for browser, url in pages:
        _count(browser, url)  # what the first request of a process reads once
    few = [_count(browser, url) for browser, url in pages]
    fill(2, 20)
    assert [_count(browser, url) for browser, url in pages] == few
    assert max(few) <= 45, few

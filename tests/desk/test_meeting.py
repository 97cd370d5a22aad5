"""The meeting page: the whole life of a meeting on one page, each fact with the way to change it, and the one next step."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from meetingapp.agendas import commands as agendas
from meetingapp.cases.models import Exemption
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.council.queries import deputies_for
from meetingapp.followups import commands as followups
from meetingapp.invitations.models import Reply
from tests.factories import a_case, a_council, a_legal_basis, a_meeting, saved
from tests.minutes.sitting import called, opened, reply


def _page(meeting):
    return f"/kontor/moter/{meeting.id}"


def test_a_planned_meeting_shows_each_fact_with_the_way_to_change_it_and_the_one_next_step(council, signed_in):
    meeting = a_meeting(council)
    page = signed_in(council.secretary).see(_page(meeting))
    verbs = {(href, words) for href, words in page.links}

    for place, about in (("day", "tiden"), ("place", "stedet"), ("form", "deltar"), ("chair", "møtelederen"), ("title", "navnet på møtet")):
        assert any(href == f"{_page(meeting)}/rediger#{place}" and about in words for href, words in verbs), place
        assert f'id="{place}' in signed_in(council.secretary).get(f"{_page(meeting)}/rediger").get_data(as_text=True), place
    assert (f"{_page(meeting)}/saksliste", "Gjør ferdig sakslisten") in verbs
    assert "Ingen er innkalt ennå." in page.text
    assert not any("rediger" in href for href, _ in signed_in(council.members[1]).see(_page(meeting)).links)


def test_a_called_meeting_tells_who_is_missing_and_whom_the_call_did_not_reach(council, signed_in):
    sitting = called(council, cases=[a_case(council.council, "Ladestruktur")])
    coming, declining, silent = council.members[1:4]
    reply(sitting, coming, Reply.ACCEPTED)
    reply(sitting, declining, Reply.DECLINED, reason="work")
    letter = db.session.scalars(db.select(Letter).where(Letter.kind == "invitation", Letter.to_name == silent.name)).one()
    letter.state = LetterState.FAILED
    db.session.commit()
    page = signed_in(council.secretary).see(_page(sitting.meeting))

    missing = page.text[page.text.index("Har ikke svart:") :].partition("Meldt forfall:")
    assert silent.name in missing[0]
    assert coming.name not in missing[0]
    assert declining.name in missing[2]
    assert (f"/kontor/utgaende-post/{letter.id}", f"{silent.name}: Feilet") in page.links
    assert "Tid og sted står slik alle fikk dem" in page.text
    assert f"{_page(sitting.meeting)}/rediger#place" not in page.html
    assert f"{_page(sitting.meeting)}/rediger#chair" in page.html
    assert "utgaende-post" not in signed_in(coming).see(_page(sitting.meeting)).html


def test_whoever_has_not_answered_or_approved_is_asked_on_the_page(council, signed_in):
    sitting = called(council)
    member = council.members[1]
    asked = signed_in(member).see(_page(sitting.meeting))
    reply(sitting, member, Reply.ACCEPTED)
    db.session.commit()
    held = opened(council, days=90)
    held.vote()
    held.save()
    held.finish()
    held.send()
    signatory = next(one.person for one in held.minutes.signatories)

    assert "Svar på innkallingen" in [words for _href, words in asked.links]
    assert "Svar på innkallingen" not in signed_in(member).see(_page(sitting.meeting)).text
    assert (f"{_page(held.meeting)}/motebok/godkjenn", "Godkjenn møteboka") in signed_in(signatory).see(_page(held.meeting)).links


def test_a_held_meeting_shows_decisions_minutes_and_what_came_of_it(council, signed_in):
    sitting = opened(council, cases=[a_case(council.council, "Ladestruktur")])
    sitting.vote()
    sitting.save(decision="To tomter meldes inn.")
    action = saved(
        followups.add_action(
            council.council,
            title="Melde to tomter",
            text="",
            owners=[council.members[1]],
            due=clock.today() + timedelta(days=3),
            is_public=True,
            deliberation=sitting.done[0],
            by=sitting.by,
        )
    )
    draft = signed_in(council.members[1]).see(_page(sitting.meeting)).text
    edition = sitting.locked()
    page = signed_in(council.secretary).see(_page(sitting.meeting))

    assert "To tomter meldes inn." not in draft
    assert "To tomter meldes inn." in signed_in(council.members[1]).see(_page(sitting.meeting)).text
    assert edition.sha256[:16] in page.text
    for href in (f"/kontor/oppfolging/{action.id}", f"{_page(sitting.meeting)}/motebok.pdf", f"{_page(sitting.meeting)}/motebok/rett"):
        assert href in [one for one, _ in page.links], href
    assert (f"{_page(sitting.meeting)}/kunngjor", "Kunngjør møtet") in page.links, "the one next step"
    assert "låste møteboken" in page.text, "the last lines of the history"


def test_the_words_of_an_exempt_case_are_for_those_who_read_what_is_closed(council, signed_in):
    case = a_case(council.council, "Kari Hemmelig", public_title="Personalsak", exemption=Exemption.PARTLY, legal_basis=a_legal_basis())
    sitting = opened(council, cases=[case])
    sitting.vote()
    sitting.save(decision="Kari Hemmelig ansettes.")
    sitting.locked()

    assert "Kari Hemmelig ansettes." in signed_in(council.secretary).see(_page(sitting.meeting)).text
    deputy = deputies_for(council.seats[1], clock.today())[0].person  # inside, and not called
    html = signed_in(deputy).see(_page(sitting.meeting)).html
    assert "Personalsak" in html
    assert "Hemmelig" not in html


def test_an_item_that_takes_up_minutes_says_whose_and_leads_to_them(council, secretary, signed_in):
    held = opened(council)
    held.vote()
    held.save()
    held.locked()
    meeting = agendas.plan(
        council.council,
        bodies=[council.body],
        starts_at=clock.now() + timedelta(days=60),
        ends_at=clock.now() + timedelta(days=60, hours=3),
        place="Rådhuset",
        form=held.meeting.form,
        by=secretary,
    )
    db.session.commit()
    browser = signed_in(council.secretary)

    for address in (_page(meeting), f"{_page(meeting)}/saksliste"):
        page = browser.see(address)
        assert any("Møteboka fra Regionrådet" in words and _page(held.meeting) in href for href, words in page.links), address
    assert any(href == _page(meeting) and "tas opp av" in words for href, words in browser.see(_page(held.meeting)).links)


def test_titles_in_another_language_say_so_and_the_way_of_a_case_tells_time_and_place(council, signed_in):
    case = a_case(council.council, "Møteplan på nynorsk", language="nn")
    sitting = called(council, cases=[case])
    browser = signed_in(council.secretary)

    for address in (_page(sitting.meeting), f"{_page(sitting.meeting)}/saksliste", "/kontor/saker"):
        assert f'href="/kontor/saker/{case.id}" lang="nn">Møteplan på nynorsk' in browser.see(address).html, address
    way = browser.see(f"/kontor/saker/{case.id}").text
    assert sitting.meeting.place in way[way.rindex("Vegen hit") :]


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


def test_the_number_of_queries_does_not_grow_with_the_meeting(council, signed_in):
    short = opened(council, cases=[a_case(council.council, "Kort")])
    long = opened(council, cases=[a_case(council.council, f"Lang {number}") for number in range(6)], days=60)
    for sitting in (short, long):
        for number in range(len(sitting.items)):
            sitting.vote(number)
            sitting.save(number)
        sitting.locked()
    browser = signed_in(council.secretary)
    browser.see(_page(short.meeting))

    assert abs(_queries(browser, _page(long.meeting)) - _queries(browser, _page(short.meeting))) <= 2


def test_another_council_finds_nothing(council, signed_in):
    foreign = a_meeting(a_council("Naboregionen IPR"))

    assert signed_in(council.secretary).get(_page(foreign)).status_code == 404

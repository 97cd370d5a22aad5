"""Min side, the secretary's desk and the outgoing post."""

from __future__ import annotations

import hashlib

import pytest
from sqlalchemy import select

from meetingapp.accounts.commands import send_link, want_link
from meetingapp.accounts.links import path_of
from meetingapp.accounts.models import PersonalLink
from meetingapp.cases.commands import propose
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.invitations.commands import call_meeting
from meetingapp.meetings.models import MeetingState
from tests.factories import a_council, a_meeting, a_person
from tests.invitations.support import SECRET_TITLE, a_call, a_fixed_meeting, an_exempt_case, reply_by


def test_someone_without_anything_to_do_is_told_so(council, signed_in):
    assert "Du har ingenting å gjøre" in signed_in(council.members[1]).see("/min-side").text


def test_someone_without_a_seat_gets_a_plain_page(council, signed_in):
    text = signed_in(a_person("Pia Privat")).see("/min-side").text

    assert "Du har ingen plass i et regionråd nå" in text


def test_a_stranger_is_asked_to_sign_in(council, client):
    assert client.get("/min-side").status_code == 303
    assert client.get("/kontor").status_code == 303


def test_the_next_meeting_asks_for_an_answer_and_shows_the_papers(council, secretary, signed_in):
    meeting = a_call(council, secretary).meeting

    page = signed_in(council.members[1]).see("/min-side")

    assert "Kommer du?" in page.text
    assert "Budsjett 2027" in page.text
    assert "Du har ingenting å gjøre" not in page.text
    assert f"/kontor/moter/{meeting.id}" in [href for href, _ in page.links]


def test_a_guest_sees_only_the_public_title_of_an_exempt_case(council, secretary, signed_in):
    meeting = a_fixed_meeting(council, cases=(an_exempt_case(council),))
    call_meeting(meeting, by=secretary, reply_by=reply_by(meeting), guests=[council.partner_contact])
    db.session.commit()

    assert SECRET_TITLE in signed_in(council.members[1]).see("/min-side").text
    guest = signed_in(council.partner_contact).see("/min-side").text
    assert "Personalsak" in guest
    assert SECRET_TITLE not in guest


def test_the_office_shows_the_next_step_and_what_waits(council, secretary, signed_in):
    meeting = a_meeting(council, days=5)
    propose(council.council, title="Elbusser", text="Kjøp sammen.", person=council.members[1], organisation=None, by=None)
    db.session.commit()

    page = signed_in(council.secretary).see("/kontor")

    assert "Gjør ferdig sakslisten" in page.text
    assert "Fristen på 14 dager var lørdag 14. november. Sender du i dag, blir varselet 5 dager, og du må gi en grunn" in page.text
    assert "Elbusser" in page.text
    assert f"/kontor/moter/{meeting.id}" in [href for href, _ in page.links]


def test_only_the_secretary_opens_the_desk_and_the_post(council, signed_in):
    browser = signed_in(council.members[1])

    assert browser.get("/kontor").status_code == 403
    assert browser.get("/kontor/utgaende-post").status_code == 403


def test_a_letter_can_be_read_and_downloaded_as_it_was_sent(council, secretary, signed_in, work):
    a_call(council, secretary)
    browser = signed_in(council.secretary)
    letter = db.session.scalar(select(Letter).order_by(Letter.id))
    assert "Ordene skrives når brevet sendes" in browser.see(f"/kontor/utgaende-post/{letter.id}").text
    work()

    assert "Innkalling: Regionrådet" in browser.see("/kontor/utgaende-post").text
    page = browser.see(f"/kontor/utgaende-post/{letter.id}")
    assert "Svar og se papirene" in page.text
    assert "/g/…/svar" in page.text
    (link,) = db.session.scalars(select(PersonalLink).where(PersonalLink.subject_id == letter.about))
    secret = path_of(link).removeprefix("/g/")
    assert secret not in page.html  # it would open the receiver's own door
    assert browser.get(f"/kontor/utgaende-post/{letter.id}/brev.eml").status_code == 409

    link.revoked_at = clock.true_now()
    db.session.commit()
    response = browser.get(f"/kontor/utgaende-post/{letter.id}/brev.eml")
    assert hashlib.sha256(response.data).hexdigest() == db.session.get(Letter, letter.id).sha256
    assert secret not in browser.see(f"/kontor/utgaende-post/{letter.id}").html


def test_another_councils_letters_and_sign_in_letters_cannot_be_read(council, secretary, signed_in, work):
    a_call(council, secretary)
    send_link(want_link(council.members[1].email))
    work()
    sign_in = db.session.scalar(select(Letter).where(Letter.kind == "sign-in"))
    call = db.session.scalar(select(Letter).where(Letter.kind == "invitation"))

    assert signed_in(council.secretary).get(f"/kontor/utgaende-post/{sign_in.id}").status_code == 404
    other = signed_in(a_council("Annenregionen IPR").secretary)
    assert other.get(f"/kontor/utgaende-post/{call.id}").status_code == 404
    assert other.get(f"/kontor/utgaende-post/{call.id}/brev.eml").status_code == 404


def test_letters_that_did_not_arrive_stand_on_the_desk(council, secretary, signed_in, work):
    a_call(council, secretary)
    work()
    letter = db.session.scalar(select(Letter).order_by(Letter.id))
    letter.state = LetterState.FAILED
    db.session.commit()
    browser = signed_in(council.secretary)

    assert letter.to_address in browser.see("/kontor").text
    assert "1 brev" in browser.see("/kontor/utgaende-post?vis=feil").text


@pytest.mark.parametrize("asked", ["0", "-1", "99999999999999999999", "x", "' OR 1=1"])
def test_any_place_in_the_list_is_survived(council, signed_in, asked):
    assert signed_in(council.secretary).get("/kontor/utgaende-post", query_string={"etter": asked}).status_code == 200


@pytest.mark.parametrize("state", list(MeetingState))
def test_every_state_of_a_meeting_has_a_next_step_and_pages(council, signed_in, state):
    meeting = a_meeting(council, state=state)
    browser = signed_in(council.secretary)

    for url in ("/kontor", "/min-side", f"/kontor/moter/{meeting.id}/innkalling", f"/kontor/moter/{meeting.id}/deltakere"):
        assert browser.get(url).status_code == 200, url

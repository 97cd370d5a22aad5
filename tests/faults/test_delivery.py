"""A mail server that refuses, breaks off or falls silent: each receiver gets what is true of their letter, and no letter multiplies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from meetingapp.accounts.commands import make_partner_link
from meetingapp.core.database import db
from meetingapp.core.mail import post, transport
from meetingapp.core.mail.models import LetterState
from meetingapp.core.outbox import Task, TaskState
from meetingapp.core.outbox.worker import WAITS
from tests.factories import a_person
from tests.faults import smtp
from tests.faults.conftest import letters_by_address
from tests.invitations.support import a_call

QUARTER = timedelta(minutes=16)


def partner_letters(many: int, council) -> list[str]:
    """So many letters that wait to be sent, one receiver each: partners get their personal links."""
    partners = [a_person(f"Mottaker{number} Hansen", council.partner) for number in range(many)]
    for partner in partners:
        make_partner_link(council.council, partner, by=None)
    db.session.commit()
    return [partner.email for partner in partners]


@pytest.mark.shows("promise-12", "promise-2")
def test_each_of_fifty_gets_what_is_true_of_their_letter(council, mail_server, work):
    addresses = partner_letters(50, council)
    odd = dict(zip(addresses, [smtp.REFUSED, smtp.GREYLIST, smtp.LOCAL, smtp.FULL, smtp.CLOSING, smtp.DROP], strict=False))
    mail_server.mode = lambda to, before: odd.get(to, smtp.OK)

    work()

    letters = letters_by_address()
    assert [letters[one].state for one in addresses[:6]] == [
        LetterState.FAILED,
        *[LetterState.DELAYED] * 4,
        LetterState.UNKNOWN,
    ]
    assert {letters[one].state for one in addresses[6:]} == {LetterState.HANDED_OVER}
    assert "Nobody here" in letters[addresses[0]].events[-1].reply
    assert "Greylisted" in letters[addresses[1]].events[-1].reply
    assert sorted(to for to, _ in mail_server.got) == sorted(addresses[5:])


@pytest.mark.shows("promise-12")
def test_a_greylisted_letter_goes_at_the_next_try(council, mail_server, work, pass_time):
    (address,) = partner_letters(1, council)
    mail_server.mode = lambda to, before: smtp.GREYLIST if before == 0 else smtp.OK
    work()
    pass_time(timedelta(minutes=WAITS[0]))

    work()

    assert letters_by_address()[address].state is LetterState.HANDED_OVER
    assert mail_server.tried[address] == 2


@pytest.mark.shows("promise-12")
@pytest.mark.parametrize(("url", "said"), [("{}?starttls=1", "454"), ("smtp://mote:feil@{}", "535")])
def test_no_security_and_no_right_to_send_delay_and_are_told(app, council, mail_server, work, url, said):
    mail_server.offers = ("STARTTLS", "AUTH PLAIN LOGIN")
    app.config["SMTP_URL"] = url.format(mail_server.url if "{}?" in url else mail_server.url.removeprefix("smtp://"))
    (address,) = partner_letters(1, council)

    work()

    letter = letters_by_address()[address]
    assert letter.state is LetterState.DELAYED
    assert said in letter.events[-1].reply
    assert mail_server.got == []


@pytest.mark.shows("promise-4", "promise-12")
@pytest.mark.parametrize("how", [smtp.DROP, smtp.STALL])
def test_a_lost_answer_waits_a_quarter_and_is_sent_three_times_at_most(council, mail_server, work, pass_time, monkeypatch, how):
    monkeypatch.setattr(transport, "TIMEOUT", 0.2)
    mail_server.stall = 0.6
    mail_server.mode = lambda to, before: how
    partner_letters(2, council)
    work()
    work()  # at once is too soon
    assert {letter.state for letter in letters_by_address().values()} == {LetterState.UNKNOWN}
    assert len(mail_server.got) == len(letters_by_address())

    for _ in range(4):
        pass_time(QUARTER)
        work()

    letters = letters_by_address()
    assert {letter.state for letter in letters.values()} == {LetterState.FAILED}
    assert {db.session.get_one(Task, letter.task_id).state for letter in letters.values()} == {TaskState.FAILED}
    copies = {address: [raw for to, raw in mail_server.got if to == address] for address in letters}
    assert {len(of_one) for of_one in copies.values()} == {1 + post.MOST_DOUBTS}
    assert {len(set(of_one)) for of_one in copies.values()} == {1}  # byte by byte the same, so with the same Message-ID


@pytest.mark.shows("promise-3", "promise-4")
def test_what_may_have_arrived_is_sent_again_as_it_was_though_the_meeting_has_changed(council, secretary, mail_server, work, pass_time):
    mail_server.mode = lambda to, before: smtp.DROP if before == 0 else smtp.OK
    meeting = a_call(council, secretary).meeting
    work()
    meeting.sequence, meeting.place, uid = 3, "Et annet sted", meeting.calendar_uid
    db.session.commit()
    pass_time(QUARTER)

    work()

    for address, letter in letters_by_address().items():
        first, second = [mail for to, mail in mail_server.letters() if to == address]
        assert letter.state is LetterState.HANDED_OVER
        assert first["Message-ID"] == second["Message-ID"] == letter.message_id
        events = [Calendar.from_ical(part.get_content().encode()).events[0] for mail in (first, second) for part in _calendars(mail)]
        assert {(str(event["UID"]), event["SEQUENCE"]) for event in events} == {(uid, 0)}


def _calendars(mail):
    return [part for part in mail.walk() if part.get_content_type() == "text/calendar"]

"""The secretary and the letters that do not come through: what is shown, what she can do, and by when she must be told."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select

from meetingapp.agendas import commands as agendas
from meetingapp.core import clock
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.outbox import Task, TaskState
from meetingapp.invitations.queries import checks
from meetingapp.invitations.queries.people import meeting_day
from tests.factories import a_case, a_meeting
from tests.faults import smtp
from tests.faults.conftest import letters_by_address
from tests.invitations.support import a_call


@pytest.fixture
def refused(council, secretary, mail_server, work):
    """A call whose letter to one member has been refused. Returns the letter's id."""
    address = council.members[1].email
    mail_server.mode = lambda to, before: smtp.REFUSED if to == address else smtp.OK
    a_call(council, secretary)
    work()
    return letters_by_address()[address].id


def test_a_failed_letter_is_tried_again_when_the_secretary_says_so(council, refused, mail_server, signed_in, work):
    mail_server.mode = lambda to, before: smtp.OK
    browser = signed_in(council.secretary)
    assert "Dette kan du gjøre" in browser.see(f"/kontor/utgaende-post/{refused}").text

    assert browser.submit(f"/kontor/utgaende-post/{refused}", form="prov-na").status_code == 303
    work()

    assert db.session.get_one(Letter, refused).state is LetterState.HANDED_OVER
    assert "Prøv igjen nå" not in browser.see(f"/kontor/utgaende-post/{refused}").text
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "letter.try_again")).one()
    assert (entry.thing_id, entry.person_id) == (refused, council.secretary.id)


def test_a_letter_to_someone_who_was_told_by_phone_is_not_sent(council, secretary, mail_server, signed_in, work, pass_time):
    mail_server.mode = lambda to, before: smtp.GREYLIST
    a_call(council, secretary)
    work()
    letter = next(iter(letters_by_address().values()))
    number = letter.id
    browser = signed_in(council.secretary)
    assert browser.submit(f"/kontor/utgaende-post/{number}", form="varslet").status_code == 422
    assert browser.submit(f"/kontor/utgaende-post/{number}", form="varslet", how="phone", note="Ringt mandag").status_code == 303
    mail_server.mode = lambda to, before: smtp.OK
    pass_time(timedelta(hours=1))
    work()

    letter = db.session.get_one(Letter, number)
    assert letter.state is LetterState.TOLD
    assert letter.events[-1].reply == "phone: Ringt mandag"
    assert db.session.get_one(Task, letter.task_id).state is TaskState.WITHDRAWN
    assert letter.to_address not in {to for to, _ in mail_server.got}
    assert db.session.scalars(select(AuditEntry).where(AuditEntry.action == "letter.told")).one().details["how"] == "phone"


def test_nobody_else_acts_on_the_post(council, refused, signed_in):
    member, page = signed_in(council.members[1]), f"/kontor/utgaende-post/{refused}"
    fields = dict(member.see("/min-side").forms[0].fields)
    for address in (f"{page}/prov-na", f"{page}/varslet"):
        assert member.post(address, data={**fields, "how": "phone"}).status_code in (403, 404)
    assert db.session.get_one(Letter, refused).state is LetterState.FAILED


@pytest.mark.shows("promise-2")
def test_a_letter_near_its_deadline_is_shouted_about_until_somebody_is_told(app, council, refused, signed_in):
    letter = db.session.get_one(Letter, refused)
    assert letter.due_by is not None
    browser, due = signed_in(council.secretary), letter.due_by
    shouted = "1 brev er ikke kommet ut, og fristen er nær"
    with clock.frozen(due - timedelta(hours=25)):
        assert shouted not in browser.see("/kontor").text
    with clock.frozen(due - timedelta(hours=23)):
        assert shouted in browser.see("/kontor").text
        assert browser.submit(f"/kontor/utgaende-post/{refused}", form="varslet", how="paper").status_code == 303
        assert shouted not in browser.see("/kontor").text


def test_a_queue_that_stands_still_is_shown_after_a_quarter(council, secretary, signed_in, pass_time):
    a_call(council, secretary)
    browser = signed_in(council.secretary)
    pass_time(timedelta(minutes=14))
    assert "Ingenting er sendt" not in browser.see("/kontor").text
    pass_time(timedelta(minutes=9))

    for address in ("/kontor", "/kontor/utgaende-post"):
        assert "Ingenting er sendt på 23 minutter" in browser.see(address).text


HOUR_OF_NINE = {  # in UTC
    date(2027, 3, 28): 7,  # summer time has begun in the night
    date(2027, 10, 31): 8,  # and has ended
    date(2028, 2, 29): 8,
    date(2027, 1, 1): 8,
    date(2026, 12, 31): 8,
}


@pytest.fixture
def planned(council):
    return a_meeting(council)


def counted(first: date, last: date) -> int:
    """Days from one to the other, one by one."""
    days, day, step = 0, first, 1 if last >= first else -1
    while day != last:
        day, days = day + timedelta(days=step), days + step
    return days


@pytest.mark.shows("promise-11")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(day=st.dates(date(2026, 11, 24), date(2036, 12, 31)), clock_time=st.times(), before=st.integers(0, 60), asked_at=st.times())
@example(day=date(2027, 3, 28), clock_time=time(9), before=14, asked_at=time(23, 59))
@example(day=date(2027, 11, 1), clock_time=time(0, 30), before=1, asked_at=time(2, 30))
@example(day=date(2028, 3, 1), clock_time=time(23, 59), before=1, asked_at=time(0, 0))
@example(day=date(2027, 1, 1), clock_time=time(0, 0), before=1, asked_at=time(23, 59))
def test_deadlines_are_counted_in_days_of_oslo(planned, day, clock_time, before, asked_at):
    meeting = planned
    meeting.starts_at = datetime.combine(day, clock_time, tzinfo=clock.OSLO).astimezone(UTC)
    meeting.ends_at = meeting.starts_at + timedelta(hours=4)
    asked = datetime.combine(day - timedelta(days=before), asked_at, tzinfo=clock.OSLO).astimezone(UTC)
    with clock.frozen(asked):
        today = clock.today()
        assert meeting_day(meeting) == day
        assert checks.days_of_notice(meeting) == counted(today, day) == before
        limit = checks.notice_days(meeting)
        assert checks.needs_reason(meeting) is (before < limit)
        reply_by = checks.default_reply_by(meeting)
        assert today <= reply_by <= max(today, day - timedelta(days=1))
        due = checks.due_by(meeting, "notice_days")
        assert due > asked or due == meeting.starts_at
        if before >= limit:  # midnight after the last day that keeps the limit, on the wall clock of that night
            local = clock.local(due)
            assert (local.date(), local.hour, local.minute) == (day - timedelta(days=limit - 1), 0, 0)


@pytest.mark.shows("promise-11")
@pytest.mark.parametrize("day", HOUR_OF_NINE, ids=str)
def test_a_calendar_object_says_the_clock_time_people_wrote_also_on_odd_days(council, secretary, mail_server, work, day):
    with clock.frozen(datetime.combine(day - timedelta(days=20), time(12), tzinfo=clock.OSLO)):
        a_call(council, secretary, days=20)
        work()
    for _, mail in mail_server.letters():
        (text,) = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
        assert f"DTSTART;TZID=Europe/Oslo:{day:%Y%m%d}T090000" in text
        event = Calendar.from_ical(text.encode()).events[0]
        assert event.start.astimezone(UTC).hour == HOUR_OF_NINE[day]


@pytest.mark.shows("promise-11")
@pytest.mark.parametrize(
    ("starts", "year"), [(datetime(2026, 12, 31, 22, 30, tzinfo=UTC), 2026), (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), 2027)]
)
def test_numbers_belong_to_the_year_that_the_meeting_has_in_oslo(council, starts, year):
    meeting = a_meeting(council, starts_at=starts, ends_at=starts + timedelta(hours=1))
    agendas.add_cases(meeting, [a_case(council.council)], by=None)

    (number,) = agendas.fix_agenda(meeting, by=None)

    assert number.year == year

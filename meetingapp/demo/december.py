"""The meeting of 4 December 2026: called, with answers, one letter that did not arrive, and a deputy asked."""

from __future__ import annotations

from datetime import date
from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import queries as agenda_queries
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.database.numbers import raise_counter
from meetingapp.core.mail.post import note_failure
from meetingapp.demo.source import Source
from meetingapp.demo.steps import at, make_case, plan_as_it_was, publish, send_call, work_off
from meetingapp.invitations import commands as invitation_commands
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply
from meetingapp.meetings.models import Meeting

LAST_NUMBER_BEFORE = 20  # RR 20/26 was given in October
REASONS = {"other_office": "office"}


def load(source: Source) -> None:
    """Load the meeting to where it stands on 23 November."""
    given = source.meeting("m8")
    with clock.frozen(at(date(2026, 11, 19), "09:00")), write():
        secretary = Actor(source.person("p13"))
        raise_counter(agenda_queries.series_key(source.body("RR"), 2026), LAST_NUMBER_BEFORE)
        for item in given["agenda"]:
            if item["kind"] == "case":
                make_case(source, item["case"], secretary=secretary)
        meeting = plan_as_it_was(source, given, secretary=secretary)
        agenda_commands.fix_agenda(meeting, by=secretary)
        meeting_id = meeting.id
    with clock.frozen(at(date(2026, 11, 20), "10:00")):
        send_call(source, meeting_id, reply_by=date(2026, 11, 27), secretary=Actor(source.person("p13")))
        work_off()
    for reply in given["replies"]:
        _answer(source, reply, meeting_id)
    work_off()
    publish(source, meeting_id, at(date(2026, 11, 20), "12:00"))


def _answer(source: Source, given: dict[str, Any], meeting_id: int) -> None:
    day = given.get("at", date(2026, 11, 20))
    with clock.frozen(at(day, "16:00")), write():
        meeting = db.session.get_one(Meeting, meeting_id)
        invitation = invitation_queries.invitation_of(meeting, source.person(given["person"]))
        assert invitation is not None  # every member was called
        if given.get("delivery") == "failed":
            letter = invitation_queries.delivery_of([invitation])[invitation.id]
            note_failure(letter, reply=given["delivery_note"])
        if given["answer"] == "accepted":
            invitation_commands.answer(invitation, Reply.ACCEPTED, via="link", by=None)
        elif given["answer"] == "declined":
            reason = REASONS.get(given["reason"], "other")
            invitation_commands.answer(invitation, Reply.DECLINED, reason=reason, via="link", by=None)
            db.session.flush()
            open_chairs = invitation_queries.vacancies(meeting, invitation_queries.invitations_of(meeting))
            seats = {seat.person_id: seat for chair in open_chairs if chair.declined is invitation for seat in chair.deputies}
            for deputy in given.get("deputies", []):
                seat = seats[source.person(deputy["person"]).id]
                invitation_commands.call_deputy(invitation, seat, by=Actor(source.person("p13")))

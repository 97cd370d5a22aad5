"""A meeting that has been called, answered and opened, and what tests do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem
from meetingapp.cases.models import Case
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.files import store
from meetingapp.council.models import Person
from meetingapp.invitations import commands as invitation_commands
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, compose, queries
from meetingapp.minutes.models import Attendance, Deliberation, Edition, Minutes, Outcome, Subject, Vote
from meetingapp.minutes.views.record import record_pdf
from tests.factories import TestCouncil, a_case, a_meeting

TEXT, DECISION = "Det var en god samtale.", "Forslaget vedtas."


@dataclass
class Sitting:
    """An open meeting with its council."""

    council: TestCouncil
    meeting: Meeting
    by: Actor

    @property
    def items(self) -> list[AgendaItem]:
        return list(agenda_queries.items_of(self.meeting))

    @property
    def done(self) -> list[Deliberation]:
        """What happened with each item, in their order."""
        found = queries.deliberations_of(self.meeting)
        return [found[item.id] for item in self.items]

    @property
    def minutes(self) -> Minutes:
        found = queries.minutes_of(self.meeting)
        assert found is not None
        return found

    @property
    def base(self) -> str:
        return f"/kontor/moter/{self.meeting.id}/motebok"

    def at(self, hours: int, minutes: int = 0) -> datetime:
        """A clock time in Oslo on the day of the meeting; it begins at 9."""
        return self.meeting.starts_at + timedelta(hours=hours - 9, minutes=minutes)

    def row_of(self, person: Person) -> Attendance:
        return next(row for row in queries.attendance_of(self.meeting) if row.person_id == person.id)

    def vote(self, number: int = 0, *, against: Sequence[Person] = (), at: datetime | None = None, **given: Any) -> Vote:
        """A vote under one item, at 10 by default, on the recommendation by default."""
        defaults: dict[str, Any] = {"subject": Subject.RECOMMENDATION, "against": [one.id for one in against], "by": self.by}
        made = commands.record_vote(self.done[number], **(defaults | {"at": at or self.at(10)} | given))
        db.session.commit()
        return made

    def save(self, number: int = 0, **given: Any) -> None:
        done = self.done[number]
        defaults: dict[str, Any] = {"text": TEXT, "outcome": Outcome.ADOPTED, "decision": DECISION, "seen_version": done.version}
        commands.save_deliberation(done, by=self.by, **(defaults | given))
        db.session.commit()

    def finish(self) -> None:
        """Everything that the law wants: each item decided by a vote, and the meeting ended at 13."""
        for number, done in enumerate(self.done):
            if not done.votes:
                self.vote(number)
            if done.outcome is Outcome.NOT_DEALT_WITH:
                self.save(number)
        commands.end_meeting(self.meeting, by=self.by, at=self.at(13))
        db.session.commit()

    def send(self) -> None:
        commands.send_for_approval(self.minutes, elected=[self.council.members[2]], by=self.by)
        db.session.commit()

    @property
    def seen(self) -> str:
        """The fingerprint of the record as it is now."""
        return compose.fingerprint(compose.document(self.meeting))

    def approve(self) -> None:
        """The chair and the elected approve what stands there."""
        for person in (self.council.chair, self.council.members[2]):
            commands.approve(self.minutes, person, seen_hash=self.seen, by=Actor(person))
        db.session.commit()

    def lock(self, correction: str = "", *, pdf: bool = False) -> Edition:
        file = None
        if pdf:
            made = record_pdf(self.minutes, correction)
            file = store.register(store.keep_bytes(made), media_type="application/pdf", size=len(made))
        edition = commands.lock(self.minutes, by=self.by, pdf=file, correction=correction)
        db.session.commit()
        return edition

    def locked(self, *, pdf: bool = False) -> Edition:
        """The whole way from the vote to the lock."""
        self.finish()
        self.send()
        self.approve()
        return self.lock(pdf=pdf)

    def corrected(self, decision: str, what: str, *, pdf: bool = False) -> Edition:
        """A second edition with another decision under the first item."""
        commands.correct(self.minutes, what=what, by=self.by)
        self.save(decision=decision)
        self.send()
        self.approve()
        return self.lock(what, pdf=pdf)


def called(council: TestCouncil, *titles: str, cases: Sequence[Case] = (), days: int = 30) -> Sitting:
    """A meeting so many days ahead with some cases, its agenda fixed and everybody called."""
    by, meeting = Actor(council.secretary), a_meeting(council, days=days)
    chosen = [*cases, *(a_case(council.council, title) for title in titles)] or [a_case(council.council)]
    agenda_commands.add_cases(meeting, chosen, by=by)
    agenda_commands.fix_agenda(meeting, by=by)
    invitation_commands.call_meeting(meeting, by=by, reply_by=clock.today() + timedelta(days=7))
    db.session.commit()
    return Sitting(council, meeting, by)


def reply(sitting: Sitting, person: Person, answer: Reply, reason: str = "") -> None:
    invitation = invitation_queries.invitation_of(sitting.meeting, person)
    assert invitation is not None
    invitation_commands.answer(invitation, answer, via="link", by=None, reason=reason)
    db.session.commit()


def opened(council: TestCouncil, *titles: str, cases: Sequence[Case] = (), days: int = 30) -> Sitting:
    """The same meeting, opened at 9 with all five members and the secretary there."""
    sitting = called(council, *titles, cases=cases, days=days)
    for person in (*council.members, council.secretary):
        reply(sitting, person, Reply.ACCEPTED)
    commands.open_meeting(sitting.meeting, by=sitting.by, at=sitting.at(9))
    db.session.commit()
    return sitting

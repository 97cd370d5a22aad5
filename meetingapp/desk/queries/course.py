"""The life of one case, gathered over the floors: its meetings with numbers, what they decided, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem, CaseNumber
from meetingapp.cases.models import Case
from meetingapp.core import clock, policy
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.council.models import Body
from meetingapp.desk.history import last_done
from meetingapp.followups import queries as followup_queries
from meetingapp.followups.models import Action, ActionState
from meetingapp.invitations.models import Call, CallPaper
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.compose import sentences
from meetingapp.minutes.models import Deliberation, Edition, Outcome, Subject
from meetingapp.minutes.policy import is_readable
from meetingapp.minutes.votes import count
from meetingapp.publishing import queries as publications
from meetingapp.publishing.models import SnapshotKind

DECIDES = (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED, Outcome.NOT_ADOPTED, Outcome.NOTED, Outcome.SUMMARISED)
ASIDE = (Subject.RECUSAL, Subject.CLOSING)  # votes on other things than the case


@dataclass(frozen=True)
class Sitting:
    """The case in one meeting, with as much of it as the reader may see."""

    item: AgendaItem
    number: str  # "RR 13/26", or empty before the agenda is fixed
    done: Deliberation | None = None  # None while the minutes are not the reader's to read
    edition: Edition | None = None  # the newest, once the minutes are locked
    votes: Sequence[str] = ()  # how each vote went, in sentences

    @property
    def meeting(self) -> Meeting:
        return self.item.meeting

    @property
    def outcome(self) -> Outcome | None:
        return self.done.outcome if self.done is not None and self.done.outcome is not Outcome.NOT_DEALT_WITH else None

    @property
    def has_been(self) -> bool:
        return self.meeting.state is MeetingState.ENDED or self.outcome is not None


@dataclass
class Course:
    """What the case page shows beyond the case itself."""

    sittings: list[Sitting]  # the oldest meeting first; cancelled ones are left out
    actions: list[Action] = field(default_factory=list)
    ready_at: datetime | None = None
    withdrawn_at: datetime | None = None
    sent_on: list[tuple[datetime, str]] = field(default_factory=list)  # when, and the name of the body it was sent on to
    sent_papers: dict[int, datetime] = field(default_factory=dict)  # paper id → when it first went with a call
    sent_files: dict[int, datetime] = field(default_factory=dict)  # attachment id → the same
    public_path: str = ""

    @property
    def number(self) -> str:
        """The newest number."""
        return next((sitting.number for sitting in reversed(self.sittings) if sitting.number), "")

    @property
    def decided(self) -> Sitting | None:
        """The newest meeting that ended the case for its body, with the decision word for word."""
        return next((sitting for sitting in reversed(self.sittings) if sitting.outcome in DECIDES), None)

    @property
    def closed_actions(self) -> int:
        return sum(1 for action in self.actions if action.state in (ActionState.DONE, ActionState.DROPPED))

    @property
    def late_actions(self) -> int:
        return sum(1 for action in self.actions if action.days_over(clock.today()))


def course_of(actor: Any, case: Case) -> Course:
    """The life of `case` as `actor` may see it. Some fifteen queries, however many meetings and actions.

    Outside the council nothing; without the right to read what is closed, no words of an exempt case.
    """
    if not actor.is_inside(case.council_id):
        return Course([])
    reads_words = not case.is_exempt or policy.allows(actor, "case.read_closed", case)
    course = Course(_sittings(actor, case, reads_words=reads_words), followup_queries.actions_from(case))
    course.ready_at, course.withdrawn_at = last_done("case.ready", "case", case.id), last_done("case.withdraw", "case", case.id)
    course.sent_on = _sent_on(case)
    _add_sent(course, case)
    public = publications.current(SnapshotKind.CASE, case.id)
    course.public_path = public.snapshot.path if public is not None and public.snapshot is not None else ""
    return course


def _sittings(actor: Any, case: Case, *, reads_words: bool) -> list[Sitting]:
    items = [item for item in agenda_queries.items_of_case(case) if item.meeting.state is not MeetingState.CANCELLED]
    numbers = agenda_queries.numbers_of_cases([case.id]).get(case.id, [])
    minutes = minutes_queries.minutes_of_meetings([item.meeting_id for item in items])
    done = {one.item_id: one for one in minutes_queries.decisions_of(case)}
    found = []
    for item in items:
        number, kept = _number_in(item.meeting, numbers), minutes.get(item.meeting_id)
        if not is_readable(actor, item.meeting, kept):
            found.append(Sitting(item, number))
            continue
        said = done.get(item.id)
        votes = _votes(said) if said is not None and reads_words else ()
        found.append(Sitting(item, number, said, kept.edition if kept is not None else None, votes))
    return found


def _number_in(meeting: Meeting, numbers: Sequence[CaseNumber]) -> str:
    """The number given for this meeting, else the newest that the case had in its leading body before it."""
    own = [number for number in numbers if number.meeting_id == meeting.id]
    before = [number for number in numbers if number.body_id == meeting.body.id and number.given_at <= meeting.starts_at]
    return (own or before)[-1].text if own or before else ""


def _votes(done: Deliberation) -> list[str]:
    """How the votes on the case itself went; those on disqualification and closed doors stand in the minutes."""
    return [
        sentence
        for vote in done.votes
        if vote.subject not in ASIDE
        for sentence in sentences.result(vote, count([(one.person_id, one.is_for) for one in vote.ballots], vote.chair_id), vote.chair)
    ]


def _sent_on(case: Case) -> list[tuple[datetime, str]]:
    """When the case was sent on from one body to the next, from the log. Two queries."""
    rows = db.session.execute(
        select(AuditEntry.at, AuditEntry.details)
        .where(AuditEntry.thing == "case", AuditEntry.thing_id == case.id, AuditEntry.action == "case.send_on")
        .order_by(AuditEntry.id)
    ).all()
    names = {row.id: row.name for row in db.session.execute(select(Body.id, Body.name).where(Body.council_id == case.council_id))}
    return [(at, names.get(details["body"], "")) for at, details in rows]


def _add_sent(course: Course, case: Case) -> None:
    """When each paper and file of the case first went out. One query."""
    papers, files = [paper.id for paper in case.papers], [attachment.id for attachment in case.attachments]
    rows = db.session.execute(
        select(CallPaper.paper_id, CallPaper.attachment_id, Call.sent_at)
        .join(CallPaper.call)
        .where(Call.stopped_at.is_(None), CallPaper.paper_id.in_(papers) | CallPaper.attachment_id.in_(files))
    )
    for paper_id, attachment_id, sent_at in sorted(rows, key=lambda row: row.sent_at):
        if paper_id is not None:
            course.sent_papers.setdefault(paper_id, sent_at)
        if attachment_id is not None:
            course.sent_files.setdefault(attachment_id, sent_at)

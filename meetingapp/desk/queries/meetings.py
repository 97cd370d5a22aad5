"""What the secretary's desk knows of many meetings at once: as many queries for twenty as for two."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from meetingapp.agendas.models import AgendaItem, CaseNumber
from meetingapp.cases.models import Attachment, Case, CasePaper, Part
from meetingapp.cases.queries import NEEDS_RECOMMENDATION
from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter
from meetingapp.council.models import Body, Person
from meetingapp.invitations.models import Call, CallPaper, Capacity, Invitation, Reply
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState
from meetingapp.minutes.models import Minutes, MinutesState, Signatory

MOST = 25  # meetings
FORGOTTEN = timedelta(days=60)  # a meeting that was never opened is asked about this long
UNLOCKED = tuple(state for state in MinutesState if state is not MinutesState.LOCKED)
GOES_ON = (MeetingState.CALLED, MeetingState.IN_SESSION, MeetingState.ADJOURNED, MeetingState.ENDED)


@dataclass(frozen=True)
class OnAgenda:
    """A case on a meeting's agenda, and what it lacks."""

    case_id: int
    title: str
    number: str  # "RR 13/26", or empty before the agenda is fixed
    lacks: str  # "", "title", "paper", "recommendation"
    officer: Person | None
    is_sent: bool  # whether all of it that there is has gone out with a call

    @property
    def name(self) -> str:
        return self.number or f"«{self.title}»"


@dataclass
class Facts:
    """One meeting with all that its checklist asks."""

    meeting: Meeting
    cases: list[OnAgenda] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)  # that were not stopped, oldest first
    invitations: list[Invitation] = field(default_factory=list)  # that stand; people come loaded
    minutes: Minutes | None = None  # signatories come loaded
    reminded: dict[int, date] = field(default_factory=dict)  # invitation id → when a reminder was last made
    asked: dict[int, date] = field(default_factory=dict)  # signatory id → when a letter last asked for approval

    @property
    def day(self) -> date:
        return clock.local(self.meeting.starts_at).date()

    @property
    def body(self) -> Body:
        return self.meeting.body

    @property
    def unanswered(self) -> list[Invitation]:
        return [one for one in self.invitations if one.reply is Reply.NEEDS_ACTION]

    @property
    def empty_chairs(self) -> list[Invitation]:
        """Members who have declined, and for whom no deputy has been asked who has not declined too."""
        filled = {one.for_seat_id for one in self.invitations if one.capacity is Capacity.DEPUTY and one.reply is not Reply.DECLINED}
        return [
            one
            for one in self.invitations
            if one.capacity is Capacity.MEMBER and one.reply is Reply.DECLINED and one.seat_id is not None and one.seat_id not in filled
        ]

    @property
    def unready(self) -> list[OnAgenda]:
        return [one for one in self.cases if one.lacks]

    @property
    def unsent(self) -> list[OnAgenda]:
        return [one for one in self.cases if not one.is_sent]


def to_look_after(actor: Any, council_id: int) -> Sequence[Meeting]:
    """The meetings that something remains to be done with, nearest first: those to come, and those whose minutes are not locked.

    At most `MOST`. Two queries; bodies come loaded.
    """
    now = clock.now()
    unlocked = select(Minutes.meeting_id).where(Minutes.state.in_(UNLOCKED))
    kept = or_(Minutes.id.is_not(None), Meeting.ends_at > now - FORGOTTEN)
    query = (
        select(Meeting)
        .outerjoin(Minutes, Minutes.meeting_id == Meeting.id)
        .where(
            Meeting.id.in_(unlocked.union_all(select(Meeting.id).where(Meeting.ends_at > now - FORGOTTEN))),  # few, and found by an index
            Meeting.council_id == council_id,
            Meeting.state != MeetingState.CANCELLED,
            or_(Meeting.ends_at > now, Meeting.state.in_(GOES_ON) & kept),
            or_(Minutes.id.is_(None), Minutes.state != MinutesState.LOCKED),
        )
        .options(joinedload(Meeting.council), selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST)
    )
    return db.session.scalars(policy.scope(actor, query, meeting_queries.visible)).all()


def facts_of(meetings: Sequence[Meeting]) -> list[Facts]:
    """What the checklists of some meetings ask. Ten queries, however many."""
    found = {meeting.id: Facts(meeting) for meeting in meetings}
    ids = list(found)
    for call in db.session.scalars(select(Call).where(Call.meeting_id.in_(ids), Call.stopped_at.is_(None)).order_by(Call.id)):
        found[call.meeting_id].calls.append(call)
    for invitation in db.session.scalars(
        select(Invitation)
        .where(Invitation.meeting_id.in_(ids), Invitation.withdrawn_at.is_(None))
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
    ):
        found[invitation.meeting_id].invitations.append(invitation)
    for minutes in db.session.scalars(
        select(Minutes).where(Minutes.meeting_id.in_(ids)).options(selectinload(Minutes.signatories).joinedload(Signatory.person))
    ):
        found[minutes.meeting_id].minutes = minutes
    _add_letters(found.values())
    for meeting_id, cases in _cases_on(meetings).items():
        found[meeting_id].cases = cases
    return list(found.values())


def _add_letters(all_facts: Iterable[Facts]) -> None:
    """When those who have not answered or approved were last written to. One query."""
    waits: dict[tuple[str, int], dict[int, date]] = {}
    for facts in all_facts:
        waits |= {("reminder", one.id): facts.reminded for one in facts.unanswered}
        if facts.minutes is not None:
            waits |= {("minutes-approval", one.id): facts.asked for one in facts.minutes.signatories if one.approved_at is None}
    of_kind = [
        (Letter.kind == kind) & Letter.about.in_([about for other, about in waits if other == kind])
        for kind in ("reminder", "minutes-approval")
    ]
    rows = db.session.execute(
        select(Letter.kind, Letter.about, func.max(Letter.made_at)).where(or_(*of_kind)).group_by(Letter.kind, Letter.about)
    )
    for kind, about, made_at in rows:
        waits[kind, about][about] = clock.local(made_at).date()


def _cases_on(meetings: Sequence[Meeting]) -> dict[int, list[OnAgenda]]:
    """Meeting id → the cases on its agenda, in order. Six queries; no text is read."""
    ids = [meeting.id for meeting in meetings]
    parent = aliased(AgendaItem)
    rows = db.session.execute(
        select(AgendaItem.meeting_id, Case)
        .join(AgendaItem.case)
        .outerjoin(parent, parent.id == AgendaItem.parent_id)
        .where(AgendaItem.meeting_id.in_(ids))
        .options(joinedload(Case.officer))
        .order_by(
            func.coalesce(parent.position, AgendaItem.position), AgendaItem.parent_id.is_not(None), AgendaItem.position, AgendaItem.id
        )
    ).all()
    case_ids = {case.id for _, case in rows}
    newest = _newest_papers(case_ids)
    files = _attachments(case_ids)
    sent_papers, sent_files = _sent(ids)
    numbers = _numbers(case_ids)
    found: dict[int, list[OnAgenda]] = defaultdict(list)
    body_of = {meeting.id: meeting.body.id for meeting in meetings}
    for meeting_id, case in rows:
        paper = newest.get((case.id, Part.OPEN))
        there = {one.id for (case_id, _), one in newest.items() if case_id == case.id}
        is_sent = there <= sent_papers[meeting_id] and files[case.id] <= sent_files[meeting_id]
        number = numbers.get((case.id, body_of[meeting_id]), "")
        found[meeting_id].append(OnAgenda(case.id, case.title, number, _lacks(case, paper), case.officer, is_sent))
    return found


@dataclass(frozen=True)
class _Paper:
    id: int
    has_text: bool
    has_recommendation: bool


def _newest_papers(case_ids: Iterable[int]) -> dict[tuple[int, Part], _Paper]:
    rows = db.session.execute(
        select(CasePaper.case_id, CasePaper.part, CasePaper.id, CasePaper.text != "", CasePaper.recommendation != "")
        .where(CasePaper.case_id.in_(case_ids))
        .order_by(CasePaper.version)
    )
    return {(case_id, part): _Paper(paper_id, bool(text), bool(recommends)) for case_id, part, paper_id, text, recommends in rows}


def _lacks(case: Case, paper: _Paper | None) -> str:
    """The first thing that a case lacks before its papers can go out."""
    if not case.public_title:
        return "title"
    if paper is None or not paper.has_text:
        return "paper"
    return "recommendation" if case.kind in NEEDS_RECOMMENDATION and not paper.has_recommendation else ""


def _attachments(case_ids: Iterable[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    rows = db.session.execute(
        select(Attachment.case_id, Attachment.id).where(Attachment.case_id.in_(case_ids), Attachment.removed_at.is_(None))
    )
    for case_id, attachment_id in rows:
        found[case_id].add(attachment_id)
    return found


def _sent(meeting_ids: Sequence[int]) -> tuple[dict[int, set[int | None]], dict[int, set[int | None]]]:
    """Meeting id → the papers, and the attachments, that have gone out with a call that was not stopped."""
    papers: dict[int, set[int | None]] = defaultdict(set)
    files: dict[int, set[int | None]] = defaultdict(set)
    rows = db.session.execute(
        select(Call.meeting_id, CallPaper.paper_id, CallPaper.attachment_id)
        .join(CallPaper, CallPaper.call_id == Call.id)
        .where(Call.meeting_id.in_(meeting_ids), Call.stopped_at.is_(None))
    )
    for meeting_id, paper_id, attachment_id in rows:
        papers[meeting_id].add(paper_id)
        files[meeting_id].add(attachment_id)
    return papers, files


def _numbers(case_ids: Iterable[int]) -> dict[tuple[int, int], str]:
    """(case id, body id) → the newest number."""
    rows = db.session.execute(
        select(CaseNumber.case_id, CaseNumber.body_id, CaseNumber.text).where(CaseNumber.case_id.in_(case_ids)).order_by(CaseNumber.id)
    )
    return {(case_id, body_id): text for case_id, body_id, text in rows}

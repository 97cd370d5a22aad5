"""Reads across the floors: what waits for whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, selectinload

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case
from meetingapp.core import clock, policy
from meetingapp.core.database import database_now, db
from meetingapp.core.mail.models import UNSENT, Letter, LetterState
from meetingapp.core.outbox import Task, TaskState
from meetingapp.council import queries as council_queries
from meetingapp.followups import queries as followup_queries
from meetingapp.invitations import queries as call_queries
from meetingapp.invitations.models import Reply
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState
from meetingapp.minutes.models import Minutes, MinutesState, Signatory

PAGE = 25  # rows
TROUBLE = (LetterState.FAILED, LetterState.UNKNOWN, LetterState.DELAYED)
STANDS_STILL = timedelta(minutes=15)  # since the oldest task's time came
SHOUT = timedelta(hours=24)  # so long before its deadline a letter that has not been handed over is shouted about
FORGOTTEN = timedelta(days=14)  # and so long after it
SEEN = 10  # rows on the desk


@dataclass(frozen=True)
class PaperLine:
    """One case of a meeting as one reader may see it."""

    number: str
    title: str
    href: str  # empty where the reader may not open the case
    is_exempt: bool


def papers_for(actor: Any, meeting: Meeting) -> list[PaperLine]:
    """The cases of a meeting with the titles that `actor` may see. Five queries, and one for each exempt case."""
    numbers = agenda_queries.numbers_for(meeting)
    return [
        PaperLine(
            numbers[case.id].text if case.id in numbers else "",
            case_queries.shown_title(actor, case) if policy.allows(actor, "case.read_paper", case) else case.public_title,
            f"/kontor/saker/{case.id}" if policy.allows(actor, "case.read_paper", case) else "",
            case.is_exempt,
        )
        for case in call_queries.cases_on(meeting)
    ]


def approvals_of(person_id: int) -> Sequence[Minutes]:
    """Minutes that wait for a person's approval, oldest first. Two queries; meetings come loaded."""
    return db.session.scalars(
        select(Minutes)
        .join(Signatory, Signatory.minutes_id == Minutes.id)
        .join(Minutes.meeting)
        .where(Signatory.person_id == person_id, Signatory.approved_at.is_(None), Minutes.state == MinutesState.SENT)
        .options(contains_eager(Minutes.meeting).selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at, Minutes.id)
    ).all()


def proposals_of(actor: Any) -> Sequence[Case]:
    """What `actor` has proposed, newest first. One query."""
    return case_queries.proposals_by(actor.person_id, None)


@dataclass(frozen=True)
class NextStep:
    """A coming meeting, what is to be done with it next, and by when."""

    meeting: Meeting
    text: str
    href: str
    due: date | None
    is_late: bool


def next_step(meeting: Meeting) -> NextStep:
    """What the secretary does next with a meeting. Some five queries."""
    page, day, today = f"/kontor/moter/{meeting.id}", clock.local(meeting.starts_at).date(), clock.today()
    if meeting.state in (MeetingState.PLANNED, MeetingState.AGENDA_FIXED):
        due = day - timedelta(days=council_queries.days("notice_days", body=meeting.body, on=day))
        if meeting.state is MeetingState.PLANNED:
            return NextStep(meeting, _("Finish and fix the agenda"), page, due, today > due)
        return NextStep(meeting, _("Send the call with the agenda"), f"{page}/innkalling", due, today > due)
    if meeting.state is MeetingState.CALLED:
        return _after_call(meeting, page, day)
    if meeting.state is MeetingState.CANCELLED:
        return NextStep(meeting, _("The meeting is cancelled"), page, None, False)
    return NextStep(meeting, _("Go to the minutes"), f"{page}/motebok", day, False)


def _after_call(meeting: Meeting, page: str, day: date) -> NextStep:
    today, invitations = clock.today(), call_queries.invitations_of(meeting)
    if call_queries.vacancies(meeting, invitations):
        return NextStep(meeting, _("Call a deputy for someone who has declined"), f"{page}/deltakere", None, True)
    if call_queries.unsent(meeting):
        due = day - timedelta(days=council_queries.days("papers_days", body=meeting.body, on=day))
        return NextStep(meeting, _("Send the papers that have come since the call"), f"{page}/innkalling", due, today > due)
    waiting = [one for one in invitations if one.reply is Reply.NEEDS_ACTION]
    if waiting:
        said = ngettext("%(num)d person has not answered", "%(num)d people have not answered", len(waiting))
        due = max(one.reply_by for one in waiting)
        return NextStep(meeting, said, f"{page}/deltakere", due, today > due)
    return NextStep(meeting, _("Open the meeting and keep the minutes"), f"{page}/motebok", day, False)


def letters_visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """Letters of the councils whose secretary `actor` is. Sign-in letters belong to nobody."""
    return query.where(Letter.realm.in_(actor.secretary_council_ids()))


def letters_page(actor: Any, council_id: int, *, only_trouble: bool, page: int) -> Any:
    """One page of a council's letters, newest first. Two queries."""
    query = select(Letter).where(Letter.realm == council_id)
    if only_trouble:
        query = query.where(Letter.state.in_(TROUBLE))
    query = policy.scope(actor, query, letters_visible).order_by(Letter.id.desc())
    return db.paginate(query, page=page, per_page=PAGE, max_per_page=PAGE, error_out=False)


def letter_for(actor: Any, letter_id: int) -> Letter | None:
    """One letter with its bytes and its steps, if `actor` may read it. Two queries."""
    query = select(Letter).where(Letter.id == letter_id).options(selectinload(Letter.events))
    found: Letter | None = db.session.scalar(policy.scope(actor, query, letters_visible))
    return found


def tasks_of(letters: Iterable[Letter]) -> dict[int, Task]:
    """Task id → task, for telling how far letters have come. One query."""
    return {task.id: task for task in db.session.scalars(select(Task).where(Task.id.in_([letter.task_id for letter in letters])))}


def letters_in_trouble(council_id: int) -> Sequence[Letter]:
    """The newest letters that failed, are late or uncertain: at most ten. One query."""
    return db.session.scalars(
        select(Letter).where(Letter.realm == council_id, Letter.state.in_(TROUBLE)).order_by(Letter.id.desc()).limit(SEEN)
    ).all()


def urgent_letters(council_id: int) -> Sequence[Letter]:
    """Letters that have not been handed over though their deadline is less than a day away, the nearest first: at most ten.

    A letter that was made a moment ago is given time. One query.
    """
    now = clock.now()
    return db.session.scalars(
        select(Letter)
        .where(
            Letter.realm == council_id,
            Letter.state.in_([*UNSENT, LetterState.FAILED]),
            Letter.due_by <= now + SHOUT,
            Letter.due_by > now - FORGOTTEN,
            Letter.made_at <= now - STANDS_STILL,
        )
        .order_by(Letter.due_by, Letter.id)
        .limit(SEEN)
    ).all()


def queue_age() -> timedelta:
    """How long the task that waits longest has waited since its time came; nothing where none waits. Two queries, none that counts."""
    now = database_now()
    oldest = db.session.scalar(
        select(Task.next_try_at)
        .where(Task.state == TaskState.QUEUED, Task.next_try_at <= now)
        .order_by(Task.next_try_at, Task.id)
        .limit(1)
    )
    return now - oldest if oldest is not None else timedelta(0)


def overdue_actions(council_id: int) -> int:
    """How many open actions are past their deadline. Two queries."""
    today = clock.today()
    return sum(1 for action in followup_queries.open_actions(council_id) if action.due is not None and action.due < today)


def waiting_minutes(council_id: int) -> Sequence[Minutes]:
    """Minutes that are not locked yet, oldest first. Two queries; meetings and signatories come loaded."""
    return db.session.scalars(
        select(Minutes)
        .join(Minutes.meeting)
        .where(Meeting.council_id == council_id, Minutes.state != MinutesState.LOCKED)
        .options(
            contains_eager(Minutes.meeting).selectinload(Meeting.hosts).joinedload(MeetingBody.body),
            selectinload(Minutes.signatories).joinedload(Signatory.person),
        )
        .order_by(Meeting.starts_at, Minutes.id)
    ).all()

"""What Min side knows of one person's meetings: as many queries for twenty meetings as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas.models import AgendaItem, CaseNumber
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Attachment, Case, CaseKind, CasePaper, CaseState, Exemption, PaperRequest, Part
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from meetingapp.council.models import Person, SeatRole
from meetingapp.invitations.models import Call, CallKind, CallPaper, Capacity, Invitation, Reply
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState
from meetingapp.minutes.models import Minutes, MinutesState, Signatory
from meetingapp.personal import queries as personal_queries

A_MINUTE = 1_200  # characters that a person reads in a minute: some two hundred words
MOST_AHEAD = 5  # meetings that one is not called to yet
HIDDEN = (CaseState.PROPOSED, CaseState.DECLINED)


@dataclass(frozen=True)
class PaperLine:
    """One case of a meeting as one reader may see it."""

    case_id: int
    number: str
    title: str
    kind: CaseKind
    may_open: bool
    is_exempt: bool
    minutes_to_read: int  # of the open part; 0 where it has not been written
    notes: int
    language: str  # that the title is written in

    @property
    def href(self) -> str:
        """The case page; empty where the reader may not open the case."""
        return f"/kontor/saker/{self.case_id}" if self.may_open else ""


@dataclass(frozen=True)
class Change:
    """Something about a meeting that is not as when the person was called."""

    text: str
    about: str
    href: str
    at: datetime


@dataclass
class MyMeeting:
    """A meeting that someone is called to, with papers and what has changed since."""

    invitation: Invitation
    papers: list[PaperLine] = field(default_factory=list)
    pack: StoredFile | None = None
    changes: list[Change] = field(default_factory=list)

    @property
    def meeting(self) -> Meeting:
        return self.invitation.meeting


def my_meetings(actor: Any, invitations: Sequence[Invitation]) -> list[MyMeeting]:
    """The meetings of `invitations` as `actor` may see them. Twelve queries, however many."""
    found = {one.meeting_id: MyMeeting(one) for one in invitations}
    ids = list(found)
    if not ids:
        return []
    for meeting_id, lines in _papers(actor, found).items():
        found[meeting_id].papers = lines
    for call in db.session.scalars(
        select(Call)
        .where(Call.meeting_id.in_(ids), Call.stopped_at.is_(None), Call.pack_file_id.is_not(None))
        .options(joinedload(Call.pack_file))
        .order_by(Call.id)
    ):
        found[call.meeting_id].pack = call.pack_file
    changes = [*_sent_since(found), *_late_cases(found), *_moved(found), *_replaced(found)]
    for meeting_id, change in sorted(changes, key=lambda one: one[1].at, reverse=True):
        found[meeting_id].changes.append(change)
    return list(found.values())


def _papers(actor: Any, found: dict[int, MyMeeting]) -> dict[int, list[PaperLine]]:
    """Meeting id → its cases in order. Five queries."""
    parent = aliased(AgendaItem)
    rows = db.session.execute(
        select(AgendaItem.meeting_id, Case)
        .join(AgendaItem.case)
        .outerjoin(parent, parent.id == AgendaItem.parent_id)
        .where(AgendaItem.meeting_id.in_(found))
        .order_by(
            func.coalesce(parent.position, AgendaItem.position), AgendaItem.parent_id.is_not(None), AgendaItem.position, AgendaItem.id
        )
    ).all()
    cases = {case.id: case for _meeting, case in rows}
    titles = case_queries.shown_titles(actor, cases.values())
    closed = (
        set(db.session.scalars(case_queries.readable_closed(actor.person_id))) if any(case.is_exempt for case in cases.values()) else set()
    )
    numbers = {
        (row.case_id, row.body_id): row.text
        for row in db.session.execute(
            select(CaseNumber.case_id, CaseNumber.body_id, CaseNumber.text).where(CaseNumber.case_id.in_(cases)).order_by(CaseNumber.id)
        )
    }
    lengths = {
        row.case_id: row.length
        for row in db.session.execute(
            select(CasePaper.case_id, func.length(CasePaper.text).label("length"))
            .where(CasePaper.case_id.in_(cases), CasePaper.part == Part.OPEN)
            .order_by(CasePaper.version)
        )
    }
    notes = personal_queries.counts_on(actor.person_id, cases)
    lines: dict[int, list[PaperLine]] = defaultdict(list)
    for meeting_id, case in rows:
        may_open = _may_open(actor, case, closed)
        length = lengths.get(case.id, 0)
        lines[meeting_id].append(
            PaperLine(
                case.id,
                numbers.get((case.id, found[meeting_id].meeting.body.id), ""),
                titles[case.id] if may_open else case.public_title,
                case.kind,
                may_open,
                case.is_exempt,
                -(-length // A_MINUTE) if may_open else 0,
                notes.get(case.id, 0),
                case.language,
            )
        )
    return lines


def _may_open(actor: Any, case: Case, closed: set[int]) -> bool:
    """As the policy says «case.read_paper», without a query a case.

    :param closed: ids of the cases whose closed papers `actor` has been given access to
    """
    if actor.is_staff_of(case.council_id):
        return True
    if not actor.is_inside(case.council_id) or (case.state in HIDDEN and case.proposed_by_id != actor.person_id):
        return False
    return case.exemption is not Exemption.WHOLLY or case.id in closed


def _sent_since(found: dict[int, MyMeeting]) -> list[tuple[int, Change]]:
    """Papers and attachments that went out after the call, each with its case. One query."""
    rows: Any = db.session.execute(
        select(Call.meeting_id, Call.kind, Call.what, Call.sent_at, CasePaper.case_id, CasePaper.part, CasePaper.version, Attachment)
        .join(CallPaper, CallPaper.call_id == Call.id)
        .outerjoin(CasePaper, CasePaper.id == CallPaper.paper_id)
        .outerjoin(Attachment, Attachment.id == CallPaper.attachment_id)
        .where(Call.meeting_id.in_(found), Call.stopped_at.is_(None), Call.kind != CallKind.CALL)
        .order_by(Call.id, CallPaper.id)
    )
    changes = []
    for meeting_id, _kind, what, sent_at, case_id, part, version, attachment in rows:
        mine = found[meeting_id]
        of_case = attachment.case_id if attachment is not None else case_id
        line = next((one for one in mine.papers if one.case_id == of_case), None)
        if line is None or not line.may_open or sent_at <= mine.invitation.created_at:
            continue
        if attachment is not None:
            if attachment.is_closed and attachment.removed_at is None:
                news = _("a closed attachment")
            else:
                news = _("attachment «%(title)s»", title=attachment.title)
        elif part is Part.CLOSED:
            news = _("the closed part")
        else:
            news = _("the case paper") if version == 1 else _("the case paper, version %(number)s", number=version)
        name = line.number or f"«{line.title}»"
        changes.append((meeting_id, Change(_("%(case)s: %(news)s", case=name, news=news), what, line.href, sent_at)))
    return changes


def _late_cases(found: dict[int, MyMeeting]) -> list[tuple[int, Change]]:
    """Cases that came on the agenda after it was sent. One query."""
    rows = db.session.execute(
        select(AgendaItem.meeting_id, AgendaItem.case_id, AgendaItem.added_at).where(
            AgendaItem.meeting_id.in_(found), AgendaItem.is_late, AgendaItem.case_id.is_not(None)
        )
    )
    changes = []
    for meeting_id, case_id, added_at in rows:
        mine = found[meeting_id]
        line = next((one for one in mine.papers if one.case_id == case_id), None)
        if line is not None and added_at > mine.invitation.created_at:
            said = _("New on the agenda: %(title)s", title=f"{line.number} {line.title}".strip())
            changes.append((meeting_id, Change(said, _("It was not on the agenda that was sent."), line.href, added_at)))
    return changes


def _moved(found: dict[int, MyMeeting]) -> list[tuple[int, Change]]:
    """That time or place is another. One query."""
    entries = db.session.scalars(
        select(audit.AuditEntry)
        .where(
            audit.AuditEntry.thing == Meeting.__tablename__,
            audit.AuditEntry.thing_id.in_(found),
            audit.AuditEntry.action.in_(["meeting.edit", "meeting.move"]),
        )
        .order_by(audit.AuditEntry.id)
    )
    newest = {}
    for entry in entries:
        mine = found[entry.thing_id]
        is_moved = entry.action == "meeting.move" or entry.details.get("moved")
        if is_moved and entry.at > mine.invitation.created_at:
            newest[entry.thing_id] = Change(
                _("Time or place is changed"), _("What stands here is right."), f"/kontor/moter/{mine.meeting.id}", entry.at
            )
    return list(newest.items())


def _replaced(found: dict[int, MyMeeting]) -> list[tuple[int, Change]]:
    """Members who will not come, and the deputies who were called for them. One query."""
    rows = db.session.scalars(
        select(Invitation)
        .where(Invitation.meeting_id.in_(found), Invitation.withdrawn_at.is_(None))
        .options(joinedload(Invitation.person))
        .order_by(Invitation.id)
    ).all()
    deputies: dict[tuple[int, int | None], Invitation] = {
        (one.meeting_id, one.for_seat_id): one for one in rows if one.for_seat_id is not None and one.reply is not Reply.DECLINED
    }
    changes = []
    for one in rows:
        mine = found[one.meeting_id]
        is_another = one.person_id != mine.invitation.person_id
        if one.capacity is Capacity.MEMBER and one.reply is Reply.DECLINED and one.replied_at is not None and is_another:
            deputy = deputies.get((one.meeting_id, one.seat_id))
            about = _("%(name)s is called as deputy", name=deputy.person.name) if deputy is not None else ""
            said = _("%(name)s will not come", name=one.person.name)
            if one.replied_at > mine.invitation.created_at:
                changes.append((one.meeting_id, Change(said, about, f"/kontor/moter/{one.meeting_id}/deltakere", one.replied_at)))
    return changes


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


def meetings_ahead(actor: Any, invited: Sequence[int]) -> Sequence[Meeting]:
    """The next meetings of the bodies in which `actor` sits that they are not called to yet, nearest first. Two queries; bodies loaded.

    :param invited: ids of the meetings they are called to
    """
    bodies = actor.body_ids(SeatRole.MEMBER, SeatRole.SECRETARY, SeatRole.ATTENDEE)
    return db.session.scalars(
        select(Meeting)
        .where(
            Meeting.hosts.any(MeetingBody.body_id.in_(bodies)),
            Meeting.id.not_in(invited),
            Meeting.starts_at > clock.now(),
            Meeting.state.not_in([MeetingState.CANCELLED]),
        )
        .options(joinedload(Meeting.council), selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(MOST_AHEAD)
    ).all()


@dataclass(frozen=True)
class ToWrite:
    """A case paper that a person is asked to write."""

    title: str  # empty where nothing but the case itself may be told
    asked: PaperRequest
    href: str  # their own personal link; empty where it has run out


def papers_to_write(person: Person) -> list[ToWrite]:
    """What `person` is asked to write, the nearest deadline first. One query, and one for each."""
    found = []
    for asked in case_queries.requests_to(person.id):
        link = links.link_for(LinkPurpose.WRITE, person, asked.id)
        href = f"{links.path_of(link)}/saksfremlegg" if link is not None else ""
        found.append(ToWrite(case_queries.title_for_writer(asked.case), asked, href))
    return found


def last_minutes(actor: Any) -> Minutes | None:
    """The newest locked minutes of a body in which `actor` sits. Two queries; the meeting comes loaded."""
    return db.session.scalar(
        select(Minutes)
        .join(Minutes.meeting)
        .where(
            Meeting.hosts.any(MeetingBody.body_id.in_(actor.body_ids())),
            Meeting.council_id.in_(actor.inside_council_ids()),
            Minutes.state == MinutesState.LOCKED,
        )
        .options(contains_eager(Minutes.meeting).selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at.desc(), Minutes.id.desc())
        .limit(1)
    )

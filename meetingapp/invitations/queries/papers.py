"""What a call carries: the papers as they are now, as they went, and what has come since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases.models import Attachment, Case, CasePaper, Exemption, Part
from meetingapp.core.database import db
from meetingapp.core.files.models import StoredFile
from meetingapp.invitations.models import Call, CallPaper
from meetingapp.meetings.models import Meeting


@dataclass
class Documents:
    """The papers of one case on an agenda."""

    case: Case
    number: str  # "RR 13/26", or empty before the agenda is fixed
    open: CasePaper | None = None
    closed: CasePaper | None = None
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def may_leave(self) -> bool:
        """Whether the open part can go to everybody who is called: of a wholly exempt case nothing can."""
        return self.case.exemption is not Exemption.WHOLLY

    @property
    def open_attachments(self) -> list[Attachment]:
        """Attachments that can go to everybody who is called."""
        return [one for one in self.attachments if not one.is_closed] if self.may_leave else []

    @property
    def is_empty(self) -> bool:
        return self.open is None and self.closed is None and not self.attachments


def cases_on(meeting: Meeting) -> list[Case]:
    """The cases on the agenda, in order. Three queries; papers come loaded."""
    return [item.case for item in agenda_queries.flat(agenda_queries.items_of(meeting)) if item.case is not None]


def documents_of(meeting: Meeting) -> list[Documents]:
    """The newest papers of each case on the agenda, as they are now."""
    numbers = agenda_queries.numbers_for(meeting)
    return [
        Documents(
            case,
            numbers[case.id].text if case.id in numbers else "",
            case.paper(Part.OPEN),
            case.paper(Part.CLOSED),
            [one for one in case.attachments if one.removed_at is None],
        )
        for case in cases_on(meeting)
    ]


def calls_of(meeting: Meeting) -> Sequence[Call]:
    """All sendings, those stopped too, oldest first. One query; senders come loaded."""
    return db.session.scalars(select(Call).where(Call.meeting_id == meeting.id).options(joinedload(Call.sent_by)).order_by(Call.id)).all()


def live_calls(meeting: Meeting) -> list[Call]:
    """The sendings that were not stopped, oldest first."""
    return [call for call in calls_of(meeting) if call.stopped_at is None]


def newest_call(meeting: Meeting) -> Call | None:
    """The newest sending that was not stopped."""
    calls = live_calls(meeting)
    return calls[-1] if calls else None


def kept_reason(meeting: Meeting) -> str:
    """The reason for short notice that stood in the newest call, also one that was stopped."""
    calls = calls_of(meeting)
    return calls[-1].short_notice_reason if calls else ""


def pack_of(meeting: Meeting) -> StoredFile | None:
    """The papers as one PDF, as last sent. One query."""
    return db.session.scalar(
        select(StoredFile)
        .join(Call, Call.pack_file_id == StoredFile.id)
        .where(Call.meeting_id == meeting.id, Call.stopped_at.is_(None))
        .order_by(Call.id.desc())
        .limit(1)
    )


def sent_documents(meeting: Meeting) -> list[Documents]:
    """The papers as they went: for each case on the agenda the version of the newest sending that was not stopped."""
    rows = db.session.scalars(
        select(CallPaper)
        .join(CallPaper.call)
        .where(Call.meeting_id == meeting.id, Call.stopped_at.is_(None))
        .options(joinedload(CallPaper.paper), joinedload(CallPaper.attachment))
        .order_by(CallPaper.id)
    ).all()
    numbers = agenda_queries.numbers_for(meeting)
    found = {case.id: Documents(case, numbers[case.id].text if case.id in numbers else "") for case in cases_on(meeting)}
    for row in rows:
        if row.paper is not None and row.paper.case_id in found:
            if row.paper.part is Part.OPEN:
                found[row.paper.case_id].open = row.paper
            else:
                found[row.paper.case_id].closed = row.paper
        elif row.attachment is not None and row.attachment.case_id in found:
            sent = found[row.attachment.case_id]
            if row.attachment not in sent.attachments:
                sent.attachments.append(row.attachment)
    return list(found.values())


def unsent(meeting: Meeting) -> list[Documents]:
    """What has come since: for each case only what is newer than what was sent. Cases with nothing new are left out."""
    sent = {documents.case.id: documents for documents in sent_documents(meeting)}
    found = []
    for now in documents_of(meeting):
        before = sent[now.case.id]
        newer = Documents(
            now.case,
            now.number,
            now.open if now.open is not before.open else None,
            now.closed if now.closed is not before.closed else None,
            [one for one in now.attachments if one not in before.attachments],
        )
        if not newer.is_empty:
            found.append(newer)
    return found

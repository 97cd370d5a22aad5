"""Calls and invitations: what was sent to whom with which papers, and what they answered."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.cases.models import Attachment, CasePaper
from meetingapp.core.database import Model
from meetingapp.core.files.models import StoredFile
from meetingapp.council.models import Person, Seat
from meetingapp.meetings.models import Meeting


class CallKind(enum.Enum):
    CALL = "call"
    PAPERS = "papers"
    SUPPLEMENT = "supplement"


class Call(Model):
    """One sending of the formal notice, or of papers after it. Its letters wait until `release_at`, and can be stopped till then."""

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    kind: Mapped[CallKind]
    number: Mapped[int] = mapped_column(default=1)  # of supplements, from 1
    sent_at: Mapped[datetime]  # the council's time
    release_at: Mapped[datetime]  # true time
    sent_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    short_notice_reason: Mapped[str] = mapped_column(default="")
    what: Mapped[str] = mapped_column(default="")  # of a supplement, in words
    publish_agenda: Mapped[bool] = mapped_column(default=False)
    stopped_at: Mapped[datetime | None]
    pack_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))  # the papers as one PDF, without closed parts

    meeting: Mapped[Meeting] = relationship()
    sent_by: Mapped[Person | None] = relationship()
    pack_file: Mapped[StoredFile | None] = relationship()
    papers: Mapped[list[CallPaper]] = relationship(back_populates="call", order_by="CallPaper.id")


class CallPaper(Model):
    """A paper or attachment exactly as it went with a call."""

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("call.id"), index=True)
    paper_id: Mapped[int | None] = mapped_column(ForeignKey("case_paper.id"), index=True)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachment.id"), index=True)

    call: Mapped[Call] = relationship(back_populates="papers")
    paper: Mapped[CasePaper | None] = relationship()
    attachment: Mapped[Attachment | None] = relationship()


class Capacity(enum.Enum):
    MEMBER = "member"
    DEPUTY = "deputy"
    ADMINISTRATION = "administration"
    GUEST = "guest"


class Reply(enum.Enum):
    """The PARTSTAT values of RFC 5545 § 3.2.12 that a person can give."""

    NEEDS_ACTION = "needs-action"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


class Invitation(Model):
    """The formal notice to one person for one meeting, and that person's answer."""

    __table_args__ = (
        UniqueConstraint("meeting_id", "person_id"),  # a second call adds, it never duplicates
        CheckConstraint("capacity <> 'deputy' OR for_seat_id IS NOT NULL", name="a_deputy_sits_for_a_seat"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    call_id: Mapped[int | None] = mapped_column(ForeignKey("call.id"))  # the sending that invited
    capacity: Mapped[Capacity]
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))  # their own seat; guests from outside have none
    for_seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))  # the seat a deputy fills
    called_because: Mapped[str] = mapped_column(String(300), default="")  # why this deputy was called out of the elected order
    reply: Mapped[Reply] = mapped_column(default=Reply.NEEDS_ACTION)
    reason: Mapped[str] = mapped_column(String(60), default="")  # a category, never a detail
    comment: Mapped[str] = mapped_column(String(500), default="")
    replied_at: Mapped[datetime | None]
    replied_via: Mapped[str] = mapped_column(String(40), default="")  # "link", "page", "secretary"
    reply_by: Mapped[date]
    withdrawn_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()
    call: Mapped[Call | None] = relationship()
    seat: Mapped[Seat | None] = relationship(foreign_keys=[seat_id])
    for_seat: Mapped[Seat | None] = relationship(foreign_keys=[for_seat_id])

    def is_overdue(self, today: date) -> bool:
        return self.reply is Reply.NEEDS_ACTION and today > self.reply_by


class ReplyHistory(Model):
    """One answer, kept for ever: the newest counts."""

    id: Mapped[int] = mapped_column(primary_key=True)
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"), index=True)
    reply: Mapped[Reply]
    reason: Mapped[str] = mapped_column(String(60), default="")
    comment: Mapped[str] = mapped_column(String(500), default="")
    at: Mapped[datetime]
    via: Mapped[str] = mapped_column(String(40))
    by_person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

"""The agenda of a meeting, and the numbers that cases get in a body."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.cases.models import Case
from meetingapp.core.database import Model
from meetingapp.council.models import Body, Person
from meetingapp.meetings.models import Meeting


class ItemKind(enum.Enum):
    CASE = "case"
    FORMAL = "formal"  # approval of call and agenda, of earlier minutes
    PROGRAMME = "programme"  # timed, with speakers, no decision
    FOLLOW_UP = "follow_up"  # a marker: the open actions are filled in where it is shown
    BREAK = "break"


class AgendaItem(Model):
    """One item of a meeting. Positions order the items of one parent; only intents change them."""

    __table_args__ = (
        Index("ix_agenda_item_order", "meeting_id", "parent_id", "position"),
        UniqueConstraint("meeting_id", "case_id"),
        CheckConstraint("kind <> 'case' OR case_id IS NOT NULL", name="a_case_item_has_a_case"),
        CheckConstraint("minutes >= 0", name="minutes_are_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"), index=True)  # sub-items: a), b) …
    position: Mapped[int]
    kind: Mapped[ItemKind]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    title: Mapped[str] = mapped_column(String(300), default="")  # public; a case item has the case's titles instead
    speakers: Mapped[str] = mapped_column(String(300), default="")
    minutes: Mapped[int] = mapped_column(default=0)  # planned length
    is_fixed: Mapped[bool] = mapped_column(default=False)  # a standing item keeps its place, first or last
    is_late: Mapped[bool] = mapped_column(default=False)  # was not on the list that was sent
    by_hand: Mapped[bool] = mapped_column(default=False)  # somebody chose its place, so the body's rule of order leaves it there
    approves_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"), index=True)  # the meeting whose minutes it is to approve
    version: Mapped[int] = mapped_column(default=1)  # of its text: counted up at each change of title, speakers or length
    added_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship(foreign_keys=[meeting_id])
    approves: Mapped[Meeting | None] = relationship(foreign_keys=[approves_id])
    case: Mapped[Case | None] = relationship()
    parent: Mapped[AgendaItem | None] = relationship(remote_side=[id], back_populates="children")
    children: Mapped[list[AgendaItem]] = relationship(back_populates="parent", order_by="AgendaItem.position, AgendaItem.id")
    formal_number: Mapped[FormalNumber | None] = relationship(back_populates="item")


class CaseNumber(Model):
    """The number of a case in a body: given when an agenda is fixed, gap-free per body, year and series, never used again."""

    __table_args__ = (UniqueConstraint("body_id", "series", "year", "number"), UniqueConstraint("case_id", "body_id", "year", "number"))

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    series: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(60))  # as written: "RR 13/26"
    given_at: Mapped[datetime]
    meeting_id: Mapped[int | None] = mapped_column(ForeignKey("meeting.id"))  # whose agenda gave it

    case: Mapped[Case] = relationship()
    body: Mapped[Body] = relationship()


class FormalNumber(Model):
    """The number of a formal item, where a body numbers them: from the same counter as the numbers of its cases."""

    __table_args__ = (UniqueConstraint("body_id", "series", "year", "number"),)

    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"))
    series: Mapped[str] = mapped_column(String(40))
    year: Mapped[int]
    number: Mapped[int]
    text: Mapped[str] = mapped_column(String(60))  # as written: "RR 12/26"
    given_at: Mapped[datetime]

    item: Mapped[AgendaItem] = relationship(back_populates="formal_number")


class AgendaSetup(Model):
    """How the agendas of a body begin and end, and by which criteria cases find their places; valid for a time."""

    __table_args__ = (
        UniqueConstraint("body_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    standing: Mapped[list[Any]] = mapped_column(default=list)  # of `standing.Standing` as JSON, in order
    criteria: Mapped[list[str]] = mapped_column(default=list)  # keys of `placement.CRITERIA`, the weightiest first
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(String(300), default="")  # the decision it rests on

    body: Mapped[Body] = relationship()


class ChangeKind(enum.Enum):
    ADD = "add"
    REMOVE = "remove"
    MOVE = "move"
    EDIT = "edit"
    FIX = "fix"
    REOPEN = "reopen"


class AgendaChange(Model):
    """One act on one agenda. The newest id is the agenda's version; the facts are what it takes to undo the act."""

    __table_args__ = (Index("ix_agenda_change_order", "meeting_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    kind: Mapped[ChangeKind]
    item_id: Mapped[int | None]  # no foreign key: an item that was taken off is gone, and what was done to it is told still
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    meeting: Mapped[Meeting] = relationship()
    case: Mapped[Case | None] = relationship()
    person: Mapped[Person | None] = relationship()

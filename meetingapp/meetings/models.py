"""Meetings: when, where, and which bodies."""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model
from meetingapp.council.models import Body, Council, Organisation, Person


class MeetingForm(enum.Enum):
    PHYSICAL = "physical"
    REMOTE = "remote"
    HYBRID = "hybrid"


class MeetingState(enum.Enum):
    PLANNED = "planned"
    AGENDA_FIXED = "agenda_fixed"
    CALLED = "called"
    IN_SESSION = "in_session"
    ADJOURNED = "adjourned"
    ENDED = "ended"
    CANCELLED = "cancelled"


class Meeting(Model):
    """One meeting of one body, perhaps joint with others."""

    __table_args__ = (
        UniqueConstraint("council_id", "slug"),
        CheckConstraint("ends_at > starts_at", name="ends_after_it_starts"),
        Index("ix_meeting_list", "council_id", "starts_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    slug: Mapped[str] = mapped_column(String(100))  # its public address for ever: "regionradet-2026-04-24"
    title: Mapped[str] = mapped_column(String(200), default="")  # where it has a name besides the body's: "Fellesmøte med LO og NHO"
    starts_at: Mapped[datetime] = mapped_column(index=True)  # UTC
    ends_at: Mapped[datetime] = mapped_column(index=True)
    place: Mapped[str] = mapped_column(String(300))
    form: Mapped[MeetingForm] = mapped_column(default=MeetingForm.PHYSICAL)
    online_url: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[MeetingState] = mapped_column(default=MeetingState.PLANNED, index=True)
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    calendar_uid: Mapped[str] = mapped_column(String(120), unique=True)  # unguessable; not the one of the public feed
    sequence: Mapped[int] = mapped_column(default=0)  # of its calendar objects; never falls
    called_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime | None]  # when its minutes were locked for the first time
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=1)

    council: Mapped[Council] = relationship()
    chair: Mapped[Person | None] = relationship()
    hosts: Mapped[list[MeetingBody]] = relationship(back_populates="meeting", order_by="MeetingBody.position")
    co_hosts: Mapped[list[CoHost]] = relationship(back_populates="meeting", order_by="CoHost.position", cascade="all, delete-orphan")

    @property
    def bodies(self) -> list[Body]:
        """The bodies that meet; the first one leads."""
        return [host.body for host in self.hosts]

    @property
    def body(self) -> Body:
        """The leading body: its settings, numbers and address hold for the meeting."""
        return self.hosts[0].body

    @property
    def organisations(self) -> list[Organisation]:
        """Those outside the council that invite together with it: LO and NHO."""
        return [host.organisation for host in self.co_hosts]


class MeetingBody(Model):
    """That a body meets in this meeting."""

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship(back_populates="hosts")
    body: Mapped[Body] = relationship()


class CoHost(Model):
    """That an organisation invites to this meeting together with the council's bodies."""

    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=0)

    meeting: Mapped[Meeting] = relationship(back_populates="co_hosts")
    organisation: Mapped[Organisation] = relationship()

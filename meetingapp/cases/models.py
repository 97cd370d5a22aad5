"""Cases and what belongs to them. A paper's versions never change; a later text is a new version."""

from __future__ import annotations

import enum
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model
from meetingapp.core.files.models import StoredFile
from meetingapp.council.models import Council, LegalBasis, Matter, Organisation, Person
from meetingapp.strategy.models import Commitment, StrategyArea

_WAITS = "accepted_at IS NULL AND withdrawn_at IS NULL"  # a request for a case paper that nobody has ended


class CaseKind(enum.Enum):
    DECISION = "decision"
    INFORMATION = "information"
    DISCUSSION = "discussion"
    STATEMENT = "statement"
    APPLICATION = "application"  # funding application


class Scope(enum.Enum):
    NATIONAL = "national"
    REGIONAL = "regional"
    INTERNATIONAL = "international"
    INTERNAL = "internal"


class CaseState(enum.Enum):
    PROPOSED = "proposed"
    TAKEN_IN = "taken_in"
    IN_WORK = "in_work"
    READY = "ready"  # in the queue for an agenda
    ON_AGENDA = "on_agenda"
    DECIDED = "decided"
    POSTPONED = "postponed"
    SENT_BACK = "sent_back"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"


# Once a case is ready, what goes on the net has been chosen for the text as it stands.
BEING_WRITTEN = (CaseState.TAKEN_IN, CaseState.IN_WORK, CaseState.SENT_BACK, CaseState.POSTPONED)


class Exemption(enum.Enum):
    NONE = "none"
    PARTLY = "partly"
    WHOLLY = "wholly"


class Case(Model):
    """One matter, carried through as many meetings as it takes."""

    __table_args__ = (
        CheckConstraint("exemption = 'none' OR legal_basis_id IS NOT NULL", name="an_exemption_has_a_legal_basis"),
        CheckConstraint("exemption = 'none' OR public_title <> ''", name="an_exempt_case_has_a_public_title"),
        Index("ix_case_list", "council_id", "created_at", "id"),
        Index("ix_case_state", "council_id", "state", "created_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[CaseKind]
    scope: Mapped[Scope]
    matter: Mapped[Matter] = mapped_column(default=Matter.GENERAL)
    title: Mapped[str] = mapped_column(String(300))  # internal; may hold what the public must not see
    public_title: Mapped[str] = mapped_column(String(300), default="")  # written on purpose, never copied from `title`
    language: Mapped[str] = mapped_column(String(5), default="nb")
    state: Mapped[CaseState]
    main_area_id: Mapped[int | None] = mapped_column(ForeignKey("strategy_area.id"))
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"), index=True)
    sdg: Mapped[list[int]] = mapped_column(default=list)
    officer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    archive_ref: Mapped[str] = mapped_column(String(80), default="")
    minutes_needed: Mapped[int] = mapped_column(default=15)  # time it is expected to take on an agenda

    exemption: Mapped[Exemption] = mapped_column(default=Exemption.NONE)
    legal_basis_id: Mapped[int | None] = mapped_column(ForeignKey("legal_basis.id"))
    exempt_until: Mapped[str] = mapped_column(default="")
    wider_access: Mapped[str] = mapped_column(default="")  # whether giving access anyway was considered, and the result
    closed_words: Mapped[list[str]] = mapped_column(default=list)  # names and words that must never be public
    paper_on_web: Mapped[bool | None]  # chosen when the case is made ready; nothing is chosen beforehand

    proposal: Mapped[str] = mapped_column(default="")  # the proposer's own words, Markdown
    proposed_at: Mapped[datetime | None]
    proposed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_for_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    answer: Mapped[str] = mapped_column(default="")  # what the proposer was told, when taken in or declined
    answered_at: Mapped[datetime | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of a funding application: sums, conditions
    version: Mapped[int] = mapped_column(default=1)  # of the facts, counted up at each save
    created_at: Mapped[datetime]

    council: Mapped[Council] = relationship()
    main_area: Mapped[StrategyArea | None] = relationship()
    commitment: Mapped[Commitment | None] = relationship()
    officer: Mapped[Person | None] = relationship(foreign_keys=[officer_id])
    proposed_by: Mapped[Person | None] = relationship(foreign_keys=[proposed_by_id])
    proposed_for: Mapped[Organisation | None] = relationship()
    legal_basis: Mapped[LegalBasis | None] = relationship()
    side_areas: Mapped[list[StrategyArea]] = relationship(secondary="case_area", order_by="StrategyArea.code")
    papers: Mapped[list[CasePaper]] = relationship(back_populates="case", order_by="CasePaper.part, CasePaper.version")
    attachments: Mapped[list[Attachment]] = relationship(back_populates="case", order_by="Attachment.id")

    @property
    def is_exempt(self) -> bool:
        return self.exemption is not Exemption.NONE

    @property
    def title_for_public(self) -> str:
        """The only title that may leave the house. Empty until someone has written it."""
        return self.public_title

    def paper(self, part: Part) -> CasePaper | None:
        """The newest version of one part of the case paper."""
        versions = [paper for paper in self.papers if paper.part is part]
        return versions[-1] if versions else None


class CaseArea(Model):
    """A side area of a case."""

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    area_id: Mapped[int] = mapped_column(ForeignKey("strategy_area.id"), primary_key=True)


class Part(enum.Enum):
    OPEN = "open"
    CLOSED = "closed"


class CasePaper(Model):
    """One version of the open or the closed part of a case paper. Immutable."""

    __table_args__ = (UniqueConstraint("case_id", "part", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    part: Mapped[Part]
    version: Mapped[int]
    text: Mapped[str]  # Markdown: background and assessment
    html: Mapped[str]  # cleaned
    recommendation: Mapped[str] = mapped_column(default="")  # Markdown: the proposed decision; only in the open part
    recommendation_html: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[datetime]
    saved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    source_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))  # the Word file it was read from
    source_name: Mapped[str] = mapped_column(String(200), default="")

    case: Mapped[Case] = relationship(back_populates="papers")
    saved_by: Mapped[Person | None] = relationship()
    source_file: Mapped[StoredFile | None] = relationship()


class Attachment(Model):
    """A file that belongs to a case."""

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    title: Mapped[str] = mapped_column(String(200))
    file_name: Mapped[str] = mapped_column(String(200))
    is_closed: Mapped[bool] = mapped_column(default=False)
    on_web: Mapped[bool | None]  # chosen when the case is made ready
    added_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    removed_at: Mapped[datetime | None]

    case: Mapped[Case] = relationship(back_populates="attachments")
    file: Mapped[StoredFile] = relationship()


class PaperAccess(Model):
    """The right of one person to read the closed papers of one case. Calling grants it; recusal bars it; it ends with the seat."""

    __table_args__ = (UniqueConstraint("case_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    why: Mapped[str]
    granted_at: Mapped[datetime]
    until: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    is_barred: Mapped[bool] = mapped_column(default=False)  # disqualified: no call gives it back

    def holds(self, day: date) -> bool:
        """Whether it lets the person read on `day`."""
        return self.revoked_at is None and (self.until is None or self.until >= day)

    person: Mapped[Person] = relationship()


class PaperRequest(Model):
    """That somebody was asked to write the open paper of a case by a day, through a personal link; and what became of it."""

    __table_args__ = (  # one at a time for a case; the index holds only those that wait, however many there have been
        Index("uq_paper_request_open", "case_id", unique=True, sqlite_where=text(_WAITS), postgresql_where=text(_WAITS)),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)  # who writes
    due: Mapped[date]  # a day in Oslo; the day itself is in time
    message: Mapped[str] = mapped_column(default="")  # the secretary's words; goes in the letters, so nothing exempt
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reminded_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]  # emptied when it is sent back for more
    accepted_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)  # of deadline and message, counted up at each change

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    asked_by: Mapped[Person | None] = relationship(foreign_keys=[asked_by_id])

    @property
    def is_open(self) -> bool:
        """Whether it waits: for the writer, or once delivered for the secretary."""
        return self.withdrawn_at is None and self.accepted_at is None

    def days_over(self, today: date) -> int:
        """Calendar days past the deadline; negative: days left."""
        return (today - self.due).days


class PaperTemplate(Model):
    """What a new case paper of one kind starts from, in one language; valid for a time. Without a row the product's own headings hold."""

    __table_args__ = (
        UniqueConstraint("council_id", "kind", "language", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    kind: Mapped[CaseKind]
    language: Mapped[str] = mapped_column(String(5))
    text: Mapped[str] = mapped_column(default="")  # Markdown
    recommendation: Mapped[str] = mapped_column(default="")  # Markdown
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)  # counted up at each save, on from the text it replaces

    council: Mapped[Council] = relationship()

"""The record: who was there when, what was said, proposed, voted and decided. A locked edition never changes."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.agendas.models import AgendaItem
from meetingapp.core.database import Model
from meetingapp.core.files.models import StoredFile
from meetingapp.council.models import LegalBasis, Person, Seat
from meetingapp.meetings.models import Meeting


class Presence(enum.Enum):
    MEMBER = "member"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    STAFF = "staff"
    GUEST = "guest"
    AUDIENCE = "audience"


class Attendance(Model):
    """One stretch of time in which one person was there. Coming back is a new row."""

    __table_args__ = (CheckConstraint("left_at IS NULL OR left_at >= came_at", name="leaves_after_coming"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    presence: Mapped[Presence]
    seat_id: Mapped[int | None] = mapped_column(ForeignKey("seat.id"))  # the seat they fill: their own, or a deputy's member's
    came_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    only_item_id: Mapped[int | None] = mapped_column(ForeignKey("agenda_item.id"))  # a deputy for one case
    is_remote: Mapped[bool] = mapped_column(default=False)

    meeting: Mapped[Meeting] = relationship()
    person: Mapped[Person] = relationship()
    seat: Mapped[Seat | None] = relationship()
    only_item: Mapped[AgendaItem | None] = relationship()

    def covers(self, moment: datetime) -> bool:
        return self.came_at <= moment and (self.left_at is None or moment < self.left_at)


class Absence(Model):
    """A member who did not come."""

    __table_args__ = (UniqueConstraint("meeting_id", "seat_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"))
    gave_notice: Mapped[bool]

    seat: Mapped[Seat] = relationship()


class Outcome(enum.Enum):
    NOT_DEALT_WITH = "not_dealt_with"
    ADOPTED = "adopted"
    ADOPTED_AMENDED = "adopted_amended"
    NOT_ADOPTED = "not_adopted"
    POSTPONED = "postponed"
    SENT_BACK = "sent_back"
    NOTED = "noted"  # information taken note of
    SUMMARISED = "summarised"  # a discussion or dialogue without decision


class DecisionKind(enum.Enum):
    """What a decision is. A council decides about individuals only within grants and its own affairs (kommuneloven § 18-1)."""

    STATEMENT = "statement"
    GRANT = "grant"
    INTERNAL = "internal"
    ELECTION = "election"
    INFORMATION = "information"
    FORWARDED = "forwarded"  # to the participants, who decide


class Deliberation(Model):
    """What happened with one agenda item."""

    __table_args__ = (
        CheckConstraint(
            "NOT is_individual OR decision_kind IN ('grant', 'internal')",
            name="individual_decisions_are_grants_or_internal",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("agenda_item.id"), unique=True)
    text: Mapped[str] = mapped_column(default="")  # Markdown
    html: Mapped[str] = mapped_column(default="")
    outcome: Mapped[Outcome] = mapped_column(default=Outcome.NOT_DEALT_WITH)
    decision: Mapped[str] = mapped_column(default="")  # Markdown, word for word
    decision_html: Mapped[str] = mapped_column(default="")
    decision_kind: Mapped[DecisionKind | None]
    is_individual: Mapped[bool] = mapped_column(default=False)  # decides about somebody's rights or duties (enkeltvedtak)
    appeal: Mapped[str] = mapped_column(default="")  # how to complain about a grant decision
    no_action_reason: Mapped[str] = mapped_column(default="")  # why nobody has to do anything, said on purpose
    version: Mapped[int] = mapped_column(default=1)
    saved_at: Mapped[datetime]

    item: Mapped[AgendaItem] = relationship()
    proposals: Mapped[list[Proposal]] = relationship(back_populates="deliberation", order_by="Proposal.number")
    votes: Mapped[list[Vote]] = relationship(back_populates="deliberation", order_by="Vote.number")
    recusals: Mapped[list[Recusal]] = relationship(back_populates="deliberation", order_by="Recusal.id")
    closings: Mapped[list[Closing]] = relationship(back_populates="deliberation", order_by="Closing.began_at")
    breaks: Mapped[list[Adjournment]] = relationship(back_populates="deliberation", order_by="Adjournment.began_at")
    statements: Mapped[list[RecordStatement]] = relationship(back_populates="deliberation", order_by="RecordStatement.id")


class ProposalKind(enum.Enum):
    ADDITION = "addition"
    AMENDMENT = "amendment"
    ALTERNATIVE = "alternative"
    POSTPONE = "postpone"
    SEND_BACK = "send_back"


class Proposal(Model):
    """A proposal made in the meeting."""

    __table_args__ = (UniqueConstraint("deliberation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberation.id"))
    number: Mapped[int]  # in the item, from 1
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[list[int]] = mapped_column(default=list)  # ids of people, the proposer among them
    kind: Mapped[ProposalKind]
    text: Mapped[str]
    html: Mapped[str]
    withdrawn_at: Mapped[datetime | None]

    deliberation: Mapped[Deliberation] = relationship(back_populates="proposals")
    by: Mapped[Person] = relationship()


class Subject(enum.Enum):
    RECOMMENDATION = "recommendation"  # perhaps together with proposals
    PROPOSALS = "proposals"
    CHAIR_PROPOSAL = "chair_proposal"
    AGAINST_EACH_OTHER = "against_each_other"  # the recommendation (or first proposal) against another
    RECUSAL = "recusal"
    CLOSING = "closing"


class Vote(Model):
    """One vote. Its result is computed from the ballots and the chair's own (kommuneloven § 11-9); nobody abstains (§ 8-1)."""

    __table_args__ = (UniqueConstraint("deliberation_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberation.id"))
    number: Mapped[int]
    subject: Mapped[Subject]
    proposal_numbers: Mapped[list[int]] = mapped_column(default=list)  # of the item; voted on, or set against the recommendation
    about_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # whose recusal
    at: Mapped[datetime]
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))  # who led, and so decides a tie

    deliberation: Mapped[Deliberation] = relationship(back_populates="votes")
    about: Mapped[Person | None] = relationship(foreign_keys=[about_id])
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])
    ballots: Mapped[list[Ballot]] = relationship(back_populates="vote", order_by="Ballot.id")


class Ballot(Model):
    """How one person voted."""

    __table_args__ = (UniqueConstraint("vote_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vote_id: Mapped[int] = mapped_column(ForeignKey("vote.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    is_for: Mapped[bool]

    vote: Mapped[Vote] = relationship(back_populates="ballots")
    person: Mapped[Person] = relationship()


class Recusal(Model):
    """A member leaves one item, with the legal ground."""

    __table_args__ = (UniqueConstraint("deliberation_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    basis_id: Mapped[int] = mapped_column(ForeignKey("legal_basis.id"))
    statement: Mapped[str] = mapped_column(default="")
    is_disqualified: Mapped[bool] = mapped_column(default=True)  # what the body decided
    left_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    deputy_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    deliberation: Mapped[Deliberation] = relationship(back_populates="recusals")
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    deputy: Mapped[Person | None] = relationship(foreign_keys=[deputy_id])
    basis: Mapped[LegalBasis] = relationship()


class Closing(Model):
    """A stretch of an item behind closed doors, with its ground and who stayed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberation.id"))
    basis_id: Mapped[int] = mapped_column(ForeignKey("legal_basis.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    stayed: Mapped[list[int]] = mapped_column(default=list)  # ids of people

    deliberation: Mapped[Deliberation] = relationship(back_populates="closings")
    basis: Mapped[LegalBasis] = relationship()


class Adjournment(Model):
    """A break inside an item: group meetings, technical trouble."""

    id: Mapped[int] = mapped_column(primary_key=True)
    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberation.id"))
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    why: Mapped[str] = mapped_column(String(200))

    deliberation: Mapped[Deliberation] = relationship(back_populates="breaks")


class RecordStatement(Model):
    """A statement for the record (protokolltilførsel)."""

    id: Mapped[int] = mapped_column(primary_key=True)
    deliberation_id: Mapped[int] = mapped_column(ForeignKey("deliberation.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    on_behalf_of: Mapped[list[int]] = mapped_column(default=list)
    text: Mapped[str]
    html: Mapped[str]

    deliberation: Mapped[Deliberation] = relationship(back_populates="statements")
    by: Mapped[Person] = relationship()


class Feedback(Model):
    """How useful the meeting was to one who was there. One answer for each; nobody is shown whose it is."""

    __table_args__ = (UniqueConstraint("meeting_id", "person_id"), CheckConstraint("score BETWEEN 1 AND 5", name="score_is_one_to_five"))

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    score: Mapped[int]  # 1 of little use, 5 very useful
    comment: Mapped[str] = mapped_column(String(200), default="")  # one line


class MinutesState(enum.Enum):
    DRAFT = "draft"
    SENT = "sent"  # for approval
    LOCKED = "locked"


class Minutes(Model):
    """The record of one meeting on its way to being locked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meeting.id"), unique=True)
    state: Mapped[MinutesState] = mapped_column(default=MinutesState.DRAFT, index=True)
    opening: Mapped[str] = mapped_column(default="")  # Markdown, before the items
    closing: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)  # of the working text
    sent_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    meeting: Mapped[Meeting] = relationship()
    signatories: Mapped[list[Signatory]] = relationship(back_populates="minutes", order_by="Signatory.id")
    editions: Mapped[list[Edition]] = relationship(back_populates="minutes", order_by="Edition.number")

    @property
    def edition(self) -> Edition | None:
        """The newest locked edition."""
        return self.editions[-1] if self.editions else None


class Signatory(Model):
    """Someone who must approve the minutes: the chair, and those elected in the meeting."""

    __table_args__ = (UniqueConstraint("minutes_id", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_at: Mapped[datetime | None]
    approved_hash: Mapped[str] = mapped_column(String(64), default="")  # fingerprint of the text they saw

    minutes: Mapped[Minutes] = relationship(back_populates="signatories")
    person: Mapped[Person] = relationship()


class Edition(Model):
    """The locked text. A correction is a new edition; the old one stays. Immutable."""

    __table_args__ = (UniqueConstraint("minutes_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    minutes_id: Mapped[int] = mapped_column(ForeignKey("minutes.id"))
    number: Mapped[int]  # from 1
    document: Mapped[dict[str, Any]]  # the public record, composed: what page and PDF are made from
    sha256: Mapped[str] = mapped_column(String(64))  # of the canonical JSON of `document`
    pdf_file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    correction: Mapped[str] = mapped_column(default="")  # what was corrected, from edition 2 on
    locked_at: Mapped[datetime]
    locked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    minutes: Mapped[Minutes] = relationship(back_populates="editions")
    pdf_file: Mapped[StoredFile | None] = relationship()

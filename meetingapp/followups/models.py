"""Who does what by when, from which decision or commitment, and what became of it."""

from __future__ import annotations

import enum
from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.cases.models import Case
from meetingapp.core.database import Model
from meetingapp.council.models import Council, Organisation, Person
from meetingapp.minutes.models import Deliberation
from meetingapp.strategy.models import Commitment


class ActionState(enum.Enum):
    OPEN = "open"
    WAITING = "waiting"  # for someone outside
    DONE = "done"
    DROPPED = "dropped"


class Action(Model):
    """One promise. Overdue is computed, never stored."""

    __table_args__ = (Index("ix_action_list", "council_id", "due", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    title: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(default="")
    due: Mapped[date | None]
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"), index=True)
    deliberation_id: Mapped[int | None] = mapped_column(ForeignKey("deliberation.id"), index=True)  # the decision it comes from
    commitment_id: Mapped[int | None] = mapped_column(ForeignKey("commitment.id"), index=True)
    is_public: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    reminded_at: Mapped[datetime | None]  # when its owners were last asked for a status
    version: Mapped[int] = mapped_column(default=1)

    council: Mapped[Council] = relationship()
    case: Mapped[Case | None] = relationship()
    deliberation: Mapped[Deliberation | None] = relationship()
    commitment: Mapped[Commitment | None] = relationship()
    owners: Mapped[list[ActionOwner]] = relationship(back_populates="action", order_by="ActionOwner.id")
    updates: Mapped[list[ActionUpdate]] = relationship(back_populates="action", order_by="ActionUpdate.id")

    @property
    def state(self) -> ActionState:
        """What the owners' states add up to: done when all are, else the first that is not."""
        states = [owner.state for owner in self.owners]
        for state in (ActionState.OPEN, ActionState.WAITING):
            if state in states:
                return state
        return ActionState.DONE if ActionState.DONE in states else ActionState.DROPPED

    def days_over(self, today: date) -> int:
        """Calendar days past the deadline; 0 when it is not late, has no deadline or is closed."""
        if self.due is None or self.state in (ActionState.DONE, ActionState.DROPPED):
            return 0
        return max(0, (today - self.due).days)


class ActionOwner(Model):
    """A person or an organisation that owes the action; each has a state of its own."""

    __table_args__ = (
        CheckConstraint("person_id IS NOT NULL OR organisation_id IS NOT NULL", name="an_owner_is_someone"),
        Index("ix_action_owner_state", "state", "action_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"), index=True)
    state: Mapped[ActionState] = mapped_column(default=ActionState.OPEN)
    done_on: Mapped[date | None]

    action: Mapped[Action] = relationship(back_populates="owners")
    person: Mapped[Person | None] = relationship()
    organisation: Mapped[Organisation | None] = relationship()


class ActionUpdate(Model):
    """One report on an action. Appended, never changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("action.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("action_owner.id"))  # whose part it concerns; none: all
    state: Mapped[ActionState]
    new_due: Mapped[date | None]
    text: Mapped[str] = mapped_column(default="")

    action: Mapped[Action] = relationship(back_populates="updates")
    by: Mapped[Person | None] = relationship()


class CommitmentState(enum.Enum):
    NOT_STARTED = "not_started"
    ON_TRACK = "on_track"
    AT_RISK = "at_risk"
    FULFILLED = "fulfilled"
    BREACHED = "breached"
    DROPPED = "dropped"


class CommitmentStatus(Model):
    """What became of a commitment at a time, and the evidence. The newest counts; none is changed."""

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"), index=True)
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[CommitmentState]
    evidence: Mapped[str]  # every status needs evidence
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))

    commitment: Mapped[Commitment] = relationship()
    case: Mapped[Case | None] = relationship()
    by: Mapped[Person | None] = relationship()

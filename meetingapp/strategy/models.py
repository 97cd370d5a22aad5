"""What the council works for, and what its parties have promised each other."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model
from meetingapp.council.models import Council, Organisation


class AreaKind(enum.Enum):
    FOCUS = "focus"
    GOAL = "goal"
    ARENA = "arena"
    AGREEMENT = "agreement"
    CROSS_CUTTING = "cross_cutting"
    OTHER = "other"


class StrategyArea(Model):
    """A focus area, or a goal under one. Cases point here."""

    __table_args__ = (UniqueConstraint("council_id", "code", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("strategy_area.id"))
    code: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(300))
    kind: Mapped[AreaKind]
    sdg: Mapped[list[int]] = mapped_column(default=list)  # UN goals 1–17
    indicator: Mapped[str] = mapped_column(default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    parent: Mapped[StrategyArea | None] = relationship(remote_side=[id])


class AgreementState(enum.Enum):
    DRAFT = "draft"
    IN_FORCE = "in_force"
    EVALUATING = "evaluating"
    EXPIRED = "expired"


class Agreement(Model):
    """A mutually binding agreement between parties for a period."""

    __table_args__ = (UniqueConstraint("council_id", "slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    slug: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    version: Mapped[int] = mapped_column(default=1)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    state: Mapped[AgreementState]

    council: Mapped[Council] = relationship()
    parties: Mapped[list[AgreementParty]] = relationship(back_populates="agreement", order_by="AgreementParty.id")
    commitments: Mapped[list[Commitment]] = relationship(back_populates="agreement", order_by="Commitment.clause")


class AgreementParty(Model):
    """One party, and when it adopted the agreement. Parties adopt one by one."""

    __table_args__ = (UniqueConstraint("agreement_id", "organisation_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    adopted_on: Mapped[date | None]

    agreement: Mapped[Agreement] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()


class CommitmentKind(enum.Enum):
    MONEY = "money"
    STAFF = "staff"
    INVOLVE_EARLY = "involve_early"
    MEET = "meet"
    INFORM = "inform"
    JOINT_LOBBY = "joint_lobby"
    REPORT = "report"


class Commitment(Model):
    """What some parties owe others under one clause."""

    __table_args__ = (UniqueConstraint("agreement_id", "clause"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    clause: Mapped[str] = mapped_column(String(20))
    text: Mapped[str]
    kind: Mapped[CommitmentKind]
    amount: Mapped[int | None]  # whole kroner
    due: Mapped[date | None]
    recurrence: Mapped[str] = mapped_column(String(80), default="")
    indicator: Mapped[dict[str, Any]] = mapped_column(default=dict)

    agreement: Mapped[Agreement] = relationship(back_populates="commitments")
    parties: Mapped[list[CommitmentParty]] = relationship(back_populates="commitment", order_by="CommitmentParty.id")


class Side(enum.Enum):
    OWES = "owes"
    IS_OWED = "is_owed"


class CommitmentParty(Model):
    """An organisation on one side of a commitment. A mutual one has the same parties on both sides."""

    __table_args__ = (UniqueConstraint("commitment_id", "organisation_id", "side"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    commitment_id: Mapped[int] = mapped_column(ForeignKey("commitment.id"))
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    side: Mapped[Side]

    commitment: Mapped[Commitment] = relationship(back_populates="parties")
    organisation: Mapped[Organisation] = relationship()

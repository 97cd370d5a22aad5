"""Reads of the strategy register and of agreements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from meetingapp.core.database import db
from meetingapp.council.models import Organisation, OrganisationKind
from meetingapp.strategy.models import Agreement, AgreementParty, Commitment, CommitmentParty, Side, StrategyArea


def areas_of(council_id: int, day: date) -> Sequence[StrategyArea]:
    """The areas and goals that hold on `day`, by code: each area followed by its goals. One query."""
    found = db.session.scalars(
        select(StrategyArea)
        .where(
            StrategyArea.council_id == council_id,
            StrategyArea.valid_from <= day,
            or_(StrategyArea.valid_to.is_(None), StrategyArea.valid_to >= day),
        )
        .order_by(StrategyArea.id)
    ).all()
    return sorted(found, key=code_order)


def all_areas(council_id: int) -> Sequence[StrategyArea]:
    """Every area a council has had, newest period first, then by code. One query."""
    found = db.session.scalars(select(StrategyArea).where(StrategyArea.council_id == council_id).order_by(StrategyArea.id)).all()
    return sorted(found, key=lambda area: (-area.valid_from.toordinal(), code_order(area)))


def code_order(area: StrategyArea) -> tuple[list[tuple[int, int, str]], int]:
    """1, 1.2, 1.10, 2, B: numbers as numbers and before letters; a goal follows its area, for its code begins with it."""
    parts = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in area.code.split(".")]
    return parts, area.id


def area(area_id: int) -> StrategyArea | None:
    return db.session.get(StrategyArea, area_id)


def _loaded() -> tuple[ExecutableOption, ExecutableOption]:
    return (
        selectinload(Agreement.parties).joinedload(AgreementParty.organisation),
        selectinload(Agreement.commitments).selectinload(Commitment.parties).joinedload(CommitmentParty.organisation),
    )


def agreements_of(council_id: int) -> Sequence[Agreement]:
    """The agreements of a council, newest first. Four queries; parties and commitments come loaded."""
    return db.session.scalars(
        select(Agreement)
        .where(Agreement.council_id == council_id)
        .options(*_loaded())
        .order_by(Agreement.valid_from.desc(), Agreement.id.desc())
    ).all()


def agreement(agreement_id: int) -> Agreement | None:
    """One agreement. Four queries; council, parties and commitments come loaded."""
    return db.session.scalar(select(Agreement).where(Agreement.id == agreement_id).options(joinedload(Agreement.council), *_loaded()))


def commitments_of(council_id: int) -> Sequence[Commitment]:
    """The commitments of all agreements of a council, newest agreement first, then by clause. Two queries; parties come loaded."""
    found = db.session.scalars(
        select(Commitment)
        .join(Commitment.agreement)
        .where(Agreement.council_id == council_id)
        .options(joinedload(Commitment.agreement), selectinload(Commitment.parties).joinedload(CommitmentParty.organisation))
        .order_by(Agreement.valid_from.desc(), Agreement.id.desc(), Commitment.id)
    ).all()
    return sorted(found, key=lambda one: (-one.agreement.valid_from.toordinal(), -one.agreement_id, clause_order(one)))


def commitment(commitment_id: int) -> Commitment | None:
    """One commitment. Three queries; agreement, council and parties come loaded."""
    return db.session.scalar(
        select(Commitment)
        .where(Commitment.id == commitment_id)
        .options(
            joinedload(Commitment.agreement).joinedload(Agreement.council),
            selectinload(Commitment.parties).joinedload(CommitmentParty.organisation),
        )
    )


def clause_order(commitment: Commitment) -> tuple[list[tuple[int, int, str]], int]:
    """Clauses in reading order: 2.1, 2.10, 10.1."""
    parts = [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in commitment.clause.split(".")]
    return parts, commitment.id


def on_side(commitment: Commitment, side: Side) -> list[Organisation]:
    """The organisations on one side of a commitment. No query when the parties are loaded."""
    return [row.organisation for row in commitment.parties if row.side is side]


@dataclass(frozen=True)
class Owed:
    """The commitments of an agreement, by who owes."""

    municipalities: list[Commitment]
    county: list[Commitment]
    both: list[Commitment]
    others: list[Commitment]  # neither municipalities nor a county among those who owe


def owed(agreement: Agreement) -> Owed:
    """Who owes whom, each list in clause order. No query when the agreement is loaded."""
    lists = Owed([], [], [], [])
    for one in sorted(agreement.commitments, key=clause_order):
        kinds = {organisation.kind for organisation in on_side(one, Side.OWES)}
        if {OrganisationKind.MUNICIPALITY, OrganisationKind.COUNTY} <= kinds:
            lists.both.append(one)
        elif OrganisationKind.MUNICIPALITY in kinds:
            lists.municipalities.append(one)
        elif OrganisationKind.COUNTY in kinds:
            lists.county.append(one)
        else:
            lists.others.append(one)
    return lists

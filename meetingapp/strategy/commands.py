"""The verbs of the strategy register and of agreements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.addresses import address_part
from meetingapp.council.models import Council, Organisation
from meetingapp.strategy.models import (
    Agreement,
    AgreementParty,
    AgreementState,
    AreaKind,
    Commitment,
    CommitmentKind,
    CommitmentParty,
    Side,
    StrategyArea,
)

SDG = range(1, 18)  # the UN's goals


def add_area(
    council: Council,
    *,
    code: str,
    title: str,
    kind: AreaKind,
    valid_from: date,
    by: audit.Doer | None,
    parent: StrategyArea | None = None,
    sdg: Iterable[int] = (),
    indicator: str = "",
    valid_to: date | None = None,
) -> StrategyArea:
    """A new focus area, or (with `parent`) a goal under one.

    :param sdg: numbers of UN goals, 1 to 17
    :raises RuleBroken: when another area has the code at that time, or the parent does not fit
    """
    area = StrategyArea(council_id=council.id, code=code.strip())
    _write_area(area, title, kind, parent, sdg, indicator, valid_from, valid_to)
    db.session.add(area)
    audit.record("area.add", area, by=by, code=area.code)
    return area


def edit_area(
    area: StrategyArea,
    *,
    code: str,
    title: str,
    kind: AreaKind,
    valid_from: date,
    by: audit.Doer | None,
    parent: StrategyArea | None = None,
    sdg: Iterable[int] = (),
    indicator: str = "",
    valid_to: date | None = None,
) -> None:
    """Change an area. Cases keep pointing to it.

    :raises RuleBroken: as `add_area`
    """
    with db.session.no_autoflush:
        area.code = code.strip()
        _write_area(area, title, kind, parent, sdg, indicator, valid_from, valid_to)
    audit.record("area.edit", area, by=by, code=area.code)


def _write_area(
    area: StrategyArea,
    title: str,
    kind: AreaKind,
    parent: StrategyArea | None,
    sdg: Iterable[int],
    indicator: str,
    valid_from: date,
    valid_to: date | None,
) -> None:
    title = " ".join(title.split())
    if not area.code:
        raise RuleBroken(_("Write a code."), field="code")
    if not title:
        raise RuleBroken(_("Write a title."), field="title")
    if valid_to is not None and valid_to < valid_from:
        raise RuleBroken(_("The end is before the beginning."), field="valid_to")
    goals = sorted(set(sdg))
    if any(goal not in SDG for goal in goals):
        raise RuleBroken(_("The UN has 17 goals, numbered 1 to 17."), field="sdg")
    if parent is not None and (parent is area or parent.parent_id is not None or parent.council_id != area.council_id):
        raise RuleBroken(_("A goal stands under a focus area, and nothing stands under a goal."), field="parent")
    if parent is not None and area.id is not None and _has_goals(area):
        raise RuleBroken(_("This area has goals of its own, so it cannot stand under another."), field="parent")
    _check_code(area, valid_from, valid_to)
    area.title, area.kind, area.parent, area.sdg, area.indicator = title, kind, parent, goals, indicator.strip()
    area.valid_from, area.valid_to = valid_from, valid_to


def _has_goals(area: StrategyArea) -> bool:
    with db.session.no_autoflush:
        return db.session.scalar(select(StrategyArea.id).where(StrategyArea.parent_id == area.id).limit(1)) is not None


def _check_code(area: StrategyArea, valid_from: date, valid_to: date | None) -> None:
    """One code names one area on each day; a new strategy may use it again."""
    same = select(StrategyArea).where(StrategyArea.council_id == area.council_id, StrategyArea.code == area.code)
    with db.session.no_autoflush:
        others = [other for other in db.session.scalars(same) if other is not area]
    for other in others:
        begins_after = valid_to is not None and other.valid_from > valid_to
        ends_before = other.valid_to is not None and other.valid_to < valid_from
        if not (begins_after or ends_before):
            raise RuleBroken(_("«%(title)s» has this code at that time.", title=other.title), field="code")


def add_agreement(
    council: Council,
    *,
    title: str,
    valid_from: date,
    by: audit.Doer | None,
    parties: Sequence[Organisation] = (),
    adopted: Mapping[int, date] | None = None,
    slug: str = "",
    version: int = 1,
    valid_to: date | None = None,
    state: AgreementState = AgreementState.DRAFT,
) -> Agreement:
    """A new agreement between `parties`.

    :param adopted: organisation id → the day it adopted the agreement
    :param slug: its public address for ever; by default made from the title
    :raises RuleBroken: without at least two parties; when an address is in use; when it would be in force before all have adopted it
    :source: kommuneloven § 18-4 (adopted by every party)
    """
    agreement = Agreement(council=council, slug=address_part(slug or title, longest=80), version=version)
    with db.session.no_autoflush:
        taken = select(Agreement.id).where(Agreement.council_id == council.id, Agreement.slug == agreement.slug)
        if not agreement.slug or db.session.scalar(taken):
            raise RuleBroken(_("There is an agreement with this title already."), field="title")
    _write_agreement(agreement, title, valid_from, valid_to, state, parties, adopted or {})
    db.session.add(agreement)
    audit.record("agreement.add", agreement, by=by)
    return agreement


def edit_agreement(
    agreement: Agreement,
    *,
    title: str,
    valid_from: date,
    by: audit.Doer | None,
    parties: Sequence[Organisation],
    adopted: Mapping[int, date],
    version: int = 1,
    valid_to: date | None = None,
    state: AgreementState = AgreementState.DRAFT,
) -> None:
    """Change an agreement's facts; its address stays.

    :raises RuleBroken: as `add_agreement`; and when a party that owes or is owed something would be taken out
    """
    with db.session.no_autoflush:
        _write_agreement(agreement, title, valid_from, valid_to, state, parties, adopted)
        agreement.version = version
    audit.record("agreement.edit", agreement, by=by, state=state.value)


def _write_agreement(
    agreement: Agreement,
    title: str,
    valid_from: date,
    valid_to: date | None,
    state: AgreementState,
    parties: Sequence[Organisation],
    adopted: Mapping[int, date],
) -> None:
    title = " ".join(title.split())
    if not title:
        raise RuleBroken(_("Write a title."), field="title")
    if valid_to is not None and valid_to < valid_from:
        raise RuleBroken(_("The end is before the beginning."), field="valid_to")
    if len(parties) < 2:
        raise RuleBroken(_("An agreement has at least two parties."), field="parties")
    waiting = [party.short_name for party in parties if party.id not in adopted]
    if state is AgreementState.IN_FORCE and waiting:
        raise RuleBroken(
            _("It is not in force before all parties have adopted it. Missing: %(names)s.", names=", ".join(waiting)),
            next_step=_("Write the day each party adopted it."),
            field="state",
        )
    used = {side.organisation_id for commitment in agreement.commitments for side in commitment.parties}
    chosen = {party.id for party in parties}
    for row in list(agreement.parties):
        if row.organisation_id not in chosen:
            if row.organisation_id in used:
                name = row.organisation.short_name
                raise RuleBroken(_("%(name)s owes or is owed something under this agreement.", name=name), field="parties")
            agreement.parties.remove(row)
            db.session.delete(row)
    rows = {row.organisation_id: row for row in agreement.parties}
    for party in parties:
        there = rows.get(party.id)
        if there is None:
            there = AgreementParty(organisation=party, organisation_id=party.id)
            agreement.parties.append(there)
        there.adopted_on = adopted.get(party.id)
    agreement.title, agreement.valid_from, agreement.valid_to, agreement.state = title, valid_from, valid_to, state


def add_commitment(
    agreement: Agreement,
    *,
    clause: str,
    text: str,
    kind: CommitmentKind,
    owed_by: Sequence[Organisation],
    owed_to: Sequence[Organisation],
    by: audit.Doer | None,
    amount: int | None = None,
    due: date | None = None,
    recurrence: str = "",
    indicator: dict[str, Any] | None = None,
) -> Commitment:
    """What `owed_by` promise `owed_to` under one clause. A mutual promise names the same parties on both sides.

    :param amount: whole kroner
    :raises RuleBroken: when the clause is in use, a side is empty, or someone on a side is no party
    """
    commitment = Commitment(clause=clause.strip(), indicator=indicator or {})
    with db.session.no_autoflush:
        _write_commitment(agreement, commitment, text, kind, owed_by, owed_to, amount, due, recurrence)
    agreement.commitments.append(commitment)
    audit.record("commitment.add", commitment, by=by, clause=commitment.clause)
    return commitment


def edit_commitment(
    commitment: Commitment,
    *,
    clause: str,
    text: str,
    kind: CommitmentKind,
    owed_by: Sequence[Organisation],
    owed_to: Sequence[Organisation],
    by: audit.Doer | None,
    amount: int | None = None,
    due: date | None = None,
    recurrence: str = "",
) -> None:
    """Change a commitment.

    :raises RuleBroken: as `add_commitment`
    """
    with db.session.no_autoflush:
        commitment.clause = clause.strip()
        _write_commitment(commitment.agreement, commitment, text, kind, owed_by, owed_to, amount, due, recurrence)
    audit.record("commitment.edit", commitment, by=by, clause=commitment.clause)


def _write_commitment(
    agreement: Agreement,
    commitment: Commitment,
    text: str,
    kind: CommitmentKind,
    owed_by: Sequence[Organisation],
    owed_to: Sequence[Organisation],
    amount: int | None,
    due: date | None,
    recurrence: str,
) -> None:
    if not commitment.clause:
        raise RuleBroken(_("Write the clause."), field="clause")
    if not text.strip():
        raise RuleBroken(_("Write what is promised."), field="text")
    if any(other.clause == commitment.clause for other in agreement.commitments if other is not commitment):
        raise RuleBroken(_("There is a commitment under this clause already."), field="clause")
    if amount is not None and amount < 0:
        raise RuleBroken(_("Write the amount in whole kroner, from 0 up."), field="amount")
    if kind is CommitmentKind.MONEY and amount is None:
        raise RuleBroken(_("Write the amount in whole kroner."), field="amount")
    parties = {party.organisation_id for party in agreement.parties}
    for organisations, field in ((owed_by, "owed_by"), (owed_to, "owed_to")):
        if not organisations:
            raise RuleBroken(_("Choose at least one party."), field=field)
        if any(organisation.id not in parties for organisation in organisations):
            raise RuleBroken(_("Only parties to the agreement can stand here."), field=field)
    _write_side(commitment, Side.OWES, owed_by)
    _write_side(commitment, Side.IS_OWED, owed_to)
    commitment.text, commitment.kind, commitment.amount = text.strip(), kind, amount
    commitment.due, commitment.recurrence = due, recurrence.strip()


def _write_side(commitment: Commitment, side: Side, organisations: Sequence[Organisation]) -> None:
    chosen = {organisation.id for organisation in organisations}
    rows = [row for row in commitment.parties if row.side is side]
    for row in rows:
        if row.organisation_id not in chosen:
            commitment.parties.remove(row)
            db.session.delete(row)
    there = {row.organisation_id for row in rows}
    for organisation in organisations:
        if organisation.id not in there:
            commitment.parties.append(CommitmentParty(organisation=organisation, organisation_id=organisation.id, side=side))

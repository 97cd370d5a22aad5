"""Reads of cases: scoped to who asks, in a total order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.cases.models import Case, CaseKind, CaseState, Exemption, PaperAccess
from meetingapp.core import clock, policy
from meetingapp.core.database import db

PAGE = 25  # rows


def visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """Cases that `actor` may see: staff all of their council, others inside what is more than a proposal, all their own."""
    staff, inside = actor.staff_council_ids(), actor.inside_council_ids()
    own = Case.proposed_by_id == actor.person_id if actor.person_id is not None else Case.id < 0
    return query.where(
        or_(
            Case.council_id.in_(staff),
            and_(Case.council_id.in_(inside), Case.state.not_in([CaseState.PROPOSED, CaseState.DECLINED])),
            own,
        )
    )


def case_for(actor: Any, case_id: int) -> Case | None:
    """The case, if `actor` may see it; absent and hidden are the same None. Two queries; papers and attachments come loaded."""
    query = select(Case).where(Case.id == case_id).options(selectinload(Case.papers), selectinload(Case.attachments))
    found: Case | None = db.session.scalar(policy.scope(actor, query, visible))
    return found


def list_page(
    actor: Any, council_id: int, *, states: Sequence[CaseState] = (), kind: CaseKind | None = None, text: str = "", page: int = 1
) -> Any:
    """One page of a council's cases, newest first. Two queries; officers and legal bases come loaded.

    :param text: part of the public title, or of the internal one where it may be seen
    """
    query = select(Case).where(Case.council_id == council_id).options(joinedload(Case.officer), joinedload(Case.legal_basis))
    if states:
        query = query.where(Case.state.in_(states))
    if kind is not None:
        query = query.where(Case.kind == kind)
    if text:
        pattern = f"%{text.lower()}%"
        may_search_internal = Case.exemption == Exemption.NONE
        if actor.is_staff_of(council_id):
            may_search_internal = Case.id.is_not(None)
        query = query.where(
            or_(func.lower(Case.public_title).like(pattern), and_(may_search_internal, func.lower(Case.title).like(pattern)))
        )
    query = policy.scope(actor, query, visible).order_by(Case.created_at.desc(), Case.id.desc())
    return db.paginate(query, page=page, per_page=PAGE, max_per_page=PAGE, error_out=False)


def ready_queue(council_id: int) -> Sequence[Case]:
    """Cases that wait for an agenda: the postponed first, then the ready, oldest first. Two queries; papers come loaded."""
    return db.session.scalars(
        select(Case)
        .where(Case.council_id == council_id, Case.state.in_([CaseState.READY, CaseState.POSTPONED]))
        .options(selectinload(Case.papers), joinedload(Case.officer))
        .order_by(Case.state != CaseState.POSTPONED, Case.created_at, Case.id)
    ).all()


def unready(council_id: int) -> Sequence[Case]:
    """Cases taken in or in work: what may come on a later agenda. One query."""
    return db.session.scalars(
        select(Case)
        .where(Case.council_id == council_id, Case.state.in_([CaseState.TAKEN_IN, CaseState.IN_WORK, CaseState.SENT_BACK]))
        .options(joinedload(Case.officer))
        .order_by(Case.created_at, Case.id)
    ).all()


def proposals(council_id: int) -> Sequence[Case]:
    """Proposals that nobody has answered, oldest first. One query; proposers come loaded."""
    return db.session.scalars(
        select(Case)
        .where(Case.council_id == council_id, Case.state == CaseState.PROPOSED)
        .options(joinedload(Case.proposed_by), joinedload(Case.proposed_for))
        .order_by(Case.proposed_at, Case.id)
    ).all()


def proposals_by(person_id: int, organisation_id: int | None, council_id: int | None = None) -> Sequence[Case]:
    """What a person, or anyone for their organisation, has proposed, newest first. One query."""
    mine = Case.proposed_by_id == person_id
    query = select(Case).where(or_(mine, Case.proposed_for_id == organisation_id) if organisation_id is not None else mine)
    if council_id is not None:
        query = query.where(Case.council_id == council_id)
    return db.session.scalars(query.where(Case.proposed_at.is_not(None)).order_by(Case.proposed_at.desc(), Case.id.desc())).all()


def access_of(case: Case, person_id: int) -> PaperAccess | None:
    """The live right of a person to read the closed papers of `case`. One query."""
    today = clock.today()
    return db.session.scalar(
        select(PaperAccess).where(
            PaperAccess.case_id == case.id,
            PaperAccess.person_id == person_id,
            PaperAccess.revoked_at.is_(None),
            or_(PaperAccess.until.is_(None), PaperAccess.until >= today),
        )
    )


def shown_title(actor: Any, case: Case) -> str:
    """The title that `actor` may see: the internal one unless the case is exempt and its closed part is not theirs to read."""
    if not case.is_exempt or policy.allows(actor, "case.read_closed", case):
        return case.title
    return case.public_title


def exempt_cases(council_id: int) -> Sequence[Case]:
    """All cases of a council that hold something exempt, for the publication gate. Three queries; papers and attachments come loaded."""
    return db.session.scalars(
        select(Case)
        .where(Case.council_id == council_id, Case.exemption != Exemption.NONE)
        .options(selectinload(Case.papers), selectinload(Case.attachments))
        .order_by(Case.id)
    ).all()

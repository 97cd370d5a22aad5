"""Reads of cases: scoped to who asks, in a total order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, contains_eager, joinedload, selectinload

from meetingapp.cases.models import (
    BEING_WRITTEN,
    Attachment,
    Case,
    CaseKind,
    CasePaper,
    CaseState,
    Exemption,
    PaperAccess,
    PaperRequest,
    Part,
)
from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.database.pages import Page, Stretch, page_of
from meetingapp.core.files.models import StoredFile

NEEDS_RECOMMENDATION = (CaseKind.DECISION, CaseKind.STATEMENT, CaseKind.APPLICATION)
LARGEST_ID = 2**31 - 1  # what a key can be on both databases


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
    """The case, if `actor` may see it; absent and hidden are the same None. Three queries; papers and attachments come loaded."""
    options = (selectinload(Case.papers), selectinload(Case.attachments))
    query = select(Case).where(Case.id == min(case_id, LARGEST_ID)).options(*options)
    found: Case | None = db.session.scalar(policy.scope(actor, query, visible))
    return found


def list_page(
    actor: Any,
    council_id: int,
    *,
    states: Sequence[CaseState] = (),
    kind: CaseKind | None = None,
    text: str = "",
    behind: int | None = None,
) -> Page[Case]:
    """One page of a council's cases, newest first. At most two queries; officers and legal bases come loaded.

    :param text: part of the public title, or of the internal one where it may be seen
    :param behind: the id of the case that the page begins behind
    """
    known = policy.scope(actor, select(Case).where(Case.council_id == council_id), visible)
    query = known.options(joinedload(Case.officer), joinedload(Case.legal_basis))
    if states:
        query = query.where(Case.state.in_(states))
    if kind is not None:
        query = query.where(Case.kind == kind)
    if words := " ".join(text.replace("\x00", " ").split()):
        internal = _has(Case.title, words)
        if not actor.is_staff_of(council_id):  # what a search finds is told, so it may not look where the eye may not
            internal = and_(Case.exemption == Exemption.NONE, internal)
        query = query.where(or_(_has(Case.public_title, words), internal))
    return page_of(query, Stretch((Case.created_at, Case.id), backwards=True), known=known, behind=behind)


def _has(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Whether `text` stands in `column`, whatever the case. SQLite's own lower() knows only A to Z."""
    folded: ColumnElement[str] = func.lower(column)
    for capital in "ÆØÅÄÖÉ":
        folded = func.replace(folded, capital, capital.lower())
    return folded.contains(text.lower(), autoescape=True)


QUEUED = (CaseState.READY, CaseState.POSTPONED)
ON_THE_WAY = (CaseState.TAKEN_IN, CaseState.IN_WORK, CaseState.SENT_BACK)


def ready_queue(council_id: int) -> list[Case]:
    """Cases that wait for an agenda: the postponed first, then the ready, oldest first. One query; officers come loaded."""
    return _in_queue(_in_states(council_id, *QUEUED))


@dataclass(frozen=True)
class Waiting:
    """What may come on an agenda, now or later."""

    queue: list[Case]  # as `ready_queue`
    unready: list[Case]  # taken in or in work, oldest first; then proposals that nobody has answered


def waiting(council_id: int) -> Waiting:
    """All of a council's cases that are on their way to an agenda. One query; officers come loaded."""
    found = _in_states(council_id, *QUEUED, *ON_THE_WAY, CaseState.PROPOSED)
    on_the_way = sorted((case for case in found if case.state in ON_THE_WAY), key=lambda case: (case.created_at, case.id))
    proposed = sorted((case for case in found if case.state is CaseState.PROPOSED), key=_when_proposed)
    return Waiting(_in_queue(case for case in found if case.state in QUEUED), on_the_way + proposed)


def _in_states(council_id: int, *states: CaseState) -> Sequence[Case]:
    """In no order: in the order of the list, SQLite would read all of the list."""
    return db.session.scalars(_IN_STATES, {"council": council_id, "states": states}).all()


_IN_STATES = (
    select(Case)
    .where(Case.council_id == bindparam("council"), Case.state.in_(bindparam("states", expanding=True)))
    .options(joinedload(Case.officer))
)


def _in_queue(cases: Iterable[Case]) -> list[Case]:
    return sorted(cases, key=lambda case: (case.state is not CaseState.POSTPONED, case.created_at, case.id))


def _when_proposed(case: Case) -> tuple[datetime, int]:
    return case.proposed_at or case.created_at, case.id


def proposals(council_id: int) -> Sequence[Case]:
    """Proposals that nobody has answered, oldest first. One query; proposers come loaded."""
    return db.session.scalars(
        select(Case)
        .where(Case.council_id == council_id, Case.state == CaseState.PROPOSED)
        .options(joinedload(Case.proposed_by), joinedload(Case.proposed_for))
        .order_by(Case.proposed_at, Case.id)
    ).all()


def proposals_by(person_id: int, organisation_id: int | None, council_id: int | None = None) -> Sequence[Case]:
    """What a person, or anyone for their organisation, has proposed, newest first. One query; proposers come loaded."""
    mine = Case.proposed_by_id == person_id
    query = select(Case).where(or_(mine, Case.proposed_for_id == organisation_id) if organisation_id is not None else mine)
    if council_id is not None:
        query = query.where(Case.council_id == council_id)
    query = query.where(Case.proposed_at.is_not(None)).options(joinedload(Case.proposed_by))
    return db.session.scalars(query.order_by(Case.proposed_at.desc(), Case.id.desc())).all()


def _live_access(person_id: int) -> Select[Any]:
    return select(PaperAccess).where(
        PaperAccess.person_id == person_id,
        PaperAccess.revoked_at.is_(None),
        or_(PaperAccess.until.is_(None), PaperAccess.until >= clock.today()),
    )


def readable_closed(person_id: int) -> Select[Any]:
    """The ids of the cases whose closed papers a person has been given access to, as a query."""
    return _live_access(person_id).with_only_columns(PaperAccess.case_id)


def access_of(case: Case, person_id: int) -> PaperAccess | None:
    """The live right of a person to read the closed papers of `case`. One query."""
    found: PaperAccess | None = db.session.scalar(_live_access(person_id).where(PaperAccess.case_id == case.id))
    return found


def title_outside(case: Case) -> str:
    """What the case is called to someone outside the council: the public title, else the proposer's own words while nobody has changed
    them, else nothing."""
    if case.public_title:
        return case.public_title
    is_as_proposed = case.proposed_at is not None and case.version == 1  # each save of the facts counts up
    return case.title if is_as_proposed and not case.is_exempt else ""


def shown_title(actor: Any, case: Case) -> str:
    """The title that `actor` may see: the internal one for those inside the council, unless the case is exempt and its closed part is
    not theirs to read; else the public one. Never empty. At most one query, and only for an exempt case."""
    if not case.is_exempt:
        return case.title if _is_inside(actor, case) else title_outside(case) or _("A case without a public title")
    return case.title if policy.allows(actor, "case.read_closed", case) else case.public_title


def _is_inside(actor: Any, case: Case) -> bool:
    return actor.person_id is not None and bool(actor.is_inside(case.council_id))


def closed_to(actor: Any, cases: Iterable[Case]) -> set[int]:
    """The ids of those of `cases` whose closed part `actor` may not read. At most one query."""
    closed = [case for case in cases if case.is_exempt and not (actor.person_id is not None and actor.is_staff_of(case.council_id))]
    if not closed or actor.person_id is None:
        return {case.id for case in closed}
    readable = set(db.session.scalars(readable_closed(actor.person_id)))
    return {case.id for case in closed if case.id not in readable or not actor.is_inside(case.council_id)}


def shown_titles(actor: Any, cases: Iterable[Case]) -> dict[int, str]:
    """As `shown_title`, for many: case id → title. At most one query."""
    cases = list(cases)
    hidden = closed_to(actor, cases)
    return {
        case.id: case.public_title if case.id in hidden else case.title if case.is_exempt else shown_title(actor, case) for case in cases
    }


def exempt_cases(council_id: int) -> Sequence[Case]:
    """All cases of a council that hold something exempt, for the publication gate. Three queries; papers and attachments come loaded."""
    return db.session.scalars(
        select(Case)
        .where(Case.council_id == council_id, Case.exemption != Exemption.NONE)
        .options(selectinload(Case.papers), selectinload(Case.attachments))
        .order_by(Case.id)
    ).all()


@dataclass(frozen=True)
class Step:
    """One thing that a case needs before it is ready."""

    text: str
    place: str  # the part of the case's address where it is mended: "rediger", "fremlegg"
    is_done: bool


def checklist(case: Case) -> list[Step]:
    """What a case needs before it is ready, in the order of work."""
    paper = case.paper(Part.OPEN)
    steps = [
        Step(_("A public title"), "rediger", bool(case.public_title)),
        Step(_("A case paper"), "fremlegg", paper is not None and bool(paper.text)),
    ]
    if case.kind in NEEDS_RECOMMENDATION:
        steps.append(Step(_("A recommendation"), "fremlegg", paper is not None and bool(paper.recommendation)))
    return steps


def missing(case: Case) -> list[Step]:
    """What stands between a case and being ready."""
    return [step for step in checklist(case) if not step.is_done]


def attachments_of(case: Case, *, closed: bool) -> list[Attachment]:
    """The attachments that are there now, oldest first.

    :param closed: whether the closed ones come too
    """
    return [attachment for attachment in case.attachments if attachment.removed_at is None and (closed or not attachment.is_closed)]


def open_attachments(case: Case) -> list[Attachment]:
    """Attachments that are there and not closed."""
    return attachments_of(case, closed=False)


def read_from_word(case: Case) -> CasePaper | None:
    """The newest version of the open part that was read from a Word file."""
    return next((paper for paper in reversed(case.papers) if paper.part is Part.OPEN and paper.source_file_id is not None), None)


def stored_file(file_id: int) -> StoredFile | None:
    """The row of a stored file. Whoever asks must know that this person may have it. One query."""
    return db.session.get(StoredFile, file_id)


def _waiting() -> Select[Any]:
    return (
        select(PaperRequest)
        .where(PaperRequest.accepted_at.is_(None), PaperRequest.withdrawn_at.is_(None))
        .options(joinedload(PaperRequest.person))
    )


def open_request(case: Case) -> PaperRequest | None:
    """Who is asked to write the paper of `case`, until it is taken in or called off. One query; the person comes loaded."""
    found: PaperRequest | None = db.session.scalar(_waiting().where(PaperRequest.case_id == case.id))
    return found


def open_requests(council_id: int) -> Sequence[PaperRequest]:
    """All that wait for a case paper in a council, the nearest deadline first. One query; people and cases come loaded."""
    query = _waiting().join(PaperRequest.case).where(Case.council_id == council_id).options(contains_eager(PaperRequest.case))
    return db.session.scalars(query.order_by(PaperRequest.due, PaperRequest.id)).all()


def requests_to(person_id: int) -> Sequence[PaperRequest]:
    """What a person is asked to write and has not delivered, in cases whose papers are being written, the nearest deadline first.

    One query; cases come loaded.
    """
    query = _waiting().join(PaperRequest.case).options(contains_eager(PaperRequest.case))
    query = query.where(PaperRequest.person_id == person_id, PaperRequest.delivered_at.is_(None), Case.state.in_(BEING_WRITTEN))
    return db.session.scalars(query.order_by(PaperRequest.due, PaperRequest.id)).all()


def request_by_id(request_id: int) -> PaperRequest | None:
    """A request with its case. Whoever asks must know that this person may have it. Three queries; papers and attachments come loaded."""
    case = joinedload(PaperRequest.case)
    options = (case.selectinload(Case.papers), case.selectinload(Case.attachments))
    return db.session.scalar(select(PaperRequest).where(PaperRequest.id == request_id).options(*options))


def title_for_writer(case: Case) -> str:
    """What the case is called to whoever writes its paper without being of the office: the public title, else the internal one of a
    case that is not exempt, for they must know what to write about."""
    return case.public_title or ("" if case.is_exempt else case.title)

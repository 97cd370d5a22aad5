"""The search of the office: what is found is narrowed by the same rules as the pages it leads to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import CaseNumber
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case
from meetingapp.core import policy, search
from meetingapp.core.database import db
from meetingapp.core.search import ClosedEntry, Found, OpenEntry
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Council, Organisation, Person
from meetingapp.followups import queries as followup_queries
from meetingapp.followups.models import Action
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting
from meetingapp.minutes.models import Minutes, MinutesState

NUMBER = re.compile(r"\s*(\w+)\s+0*(\d{1,5})\s*/\s*(\d{2}|\d{4})\s*", re.IGNORECASE)
KINDS = ("case", "minutes", "meeting", "action", "person", "organisation")


def _ids(actor: Any, council: Council, kind: str) -> Any:
    """The ids of one kind of thing that `actor` may see in a council, as a query."""
    if kind == "case":
        return policy.scope(actor, select(Case.id).where(Case.council_id == council.id), case_queries.visible)
    if kind == "meeting":
        return policy.scope(actor, select(Meeting.id).where(Meeting.council_id == council.id), meeting_queries.visible)
    if kind == "action":
        return policy.scope(actor, select(Action.id).where(Action.council_id == council.id), followup_queries.visible)
    if kind == "person":
        return council_queries.people_of(council.id).with_only_columns(Person.id).order_by(None)
    if kind == "organisation":
        return select(Organisation.id).where(Organisation.id.in_(council_queries.organisation_ids_known_to(council.id)))
    meetings = policy.scope(actor, select(Meeting.id).where(Meeting.council_id == council.id), meeting_queries.visible)
    return select(Minutes.id).where(Minutes.meeting_id.in_(meetings), *_open_minutes(actor, council))


def _open_minutes(actor: Any, council: Council) -> list[ColumnElement[bool]]:
    """While locked minutes are being corrected, their old edition is read by all; a draft by the secretary. What is indexed is locked."""
    return [] if actor.is_secretary_of(council) else [or_(Minutes.state != MinutesState.DRAFT, Minutes.editions.any())]


def find(actor: Any, council: Council, words: str, *, kind: str = "", limit: int = search.SHOWN) -> Found:
    """What `words` finds of what `actor` may read in one council. The closed index is opened only for those who may read something in it.

    Two queries, four with the closed index; as many again where nothing has the words as they stand.

    :param kind: one of `KINDS`, or empty for all
    """
    if not actor.is_inside(council):
        return Found([], 0)
    kinds = [kind] if kind in KINDS else KINDS
    ids = {one: _ids(actor, council, one) for one in kinds}
    open_to = or_(*(and_(OpenEntry.source == one, OpenEntry.source_id.in_(ids[one])) for one in kinds))
    closed_to = or_(false(), *(and_(ClosedEntry.source == one, ClosedEntry.source_id.in_(ids[one])) for one in kinds))
    closed_to = and_(ClosedEntry.realm == council.id, _unlocked(actor, council), closed_to)
    return search.find(words, open_to=open_to, closed_to=closed_to if _reads_closed(actor, council) else None, limit=limit)


def _unlocked(actor: Any, council: Council) -> ColumnElement[bool]:
    """As the policy says «case.read_closed»: staff, and those with access to the case."""
    seen = policy.scope(actor, select(Case.id).where(Case.council_id == council.id), case_queries.visible)
    if actor.is_staff_of(council):
        return ClosedEntry.lock.in_(seen)
    return and_(ClosedEntry.lock.in_(seen), ClosedEntry.lock.in_(case_queries.readable_closed(actor.person_id)))


def _reads_closed(actor: Any, council: Council) -> bool:
    return actor.is_staff_of(council) or db.session.scalar(case_queries.readable_closed(actor.person_id).limit(1)) is not None


@dataclass(frozen=True)
class Numbered:
    """A case that was asked for by its number."""

    case: Case
    number: str


def by_number(actor: Any, council: Council, words: str) -> Numbered | None:
    """The case that «RR 13/26» names, if `actor` may see it. At most one query."""
    asked = NUMBER.fullmatch(words[:60])
    if asked is None:
        return None
    series, number, year = asked.group(1).upper(), int(asked.group(2)), int(asked.group(3))
    query: Any = (
        select(Case, CaseNumber.text)
        .join(CaseNumber, CaseNumber.case_id == Case.id)
        .join(Body, Body.id == CaseNumber.body_id)
        .where(
            Body.council_id == council.id,
            CaseNumber.series == series,
            CaseNumber.number == number,
            CaseNumber.year == (year if year > 99 else 2000 + year),
        )
    )
    row = db.session.execute(policy.scope(actor, query, case_queries.visible).order_by(CaseNumber.id)).first()
    return Numbered(row[0], row[1]) if row is not None else None


def numbers_of(found: Found) -> dict[int, str]:
    """Case id → its newest number, for the cases among the hits. One query."""
    ids = [hit.source_id for hit in found.hits if hit.source == "case"]
    return {case_id: numbers[-1].text for case_id, numbers in agenda_queries.numbers_of_cases(ids).items()}

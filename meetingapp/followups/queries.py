"""Reads of actions and of what became of commitments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.agendas.models import AgendaItem, CaseNumber
from meetingapp.cases.models import Case
from meetingapp.core import policy
from meetingapp.core.database import db
from meetingapp.core.database.pages import Page, Stretch, looked_at, page_of
from meetingapp.council.models import Organisation, Person, SeatRole
from meetingapp.followups.models import (
    Action,
    ActionOwner,
    ActionState,
    ActionUpdate,
    CommitmentState,
    CommitmentStatus,
)
from meetingapp.meetings.models import Meeting
from meetingapp.minutes.models import Deliberation
from meetingapp.strategy.models import Commitment

UNDER_WAY = (ActionState.OPEN, ActionState.WAITING)
ANSWERS_FOR_ITS_OWN = (SeatRole.MEMBER, SeatRole.DEPUTY, SeatRole.ATTENDEE)  # the secretariat answers for the council, not for its employer


def _loaded(query: Select[Any]) -> Select[Any]:
    """With owners, case and the meeting of the decision: two queries in all."""
    return query.options(
        selectinload(Action.owners).options(joinedload(ActionOwner.person), joinedload(ActionOwner.organisation)),
        joinedload(Action.case),
        joinedload(Action.deliberation).joinedload(Deliberation.item).joinedload(AgendaItem.meeting),
        joinedload(Action.council),
    )


def _is_open() -> Any:
    """Found by the state of an owner: what is closed, which grows for ever, is not read."""
    return Action.id.in_(select(ActionOwner.action_id).where(ActionOwner.state.in_(UNDER_WAY)))


def _due_first(query: Select[Any]) -> Select[Any]:
    """The nearest deadline first, those without one last."""
    return query.order_by(Action.due.is_(None), Action.due, Action.id)


def _owned(person_id: int, organisation_ids: Iterable[int]) -> Any:
    mine = or_(ActionOwner.person_id == person_id, ActionOwner.organisation_id.in_(list(organisation_ids)))
    return Action.id.in_(select(ActionOwner.action_id).where(mine))


def organisation_ids_of(actor: Any) -> set[int]:
    """The organisations `actor` can answer for: those whose seats the person holds today. No query besides the actor's seats."""
    return {seat.organisation_id for seat in actor.seats if seat.role in ANSWERS_FOR_ITS_OWN and seat.organisation_id is not None}


def visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """`query` over actions narrowed to what `actor` may see: the councils they are inside, and what they own."""
    return query.where(or_(Action.council_id.in_(actor.inside_council_ids()), _owned(actor.person_id or 0, organisation_ids_of(actor))))


def action_for(actor: Any, action_id: int) -> Action | None:
    """One action that `actor` may see, with everything the page shows. Four queries."""
    query = policy.scope(actor, select(Action).where(Action.id == action_id), visible)
    found: Action | None = db.session.scalar(
        _loaded(query).options(
            joinedload(Action.commitment).joinedload(Commitment.agreement), selectinload(Action.updates).joinedload(ActionUpdate.by)
        )
    )
    return found


def action_by_id(action_id: int) -> Action | None:
    """One action, for whoever holds its link. Two queries."""
    found: Action | None = db.session.scalar(_loaded(select(Action).where(Action.id == action_id)))
    return found


def open_actions(council_id: int) -> list[Action]:
    """What is not closed in a council, nearest deadline first. Two queries; owners, cases and decisions come loaded."""
    return list(db.session.scalars(_loaded(_due_first(select(Action).where(looked_at(Action.council_id) == council_id, _is_open())))).all())


def late_actions(council_id: int, today: date) -> list[Action]:
    """Open actions of a council past their deadline, the longest overdue first. Two queries; owners, cases and decisions come loaded."""
    query = select(Action).where(looked_at(Action.council_id) == council_id, _is_open(), Action.due < today)
    return list(db.session.scalars(_loaded(_due_first(query))).all())


def actions_of(actor: Any) -> list[Action]:
    """`actor`'s own open actions, the person's and the person's organisation's, nearest deadline first. Two queries."""
    if actor.person_id is None:
        return []
    own_parts = or_(ActionOwner.person_id == actor.person_id, ActionOwner.organisation_id.in_(list(organisation_ids_of(actor))))
    unfinished = Action.id.in_(select(ActionOwner.action_id).where(ActionOwner.state.in_(UNDER_WAY), own_parts))
    return list(db.session.scalars(_loaded(_due_first(select(Action).where(unfinished)))).all())


def actions_of_person(person_id: int, council_id: int) -> list[Action]:
    """What one person owns in a council, open first, then nearest deadline. Two queries."""
    query = select(Action).where(looked_at(Action.council_id) == council_id, _owned(person_id, []))
    found = db.session.scalars(_loaded(_due_first(query))).all()
    return sorted(found, key=lambda action: action.state not in UNDER_WAY)


def actions_from(source: Case | Deliberation) -> list[Action]:
    """The actions that come from a case or from one decision, oldest first. Two queries."""
    column = Action.case_id if isinstance(source, Case) else Action.deliberation_id
    return list(db.session.scalars(_loaded(select(Action).where(column == source.id).order_by(Action.id))).all())


def actions_on(commitment_ids: Sequence[int]) -> dict[int, list[Action]]:
    """The actions on some commitments, by commitment id. Two queries."""
    found: dict[int, list[Action]] = {}
    for action in db.session.scalars(_loaded(select(Action).where(Action.commitment_id.in_(commitment_ids)).order_by(Action.id))):
        if action.commitment_id is not None:
            found.setdefault(action.commitment_id, []).append(action)
    return found


@dataclass(frozen=True)
class Choice:
    """What a list of actions is narrowed by."""

    show: str = "open"  # open, late, mine, all
    person_id: int | None = None
    organisation_id: int | None = None


def list_page(actor: Any, council_id: int, choice: Choice, today: date, *, behind: int | None = None) -> Page[Action]:
    """A council's actions that `actor` may see, nearest deadline first, those without one last. At most five queries."""
    is_everything = choice == Choice("all")
    of_council = (Action.council_id if is_everything else looked_at(Action.council_id)) == council_id
    known = query = policy.scope(actor, select(Action).where(of_council), visible)
    if choice.show != "all":
        query = query.where(_is_open())
    if choice.show == "late":
        query = query.where(Action.due < today)
    if choice.show == "mine":
        query = query.where(_owned(actor.person_id or 0, organisation_ids_of(actor)))
    if choice.person_id is not None:
        query = query.where(_owned(choice.person_id, []))
    if choice.organisation_id is not None:
        query = query.where(_owned(0, [choice.organisation_id]))
    dated = Stretch((Action.due, Action.id), where=Action.due.is_not(None))
    undated = Stretch((Action.id,), where=Action.due.is_(None))
    return page_of(_loaded(query), dated, undated, known=known, behind=behind)


def owners_in(council_id: int) -> tuple[Sequence[Person], Sequence[Organisation]]:
    """Who owns actions in a council: for the filter. Two queries."""
    owns = select(ActionOwner.id).join(ActionOwner.action).where(Action.council_id == council_id)  # of each, one is enough
    person_owns = owns.where(ActionOwner.person_id == Person.id).limit(1).scalar_subquery()
    people = db.session.scalars(select(Person).where(person_owns.is_not(None)).order_by(Person.sort_name, Person.id)).all()
    organisation_owns = owns.where(ActionOwner.organisation_id == Organisation.id).limit(1).scalar_subquery()
    organisations = db.session.scalars(select(Organisation).where(organisation_owns.is_not(None)).order_by(Organisation.id)).all()
    return people, organisations


def numbers_of(actions: Iterable[Action]) -> dict[int, CaseNumber]:
    """Case id → the number an action is known by: that of the meeting which decided, else the case's newest. One query."""
    actions = [action for action in actions if action.case_id is not None]
    found: dict[int, CaseNumber] = {}
    numbers = select(CaseNumber).where(CaseNumber.case_id.in_({action.case_id for action in actions})).order_by(CaseNumber.id)
    for number in db.session.scalars(numbers) if actions else ():
        found[number.case_id] = number
    return found


def people_who_can_report(action: Action) -> list[Person]:
    """Who can be asked for a status: owners who are people, and the active people of owners that are organisations. One query."""
    people = [part.person for part in action.owners if part.person is not None and part.person.is_active]
    organisations = [part.organisation_id for part in action.owners if part.organisation_id is not None]
    if organisations:
        people += db.session.scalars(
            select(Person).where(Person.organisation_id.in_(organisations), Person.is_active).order_by(Person.sort_name, Person.id)
        ).all()
    return list(dict.fromkeys(people))


def people_to_remind(action: Action) -> list[Person]:
    """Whom a reminder goes to: people with a part that is not finished, and of an organisation with one those who have been asked before.

    One query where an organisation owns a part.
    """
    waiting = [part for part in action.owners if part.state in UNDER_WAY]
    people = [part.person for part in waiting if part.person is not None and part.person.is_active]
    organisations = [part.organisation_id for part in waiting if part.organisation_id is not None]
    if organisations:
        asked = select(PersonalLink.id).where(
            PersonalLink.person_id == Person.id, PersonalLink.purpose == LinkPurpose.ACTION, PersonalLink.subject_id == action.id
        )
        people += db.session.scalars(
            select(Person)
            .where(Person.organisation_id.in_(organisations), Person.is_active, asked.exists())
            .order_by(Person.sort_name, Person.id)
        ).all()
    return list(dict.fromkeys(people))


def open_until(council_id: int, first: date, last: date) -> list[Action]:
    """Open actions of a council whose deadline falls from `first` to `last`, the nearest first. Two queries; owners come loaded."""
    query = select(Action).where(looked_at(Action.council_id) == council_id, _is_open(), Action.due >= first, Action.due <= last)
    return list(db.session.scalars(_loaded(_due_first(query))).all())


def deliberation_of_item(item_id: int) -> Deliberation | None:
    """What happened with one agenda item. One query; item, case and meeting come loaded."""
    return db.session.scalar(
        select(Deliberation)
        .where(Deliberation.item_id == item_id)
        .options(
            joinedload(Deliberation.item).options(joinedload(AgendaItem.case), joinedload(AgendaItem.meeting).joinedload(Meeting.council))
        )
    )


def decisions_in(meeting_id: int) -> Sequence[Deliberation]:
    """What was decided in a meeting, in the order of the agenda. One query; items and cases come loaded."""
    return db.session.scalars(
        select(Deliberation)
        .join(Deliberation.item)
        .where(AgendaItem.meeting_id == meeting_id, Deliberation.decision != "")
        .options(joinedload(Deliberation.item).joinedload(AgendaItem.case))
        .order_by(AgendaItem.position, Deliberation.id)
    ).all()


def actions_from_meeting(meeting_id: int) -> list[Action]:
    """The actions that come from a meeting's decisions, oldest first. Two queries."""
    decided = select(Deliberation.id).join(Deliberation.item).where(AgendaItem.meeting_id == meeting_id)
    return list(db.session.scalars(_loaded(select(Action).where(Action.deliberation_id.in_(decided)).order_by(Action.id))).all())


def since_last(meeting: Meeting) -> list[Action]:
    """What stands under «Oppfølging siden sist» in a meeting: open actions of the council that were made before it. Two queries.

    Actions from the meeting's own decisions do not: they are for the next time.
    """
    decided_here = select(Deliberation.id).join(Deliberation.item).where(AgendaItem.meeting_id == meeting.id)
    query = select(Action).where(
        looked_at(Action.council_id) == meeting.council_id,
        _is_open(),
        or_(Action.deliberation_id.is_(None), Action.deliberation_id.not_in(decided_here)),
        Action.created_at < meeting.ends_at,
    )
    return list(db.session.scalars(_loaded(_due_first(query))).all())


def newest_statuses(commitment_ids: Sequence[int]) -> dict[int, CommitmentStatus]:
    """Commitment id → its newest status. One query; cases come loaded."""
    newest = (
        select(func.max(CommitmentStatus.id))
        .where(CommitmentStatus.commitment_id.in_(commitment_ids))
        .group_by(CommitmentStatus.commitment_id)
    )
    found = db.session.scalars(select(CommitmentStatus).where(CommitmentStatus.id.in_(newest)).options(joinedload(CommitmentStatus.case)))
    return {status.commitment_id: status for status in found}


def statuses_of(commitment_id: int) -> Sequence[CommitmentStatus]:
    """All that has been said of a commitment, newest first. One query."""
    return db.session.scalars(
        select(CommitmentStatus)
        .where(CommitmentStatus.commitment_id == commitment_id)
        .options(joinedload(CommitmentStatus.by), joinedload(CommitmentStatus.case))
        .order_by(CommitmentStatus.id.desc())
    ).all()


def fulfilled(statuses: Iterable[CommitmentStatus | None]) -> int:
    """How many of `statuses` say fulfilled."""
    return sum(1 for status in statuses if status is not None and status.state is CommitmentState.FULFILLED)


def case_in(council_id: int, case_id: int) -> Case | None:
    """A case of one council. One query."""
    return db.session.scalar(select(Case).where(Case.id == case_id, Case.council_id == council_id))


def title_for(actor: Any, case: Case | None) -> str:
    """What a case is called to `actor`: an exempt one only by its public title, unless they may read what is closed."""
    if case is None:
        return ""
    if case.is_exempt and not policy.allows(actor, "case.read_closed", case):
        return case.public_title
    return case.title


def may_read_words(actor: Any, action: Action) -> bool:
    """Whether `actor` may read what an action says: one of an exempt case is for those who read what is closed, and for its owners.

    At most one query, and only for an exempt case.
    """
    if action.case is None or not action.case.is_exempt:
        return True
    return policy.allows(actor, "case.read_closed", action.case) or policy.allows(actor, "action.report", action)


def action_title(actor: Any, action: Action) -> str:
    """What an action is called to `actor`: the public title of its case where its own words are not for them."""
    return action.title if may_read_words(actor, action) or action.case is None else action.case.public_title


def title_shown(actor: Any, action: Action, *, reads_closed: bool) -> str:
    """As `action_title`, where it is known whether `actor` may read the closed papers of the case. No query."""
    if action.case is None or not action.case.is_exempt or reads_closed or policy.allows(actor, "action.report", action):
        return action.title
    return action.case.public_title


@dataclass(frozen=True)
class Trace:
    """A promise on its way to a result."""

    cases: Sequence[Case]  # that point to the commitment, or that its actions come from; oldest first
    numbers: dict[int, CaseNumber]  # by case id
    decisions: Sequence[Deliberation]  # in those cases, oldest first
    actions: list[Action]  # on the commitment, oldest first
    statuses: Sequence[CommitmentStatus]  # newest first


def trace_of(commitment: Commitment) -> Trace:
    """From a commitment through cases, decisions and actions to its statuses. Six queries."""
    statuses = statuses_of(commitment.id)
    actions = actions_on([commitment.id]).get(commitment.id, [])
    others = {action.case_id for action in actions} | {status.case_id for status in statuses}
    cases = db.session.scalars(
        select(Case).where(or_(Case.commitment_id == commitment.id, Case.id.in_(others - {None}))).order_by(Case.created_at, Case.id)
    ).all()
    ids = [case.id for case in cases]
    numbers = db.session.scalars(select(CaseNumber).where(CaseNumber.case_id.in_(ids)).order_by(CaseNumber.id))
    decisions = db.session.scalars(
        select(Deliberation)
        .join(Deliberation.item)
        .join(AgendaItem.meeting)
        .where(AgendaItem.case_id.in_(ids), Deliberation.decision != "")
        .options(joinedload(Deliberation.item).joinedload(AgendaItem.meeting))
        .order_by(Meeting.starts_at, Deliberation.id)
    ).all()
    return Trace(cases, {number.case_id: number for number in numbers}, decisions, actions, statuses)


def public_actions(council_id: int) -> list[Action]:
    """A council's actions that may be shown to all, due first. As many queries as `open_actions`."""
    return list(db.session.scalars(_due_first(_loaded(select(Action).where(Action.council_id == council_id, Action.is_public)))))

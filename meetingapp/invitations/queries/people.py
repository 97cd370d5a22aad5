"""Who is called, who can be, who has answered, and who can fill an empty chair."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Matter, Organisation, Person, Seat, SeatRole
from meetingapp.invitations.models import Capacity, Invitation, Reply, ReplyHistory
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState

CALLED_BY_ROLE = {
    SeatRole.MEMBER: Capacity.MEMBER,
    SeatRole.SECRETARY: Capacity.ADMINISTRATION,
    SeatRole.ATTENDEE: Capacity.ADMINISTRATION,
}
ORDER = [Capacity.MEMBER, Capacity.DEPUTY, Capacity.ADMINISTRATION, Capacity.GUEST]
_LOADED = (
    joinedload(Invitation.person).joinedload(Person.organisation),
    joinedload(Invitation.seat).joinedload(Seat.organisation),
    joinedload(Invitation.for_seat).options(joinedload(Seat.person), joinedload(Seat.organisation)),
)
_MEETING = (
    joinedload(Invitation.meeting).options(
        joinedload(Meeting.council), joinedload(Meeting.chair), selectinload(Meeting.hosts).joinedload(MeetingBody.body)
    ),
)


def meeting_day(meeting: Meeting) -> date:
    """The calendar day of the meeting in Oslo: the day whose seats count."""
    return clock.local(meeting.starts_at).date()


def sort_key(invitation: Invitation) -> tuple[int, int, int]:
    """Members in seat order, then deputies, administration and guests."""
    return ORDER.index(invitation.capacity), invitation.seat_id or 0, invitation.id


def invitations_of(meeting: Meeting) -> list[Invitation]:
    """The invitations that stand, members first in seat order. One query; people, seats and organisations come loaded."""
    rows = db.session.scalars(
        select(Invitation).where(Invitation.meeting_id == meeting.id, Invitation.withdrawn_at.is_(None)).options(*_LOADED)
    )
    return sorted(rows, key=sort_key)


def invitation_of(meeting: Meeting, person: Person) -> Invitation | None:
    """The standing invitation of one person to one meeting. One query."""
    return db.session.scalar(
        select(Invitation).where(Invitation.meeting_id == meeting.id, Invitation.person_id == person.id, Invitation.withdrawn_at.is_(None))
    )


def visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """Invitations that `actor` may see: one's own, and those of the councils one is inside of."""
    inside = actor.inside_council_ids()
    own = Invitation.person_id == actor.person_id if actor.person_id is not None else Invitation.id < 0
    return query.join(Invitation.meeting).where(or_(own, Meeting.council_id.in_(inside)))


def invitation_for(actor: Any, invitation_id: int) -> Invitation | None:
    """A standing invitation, if `actor` may see it; absent and hidden are the same None. Two queries; the meeting comes loaded."""
    query = select(Invitation).where(Invitation.id == invitation_id, Invitation.withdrawn_at.is_(None)).options(*_LOADED, *_MEETING)
    found: Invitation | None = db.session.scalar(policy.scope(actor, query, visible))
    return found


def invitation_by_id(invitation_id: int | None) -> Invitation | None:
    """A standing invitation, for whoever holds its link. Two queries; the meeting comes loaded."""
    return db.session.scalar(
        select(Invitation).where(Invitation.id == invitation_id, Invitation.withdrawn_at.is_(None)).options(*_LOADED, *_MEETING)
    )


def coming_invitations(person_id: int) -> Sequence[Invitation]:
    """A person's standing invitations to meetings that have not ended, nearest first. Two queries; meetings come loaded."""
    return db.session.scalars(
        select(Invitation)
        .join(Invitation.meeting)
        .where(
            Invitation.person_id == person_id,
            Invitation.withdrawn_at.is_(None),
            Meeting.ends_at > clock.now(),
            Meeting.state.in_([MeetingState.CALLED, MeetingState.IN_SESSION, MeetingState.ADJOURNED]),
        )
        .options(
            contains_eager(Invitation.meeting).options(
                joinedload(Meeting.council), selectinload(Meeting.hosts).joinedload(MeetingBody.body)
            ),
            *_LOADED,
        )
        .order_by(Meeting.starts_at, Invitation.id)
    ).all()


def unanswered(actor: Any, *, before: datetime) -> Sequence[Invitation]:
    """`actor`'s own invitations without an answer, to meetings that start between now and `before` (UTC).

    Nearest meeting first. One query; the meeting comes loaded.
    """
    return db.session.scalars(
        select(Invitation)
        .join(Invitation.meeting)
        .options(contains_eager(Invitation.meeting))
        .where(
            Invitation.person_id == actor.person_id,
            Invitation.reply == Reply.NEEDS_ACTION,
            Invitation.withdrawn_at.is_(None),
            Meeting.state == MeetingState.CALLED,
            Meeting.starts_at < before,
            Meeting.starts_at > clock.now(),
        )
        .order_by(Meeting.starts_at, Invitation.id)
    ).all()


def waiting_in(council_id: int) -> Sequence[Invitation]:
    """Invitations of a council that nobody has answered, to meetings that are called and have not begun, nearest meeting first.

    Two queries; meetings with bodies and people come loaded.
    """
    return db.session.scalars(
        select(Invitation)
        .join(Invitation.meeting)
        .options(contains_eager(Invitation.meeting), joinedload(Invitation.person))
        .where(
            Meeting.council_id == council_id,
            Meeting.state == MeetingState.CALLED,
            Meeting.starts_at > clock.now(),
            Invitation.reply == Reply.NEEDS_ACTION,
            Invitation.withdrawn_at.is_(None),
        )
        .order_by(Meeting.starts_at, Meeting.id, Invitation.id)
    ).all()


def history_of(invitation: Invitation) -> Sequence[ReplyHistory]:
    """All answers to one invitation, oldest first. One query."""
    return db.session.scalars(select(ReplyHistory).where(ReplyHistory.invitation_id == invitation.id).order_by(ReplyHistory.id)).all()


@dataclass(frozen=True)
class ToInvite:
    """Someone who is to get an invitation, and as what."""

    person: Person
    capacity: Capacity
    seat: Seat | None
    for_seat: Seat | None = None  # the chair that a deputy fills


def everybody(meeting: Meeting) -> list[ToInvite]:
    """Whom the seats of the bodies that meet give a call, on the day of the meeting: members first, then the administration.

    Two queries a body. Deputies are called one by one, when a member declines. Guests are chosen.
    """
    day, found = meeting_day(meeting), {}
    seats = [seat for body in meeting.bodies for seat in council_queries.seats_on(body, day, *CALLED_BY_ROLE)]
    for capacity in (Capacity.MEMBER, Capacity.ADMINISTRATION):
        for seat in seats:
            if CALLED_BY_ROLE[seat.role] is capacity and seat.person.is_active and seat.person_id not in found:
                found[seat.person_id] = ToInvite(seat.person, capacity, seat)
    return list(found.values())


def people_to_invite(meeting: Meeting) -> list[ToInvite]:
    """Those of `everybody` who have no standing invitation. Two queries a body, and one."""
    has = _invited_ids(meeting)
    return [who for who in everybody(meeting) if who.person.id not in has]


def _invited_ids(meeting: Meeting) -> set[int]:
    rows = select(Invitation.person_id).where(Invitation.meeting_id == meeting.id, Invitation.withdrawn_at.is_(None))
    return set(db.session.scalars(rows))


@dataclass(frozen=True)
class Guest:
    """Someone who can be invited to inform; `seat` is the guest's seat in a body, where there is one."""

    person: Person
    organisation: Organisation | None
    seat: Seat | None


def guests_to_choose(meeting: Meeting) -> list[Guest]:
    """Who can be ticked as a guest: those with a guest's or observer's seat, then the people of the council's partners.

    A query for each partner, and two a body. Those who are called anyway are left out.
    """
    day = meeting_day(meeting)
    taken = _invited_ids(meeting) | {who.person.id for who in everybody(meeting)}
    found: dict[int, Guest] = {}
    for body in meeting.bodies:
        for seat in council_queries.seats_on(body, day, SeatRole.GUEST, SeatRole.OBSERVER):
            found.setdefault(seat.person_id, Guest(seat.person, seat.organisation, seat))
    for affiliation in council_queries.affiliations_of(meeting.council_id, day):
        if not affiliation.is_participant:
            for person in council_queries.members_of_organisation(affiliation.organisation_id):
                found.setdefault(person.id, Guest(person, affiliation.organisation, None))
    return [guest for guest in found.values() if guest.person.is_active and guest.person.id not in taken]


@dataclass(frozen=True)
class Vacancy:
    """A member's chair that nobody has filled: who declined last, and whom to ask, in the elected order."""

    declined: Invitation
    seat: Seat  # the member's
    deputies: Sequence[Seat]  # not asked yet


def vacancies(meeting: Meeting, invitations: Sequence[Invitation]) -> list[Vacancy]:
    """The chairs of members who have declined, and whose deputy has not been called or has declined too. One query a chair.

    :source: kommuneloven § 7-10 (deputies are called in the elected order)
    """
    asked, day, found = {invitation.person_id for invitation in invitations}, meeting_day(meeting), []
    for invitation in invitations:
        if invitation.capacity is not Capacity.MEMBER or invitation.reply is not Reply.DECLINED or invitation.seat is None:
            continue
        stand_ins = [one for one in invitations if one.for_seat_id == invitation.seat_id]
        if any(one.reply is not Reply.DECLINED for one in stand_ins):
            continue
        left = [
            seat for seat in council_queries.deputies_for(invitation.seat, day) if seat.person_id not in asked and seat.person.is_active
        ]
        found.append(Vacancy(stand_ins[-1] if stand_ins else invitation, invitation.seat, left))
    return found


def votes(seat: Seat | None) -> bool:
    """Whether the seat votes in any kind of matter."""
    return seat is not None and any(seat.may("v", matter) for matter in Matter)


@dataclass(frozen=True)
class Quorum:
    """How many votes of a body are sure to be there, of how many, and how many it takes."""

    body: Body
    sure: int
    seats: int
    needed: int


def quorums(meeting: Meeting, invitations: Iterable[Invitation]) -> list[Quorum]:
    """One for each body that meets: a vote is sure when its member or the deputy for it has said yes. Three queries a body.

    :source: kommuneloven § 11-9 (at least half of the members)
    """
    coming, day, found = [one for one in invitations if one.reply is Reply.ACCEPTED], meeting_day(meeting), []
    members = {one.person_id for one in coming if one.capacity is Capacity.MEMBER}
    for body in meeting.bodies:
        sure = {seat.id for seat in council_queries.seats_on(body, day, SeatRole.MEMBER) if seat.person_id in members and votes(seat)}
        sure |= {one.for_seat.id for one in coming if one.for_seat is not None and one.for_seat.body_id == body.id and votes(one.for_seat)}
        share = Fraction(council_queries.setting("quorum_share", body=body, on=day))
        found.append(Quorum(body, len(sure), body.voting_seats, math.ceil(body.voting_seats * share)))
    return found


def delivery_of(invitations: Sequence[Invitation]) -> dict[int, Letter]:
    """Invitation id → the newest letter that called the person. One query."""
    letters = db.session.scalars(
        select(Letter).where(Letter.kind == "invitation", Letter.about.in_([one.id for one in invitations])).order_by(Letter.id)
    )
    return {letter.about: letter for letter in letters}


def meeting_with_papers(actor: Any, meeting_id: int) -> Meeting | None:
    """The meeting, if `actor` is inside its council or is invited to it. Two queries; bodies and council come loaded."""

    def narrow(who: Any, query: Select[Any]) -> Select[Any]:
        invited = select(Invitation.meeting_id).where(Invitation.person_id == who.person_id, Invitation.withdrawn_at.is_(None))
        return query.where(or_(Meeting.council_id.in_(who.inside_council_ids()), Meeting.id.in_(invited)))

    query = (
        select(Meeting)
        .where(Meeting.id == meeting_id)
        .options(joinedload(Meeting.council), selectinload(Meeting.hosts).joinedload(MeetingBody.body))
    )
    found: Meeting | None = db.session.scalar(policy.scope(actor, query, narrow))
    return found

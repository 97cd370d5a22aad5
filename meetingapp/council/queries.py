"""Reads of who is who: settings, seats and people, at a date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from meetingapp.core.database import db
from meetingapp.council.models import (
    Affiliation,
    BasisUse,
    Body,
    Council,
    DeputyFor,
    LegalBasis,
    Organisation,
    Person,
    Seat,
    SeatRole,
    Setting,
)

# What the law or plain sense gives where a council has set nothing. A council's own values are rows of `Setting`.
DEFAULTS = {
    "notice_days": "14",
    "papers_days": "7",
    "reply_days": "7",
    "postponed_case_number": "keep_number",
    "signatories": "2",  # elected in the meeting, besides the chair
    "formal_items_numbered": "no",
    "quorum_share": "1/2",
}


def _valid(model: Any, day: date) -> Any:
    return (model.valid_from <= day) & or_(model.valid_to.is_(None), model.valid_to >= day)


def setting(key: str, *, body: Body, on: date) -> str:
    """The value of `key` for `body` on a day: the body's own, else the council's, else the house's default. One query.

    :raises KeyError: for a key that the house does not know
    """
    found = db.session.scalars(
        select(Setting)
        .where(
            Setting.council_id == body.council_id,
            or_(Setting.body_id == body.id, Setting.body_id.is_(None)),
            Setting.key == key,
            _valid(Setting, on),
        )
        .order_by(Setting.body_id.is_(None), Setting.valid_from.desc())
    ).first()
    return found.value if found else DEFAULTS[key]


def days(key: str, *, body: Body, on: date) -> int:
    """`setting` as calendar days."""
    return int(setting(key, body=body, on=on))


def seats_on(body: Body, day: date, *roles: SeatRole) -> Sequence[Seat]:
    """The seats of `body` that hold on `day`, members first in seat order, then deputies by rank. One query; people and organisations come loaded."""
    query = (
        select(Seat)
        .where(Seat.body_id == body.id, _valid(Seat, day))
        .options(joinedload(Seat.person), joinedload(Seat.organisation), selectinload(Seat.deputy_for))
        .order_by(Seat.id)
    )
    if roles:
        query = query.where(Seat.role.in_(roles))
    order = list(SeatRole)
    return sorted(db.session.scalars(query).all(), key=lambda seat: (order.index(seat.role), seat.rank or 0, seat.id))


def deputies_for(seat: Seat, day: date) -> Sequence[Seat]:
    """The deputies of a member's seat on `day`, in the elected order (kommuneloven § 7-10). One query; people come loaded."""
    return db.session.scalars(
        select(Seat)
        .join(DeputyFor, DeputyFor.deputy_seat_id == Seat.id)
        .where(DeputyFor.member_seat_id == seat.id, _valid(Seat, day))
        .options(joinedload(Seat.person))
        .order_by(Seat.rank, Seat.id)
    ).all()


def seats_of_person(person_id: int, day: date) -> Sequence[Seat]:
    """A person's seats on `day`. One query; bodies and councils come loaded."""
    return db.session.scalars(
        select(Seat)
        .join(Seat.body)
        .options(contains_eager(Seat.body).joinedload(Body.council))
        .where(Seat.person_id == person_id, _valid(Seat, day))
        .order_by(Seat.id)
    ).all()


def bodies_of(council_id: int, day: date) -> Sequence[Body]:
    """The bodies of a council that exist on `day`. One query."""
    return db.session.scalars(select(Body).where(Body.council_id == council_id, _valid(Body, day)).order_by(Body.id)).all()


def affiliations_of(council_id: int, day: date) -> Sequence[Affiliation]:
    """Participants first, then partners, in the order they were entered. One query; organisations come loaded."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.council_id == council_id, _valid(Affiliation, day))
        .options(joinedload(Affiliation.organisation))
        .order_by(Affiliation.is_participant.desc(), Affiliation.id)
    ).all()


def legal_bases(use: BasisUse, day: date) -> Sequence[LegalBasis]:
    """The provisions in force on `day` for one use. One query."""
    return db.session.scalars(
        select(LegalBasis).where(LegalBasis.use == use, _valid(LegalBasis, day)).order_by(LegalBasis.id)
    ).all()


def person_by_email(address: str) -> Person | None:
    """The active person with this address, whatever its case. One query."""
    return db.session.scalar(select(Person).where(Person.email == address.strip().lower(), Person.is_active))


def people_of(council_id: int) -> Select[tuple[Person]]:
    """People whom a council knows: with a seat in it, or in an organisation affiliated with it."""
    seated = select(Seat.person_id).join(Seat.body).where(Body.council_id == council_id)
    known = select(Affiliation.organisation_id).where(Affiliation.council_id == council_id)
    return select(Person).where(or_(Person.id.in_(seated), Person.organisation_id.in_(known))).order_by(Person.sort_name, Person.id)


def organisation(organisation_id: int) -> Organisation | None:
    return db.session.get(Organisation, organisation_id)


def council_by_slug(slug: str) -> Council | None:
    return db.session.scalar(select(Council).where(Council.slug == slug))

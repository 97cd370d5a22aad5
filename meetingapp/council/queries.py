"""Reads of who is who: settings, seats and people, at a date."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import BindParameter, Select, func, or_, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from meetingapp.core.database import db
from meetingapp.core.database.pages import Page, Stretch, page_of
from meetingapp.council.models import (
    Affiliation,
    BasisUse,
    Body,
    BodyKind,
    Council,
    DeputyFor,
    LegalBasis,
    Office,
    Organisation,
    Person,
    Seat,
    SeatRole,
    Setting,
)

# What the law or plain sense gives where a council has set nothing. A council's own values are rows of `Setting`.
DEFAULTS = {
    "case_call_days": "21",
    "notice_days": "14",
    "ready_days": "10",
    "papers_days": "7",
    "reply_days": "7",
    "reminder_days": "5",
    "call_reminders": "yes",  # whether those who have not answered are reminded by the house itself
    "action_reminders_days": "14, 3",  # before the deadline of an action; "no": by a press only
    "minutes_days": "7",
    "signature_days": "14",
    "postponed_case_number": "keep_number",
    "feedback_days": "14",
    "signatories": "2",  # elected in the meeting, besides the chair
    "formal_items_numbered": "no",
    "quorum_share": "1/2",
}


def _valid(model: Any, day: date | BindParameter[date]) -> Any:
    return (model.valid_from <= day) & or_(model.valid_to.is_(None), model.valid_to >= day)


def _overlaps(model: Any, first: date, last: date | None) -> Any:
    """:param last: None: for ever"""
    holds_after = or_(model.valid_to.is_(None), model.valid_to >= first)
    return holds_after if last is None else holds_after & (model.valid_from <= last)


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


@dataclass(frozen=True)
class Rules:
    """All settings of a council, for pages that ask of many meetings. As `setting` answers for one."""

    rows: Sequence[Setting]

    def value(self, key: str, *, body: Body, on: date) -> str:
        """:raises KeyError: for a key that the house does not know"""
        fitting = [
            row
            for row in self.rows
            if row.key == key and row.body_id in (body.id, None) and row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
        ]
        best = max(fitting, key=lambda row: (row.body_id is not None, row.valid_from), default=None)
        return best.value if best is not None else DEFAULTS[key]

    def of_council(self, key: str, *, on: date) -> str:
        """What holds for the whole council, where a setting is not a body's."""
        fitting = [
            row
            for row in self.rows
            if row.key == key and row.body_id is None and row.valid_from <= on and (row.valid_to is None or row.valid_to >= on)
        ]
        return max(fitting, key=lambda row: row.valid_from).value if fitting else DEFAULTS[key]

    def days(self, key: str, *, body: Body, on: date) -> int:
        return int(self.value(key, body=body, on=on))


def rules_of(council_id: int, *keys: str) -> Rules:
    """The settings of a council and its bodies through time, of some keys (none: all). One query."""
    query = select(Setting).where(Setting.council_id == council_id).order_by(Setting.id)
    return Rules(db.session.scalars(query.where(Setting.key.in_(keys)) if keys else query).all())


def seats_on(body: Body, day: date, *roles: SeatRole) -> Sequence[Seat]:
    """The seats of `body` that hold on `day`, members first in seat order, then deputies by rank.

    Two queries; people and organisations come loaded.
    """
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
    return deputy_seats_between(seat, day, day)


def with_deputies(seats: Sequence[Seat], day: date) -> set[int]:
    """The ids of those of `seats` that have a deputy on `day`. One query."""
    return set(
        db.session.scalars(
            select(DeputyFor.member_seat_id)
            .join(Seat, Seat.id == DeputyFor.deputy_seat_id)
            .where(DeputyFor.member_seat_id.in_([seat.id for seat in seats]), _valid(Seat, day))
        )
    )


def seat_holds(day: date | BindParameter[date]) -> Any:
    """The condition that a seat holds on `day`, for a query that brings seats along."""
    return _valid(Seat, day)


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
    return db.session.scalars(select(LegalBasis).where(LegalBasis.use == use, _valid(LegalBasis, day)).order_by(LegalBasis.id)).all()


def person_by_email(address: str) -> Person | None:
    """The active person with this address, whatever its case. One query."""
    return db.session.scalar(select(Person).where(Person.email == address.strip().lower(), Person.is_active))


def anybody_by_email(address: str) -> Person | None:
    """Whoever has this address, also one who has left. One query."""
    return db.session.scalar(select(Person).where(Person.email == address.strip().lower()))


def people_of(council_id: int) -> Select[Person]:
    """People whom a council knows: with a seat in it, or in an organisation affiliated with it."""
    seated = select(Seat.person_id).join(Seat.body).where(Body.council_id == council_id)
    known = select(Affiliation.organisation_id).where(Affiliation.council_id == council_id)
    return select(Person).where(or_(Person.id.in_(seated), Person.organisation_id.in_(known))).order_by(Person.sort_name, Person.id)


def organisation_ids_known_to(council_id: int) -> Select[int]:
    """The organisations that a council knows, now or before."""
    return select(Affiliation.organisation_id).where(Affiliation.council_id == council_id)


def organisation(organisation_id: int) -> Organisation | None:
    return db.session.get(Organisation, organisation_id)


def council_by_slug(slug: str) -> Council | None:
    return db.session.scalar(select(Council).where(Council.slug == slug))


def any_council() -> bool:
    """Whether a council is set up here. One query."""
    return db.session.scalar(select(Council.id).limit(1)) is not None


def all_councils() -> Sequence[Council]:
    """Every council of the installation. One query."""
    return db.session.scalars(select(Council).order_by(Council.id)).all()


def council(council_id: int) -> Council | None:
    return db.session.get(Council, council_id)


def body(body_id: int) -> Body | None:
    return db.session.get(Body, body_id)


def all_bodies(council_id: int) -> Sequence[Body]:
    """Every body a council has had, those that have ended too. One query."""
    return db.session.scalars(select(Body).where(Body.council_id == council_id).order_by(Body.id)).all()


def seats_between(body: Body, first: date, last: date | None) -> Sequence[Seat]:
    """Seats of `body` that hold on some day from `first` to `last` (None: for ever). One query; people come loaded."""
    return db.session.scalars(
        select(Seat).where(Seat.body_id == body.id, _overlaps(Seat, first, last)).options(joinedload(Seat.person)).order_by(Seat.id)
    ).all()


def deputy_seats_between(member: Seat, first: date, last: date | None) -> Sequence[Seat]:
    """The deputies of a member's seat on some day from `first` to `last`, in the elected order. One query; people come loaded."""
    return db.session.scalars(
        select(Seat)
        .join(DeputyFor, DeputyFor.deputy_seat_id == Seat.id)
        .where(DeputyFor.member_seat_id == member.id, _overlaps(Seat, first, last))
        .options(joinedload(Seat.person))
        .order_by(Seat.rank, Seat.id)
    ).all()


def affiliations_between(council_id: int, organisation_id: int | None, first: date, last: date | None) -> Sequence[Affiliation]:
    """How a council knows an organisation from `first` to `last`, oldest first. One query."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.council_id == council_id, Affiliation.organisation_id == organisation_id, _overlaps(Affiliation, first, last))
        .order_by(Affiliation.valid_from, Affiliation.id)
    ).all()


def affiliations_of_organisation(council_id: int, organisation_id: int) -> Sequence[Affiliation]:
    """How a council has known an organisation through time, newest first. One query."""
    return db.session.scalars(
        select(Affiliation)
        .where(Affiliation.council_id == council_id, Affiliation.organisation_id == organisation_id)
        .order_by(Affiliation.valid_from.desc(), Affiliation.id.desc())
    ).all()


def council_ids_with_seat(person_id: int) -> set[int]:
    """The councils in which a person has or has had a seat. One query."""
    return set(db.session.scalars(select(Body.council_id).join(Seat, Seat.body_id == Body.id).where(Seat.person_id == person_id)))


def council_ids_of_person(person: Person) -> set[int]:
    """The councils that know `person`: by a seat at any time, or through the organisation. Two queries."""
    found = council_ids_with_seat(person.id)
    return found if person.organisation_id is None else found | council_ids_of_organisation(person.organisation_id)


def council_ids_of_organisation(organisation_id: int) -> set[int]:
    """The councils that know an organisation, now or before. One query."""
    return set(db.session.scalars(select(Affiliation.council_id).where(Affiliation.organisation_id == organisation_id)))


def seats_through_time(person_id: int, council_ids: set[int]) -> Sequence[Seat]:
    """All seats a person has had in some councils, newest first. One query; bodies come loaded."""
    return db.session.scalars(
        select(Seat)
        .join(Seat.body)
        .options(contains_eager(Seat.body).joinedload(Body.council), joinedload(Seat.organisation))
        .where(Seat.person_id == person_id, Body.council_id.in_(council_ids))
        .order_by(Seat.valid_from.desc(), Seat.id.desc())
    ).all()


def search_people(council_id: int, words: str, *, behind: int | None = None) -> Page[Person]:
    """People whom a council knows and who are active: those who match every word in name, title, address or organisation.

    One page, in Norwegian order. At most two queries; organisations come loaded.
    """
    known = people_of(council_id).order_by(None)
    query = known.outerjoin(Organisation, Organisation.id == Person.organisation_id).where(Person.is_active)
    for word in words.replace("\x00", "").lower().split()[:8]:
        sign = f"%{_escaped(word)}%"
        within = (Person.name, Person.title, Person.email, Organisation.name)
        query = query.where(or_(*(_lower(column).like(sign, escape="\\") for column in within)))
    query = query.options(joinedload(Person.organisation))
    return page_of(query, Stretch((Person.sort_name, Person.id)), known=known, behind=behind)


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _lower(column: Any) -> Any:
    """Lower case for Norwegian letters too: SQLite's own `lower` knows only ASCII."""
    lowered = func.lower(column)
    for upper, lower in (("Æ", "æ"), ("Ø", "ø"), ("Å", "å")):
        lowered = func.replace(lowered, upper, lower)
    return lowered


def members_of_organisation(organisation_id: int) -> Sequence[Person]:
    """The active people of an organisation, in Norwegian order. One query."""
    return db.session.scalars(
        select(Person).where(Person.organisation_id == organisation_id, Person.is_active).order_by(Person.sort_name, Person.id)
    ).all()


def active_people(council_id: int) -> Sequence[Person]:
    """Everybody who can be chosen in a form of a council. One query; organisations come loaded."""
    return db.session.scalars(people_of(council_id).where(Person.is_active).options(joinedload(Person.organisation))).all()


def settings_of(body: Body) -> Sequence[Setting]:
    """The body's own settings and its council's, by key, newest first. One query."""
    return db.session.scalars(
        select(Setting)
        .where(Setting.council_id == body.council_id, or_(Setting.body_id == body.id, Setting.body_id.is_(None)))
        .order_by(Setting.key, Setting.body_id.is_(None), Setting.valid_from.desc(), Setting.id)
    ).all()


def all_legal_bases() -> Sequence[LegalBasis]:
    """Every provision that has been listed, by use. One query."""
    return db.session.scalars(select(LegalBasis).order_by(LegalBasis.use, LegalBasis.label, LegalBasis.valid_from, LegalBasis.id)).all()


@dataclass(frozen=True)
class SeatWarning:
    """Something about a body's seats that the law or the agreement would have otherwise. It stops nobody."""

    text: str


def seat_warnings(body: Body, day: date) -> list[SeatWarning]:
    """What is not as it should be with the seats of `body` on `day`. Three queries.

    :source: kommuneloven § 18-3 (every participant a member, and at least as many deputies as members), § 8-1 (others' right to speak)
    """
    seats = seats_on(body, day)
    found = []
    if body.kind is BodyKind.REPRESENTANTSKAP:
        found += _deputies_missing(body, seats, day)
    members = [seat for seat in seats if seat.role is SeatRole.MEMBER]
    if len(members) < body.voting_seats:
        said = ngettext(
            "%(num)d of %(all)d voting seats is filled.", "%(num)d of %(all)d voting seats are filled.", len(members), all=body.voting_seats
        )
        found.append(SeatWarning(said))
    if seats and not any(seat.office is Office.CHAIR for seat in seats):
        found.append(SeatWarning(_("Nobody holds the office of chair. A new chair must be elected.")))
    for seat in seats:
        speaks = seat.may("s") or seat.may("p")
        if speaks and seat.role not in (SeatRole.MEMBER, SeatRole.DEPUTY):
            found.append(SeatWarning(_right_without_seat(seat)))
    return found


def _deputies_missing(body: Body, seats: Sequence[Seat], day: date) -> list[SeatWarning]:
    return [SeatWarning(text) for text in participant_warnings(body, seats, affiliations_of(body.council_id, day)).values()]


def participant_warnings(body: Body, seats: Sequence[Seat], affiliations: Sequence[Affiliation]) -> dict[int, str]:
    """Participant's id → what its members and deputies in a representantskap lack by law; nothing for those that lack nothing.

    :source: kommuneloven § 18-3
    """
    members = Counter(seat.organisation_id for seat in seats if seat.role is SeatRole.MEMBER)
    deputies = Counter(seat.organisation_id for seat in seats if seat.role is SeatRole.DEPUTY)
    found = {}
    for affiliation in affiliations:
        if not affiliation.is_participant:
            continue
        name, has = affiliation.organisation.short_name, members[affiliation.organisation_id]
        if has == 0:
            found[affiliation.organisation_id] = _(
                "%(name)s has no member. Every participant has at least one (kommuneloven § 18-3).", name=name
            )
        elif deputies[affiliation.organisation_id] < has:
            found[affiliation.organisation_id] = _(
                "%(name)s has fewer deputies (%(deputies)d) than members (%(members)d)."
                " There must be at least as many (kommuneloven § 18-3).",
                name=name,
                deputies=deputies[affiliation.organisation_id],
                members=has,
            )
    return found


def _right_without_seat(seat: Seat) -> str:
    if not seat.ground:
        return _("%(name)s may speak without being a member, and no ground is written down (kommuneloven § 8-1).", name=seat.person.name)
    return _(
        "%(name)s may speak without being a member. The ground is «%(ground)s». Only an act can give this right (kommuneloven § 8-1).",
        name=seat.person.name,
        ground=seat.ground,
    )


def person(person_id: int) -> Person | None:
    return db.session.get(Person, person_id)


def seat(seat_id: int) -> Seat | None:
    return db.session.get(Seat, seat_id)


def affiliation(affiliation_id: int) -> Affiliation | None:
    return db.session.get(Affiliation, affiliation_id)


def legal_basis(basis_id: int) -> LegalBasis | None:
    return db.session.get(LegalBasis, basis_id)

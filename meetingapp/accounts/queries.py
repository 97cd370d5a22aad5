"""What is known of how people sign in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Date, and_, bindparam, func, select
from sqlalchemy.orm import contains_eager, joinedload

from meetingapp.accounts.models import Account, RecoveryCode
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Organisation, Person, Seat


def account_of(person: Person) -> Account | None:
    """How `person` signs in; None for the mailbox alone. One query."""
    return db.session.get(Account, person.id)


def locked_account(person_id: int) -> Account | None:
    """As `account_of`, held until the transaction ends, so that a code works once. One query; the person comes loaded on use."""
    return db.session.scalar(
        select(Account).where(Account.person_id == person_id).with_for_update().execution_options(populate_existing=True)
    )


@dataclass(frozen=True)
class Known:
    """A person who may sign in, how they do it, and the seats they hold on a day."""

    person: Person  # the organisation comes loaded
    account: Account | None
    seats: list[Seat]  # in the order they were given; bodies and councils come loaded


_WHO_IS = (  # written out once, for each page of the office asks it
    select(Person, Account, Seat)
    .outerjoin(Account, Account.person_id == Person.id)
    .outerjoin(Organisation, Organisation.id == Person.organisation_id)  # for the language, where they chose none
    .outerjoin(Seat, and_(Seat.person_id == Person.id, council_queries.seat_holds(bindparam("day", type_=Date))))
    .outerjoin(Body, Body.id == Seat.body_id)
    .options(contains_eager(Person.organisation), contains_eager(Seat.body).joinedload(Body.council))
    .where(Person.id == bindparam("person"), Person.is_active, Account.closed_at.is_(None))
    .order_by(Seat.id)
)


def who_is(person_id: int, day: date) -> Known | None:
    """The person, if active and not shut out, with the seats held on `day`. One query."""
    rows = db.session.execute(_WHO_IS, {"person": person_id, "day": day}).all()
    return Known(rows[0][0], rows[0][1], [seat for _person, _account, seat in rows if seat is not None]) if rows else None


def person_and_account(person_id: int) -> tuple[Person, Account | None] | None:
    """The person, if active and not shut out, and how they sign in. One query."""
    return _first(Person.id == person_id)


def who_has(address: str) -> tuple[Person, Account | None] | None:
    """As `person_and_account`, by the address. One query."""
    return _first(Person.email == address.strip().lower())


def _first(condition: object) -> tuple[Person, Account | None] | None:
    found = db.session.execute(
        select(Person, Account)
        .outerjoin(Account, Account.person_id == Person.id)
        .options(joinedload(Person.organisation))  # for the language, where they chose none
        .where(condition, Person.is_active, Account.closed_at.is_(None))  # type: ignore[arg-type]
    ).first()
    return (found[0], found[1]) if found is not None else None


def recovery_codes_left(person: Person) -> int:
    """How many recovery codes are unused. One query."""
    unused = (RecoveryCode.person_id == person.id) & RecoveryCode.used_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(RecoveryCode).where(unused)) or 0


def own_words(person: Person) -> list[str]:
    """What a password of `person` must not be made of: names and addresses. Two queries."""
    seats = council_queries.seats_of_person(person.id, clock.today())
    councils = {seat.body.council for seat in seats}
    words = [person.name, person.email, person.organisation.name if person.organisation else ""]
    return words + [word for council in councils for word in (council.name, council.short_name, council.slug)]

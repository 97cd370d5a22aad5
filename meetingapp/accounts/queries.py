"""What is known of how people sign in."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from meetingapp.accounts.models import Account, RecoveryCode
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Person


def account_of(person: Person) -> Account | None:
    """How `person` signs in; None for the mailbox alone. One query."""
    return db.session.get(Account, person.id)


def locked_account(person_id: int) -> Account | None:
    """As `account_of`, held until the transaction ends, so that a code works once. One query; the person comes loaded on use."""
    return db.session.scalar(
        select(Account).where(Account.person_id == person_id).with_for_update().execution_options(populate_existing=True)
    )


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

"""People who sign in with password and code, and the codes that their phones show."""

from __future__ import annotations

from typing import Any

import pyotp
from sqlalchemy import select

from meetingapp.accounts import factors, passwords
from meetingapp.accounts.models import Account
from meetingapp.core import clock
from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from meetingapp.council.models import Person
from tests.conftest import Browser
from tests.factories import saved

PASSWORD = "hest batteri stift korrekt"
_kept: list[str] = []


def enrolled(person: Person) -> Account:
    """`person` with `PASSWORD` and a code app."""
    if not _kept:  # one slow hash for all tests
        _kept.append(passwords.kept(PASSWORD))
    now = clock.true_now()
    return saved(
        Account(
            person_id=person.id,
            password_hash=_kept[0],
            password_set_at=now,
            factor_uid=factors.new_uid(),
            factor_set_at=now,
            factor_step=0,
        )
    )


def shown_by_phone(person: Person, *, ahead: int = 0) -> str:
    """What the code app of `person` shows now, or so many steps ahead."""
    account = db.session.get(Account, person.id)
    assert account is not None
    return app_code(factors.secret_of(person, account.factor_uid), ahead=ahead)


def app_code(secret: str, *, ahead: int = 0) -> str:
    """What an app with `secret` shows now (true time), or so many steps of 30 seconds ahead."""
    return pyotp.TOTP(secret).at(clock.true_now() + ahead * factors.STEP)


def give_password(client: Browser, address: str, password: str = PASSWORD) -> Any:
    return client.submit("/logg-inn/passord", email=address, password=password)


def sign_in(client: Browser, person: Person, *, ahead: int = 0) -> Browser:
    """The whole way, by password and code."""
    assert give_password(client, person.email).location == "/logg-inn/kode"
    assert client.submit("/logg-inn/kode", code=shown_by_phone(person, ahead=ahead)).status_code == 303
    return client


def acts(person: Person | None = None) -> list[str]:
    """What the log says was done to `person` (None: to people nobody knows), oldest first."""
    about = (AuditEntry.thing == "person") & (AuditEntry.thing_id == (person.id if person else 0))
    return list(db.session.scalars(select(AuditEntry.action).where(about).order_by(AuditEntry.id)))

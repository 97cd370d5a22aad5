"""Who is let in at all: what the secretariat does with another person's access, and ending sessions."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete

from meetingapp.accounts import links, queries
from meetingapp.accounts.mails import Change, tell_of
from meetingapp.accounts.models import Account, RecoveryCode
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.web import sessions
from meetingapp.council.models import Person


def close_access(person: Person, *, by: audit.Doer | None) -> None:
    """Shut `person` out at once: sessions end, and no link or password lets them in until access is opened again. Seats stay.

    :raises RuleBroken: when it is closed already
    """
    account = queries.account_of(person)
    if account is None:
        account = Account(person_id=person.id, password_hash="", factor_uid="", factor_step=0)
        db.session.add(account)
    if account.closed_at is not None:
        raise RuleBroken(_("The access of %(name)s is closed already.", name=person.name))
    account.closed_at = clock.true_now()
    links.revoke_sign_in_links(person)
    audit.record("account.close", person, by=by, ended=sessions.end_sessions(str(person.id)))


def open_access(person: Person, *, by: audit.Doer | None) -> None:
    """Let `person` in again, with the password and factor from before.

    :raises RuleBroken: when it is open
    """
    account = queries.account_of(person)
    if account is None or account.closed_at is None:
        raise RuleBroken(_("The access of %(name)s is open.", name=person.name))
    account.closed_at = None
    audit.record("account.open", person, by=by)


def reset_factor(person: Person, *, by: audit.Doer | None, password_too: bool = False) -> None:
    """Take away a lost second factor and its recovery codes. The person is signed out, told by letter, comes in by a link,
    and sets up a new one.

    Whoever does this has made sure that it is the person who asks.

    :param password_too: forgotten as well; else it stays, and must be given before the new factor
    :raises RuleBroken: when there is none
    """
    account = queries.account_of(person)
    if account is None or not account.factor_uid:
        raise RuleBroken(_("%(name)s has no second factor.", name=person.name))
    account.factor_uid, account.factor_set_at, account.factor_step = "", None, 0
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    if password_too:
        account.password_hash, account.password_set_at = "", None
    ended = sessions.end_sessions(str(person.id))
    tell_of(person, Change.RESET_ALL if password_too else Change.RESET_FACTOR)
    audit.record("account.factor_reset", person, by=by, password_too=password_too, ended=ended)


def reset_all(person: Person, *, by: audit.Doer | None) -> None:
    """As `reset_factor`, with the password."""
    reset_factor(person, by=by, password_too=True)


def end_sessions(person: Person, *, by: audit.Doer | None, handle: str = "") -> int:
    """Sign `person` out on all other devices, or on the one with `handle`; returns on how many."""
    ended = sessions.end_sessions(str(person.id), but_this=True, handle=handle)
    if ended:
        audit.record("session.end", person, by=by, ended=ended)
    return ended

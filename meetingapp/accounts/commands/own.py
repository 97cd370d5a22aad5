"""A person's own password, second factor and recovery codes."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import delete, select

from meetingapp.accounts import factors, links, queries
from meetingapp.accounts.mails import Change, tell_of
from meetingapp.accounts.models import Account, RecoveryCode
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.web import sessions
from meetingapp.council.models import Person


def choose_language(person: Person, language: str, *, by: audit.Doer | None) -> None:
    """Keep the language a person wants for pages and letters.

    :param language: empty: the language of their organisation
    """
    person.language = language
    audit.record("person.language", person, by=by, language=language)


def choose_scheme(person: Person, scheme: str, *, by: audit.Doer | None) -> None:
    """Keep whether a person wants light or dark pages.

    :param scheme: "light" or "dark"; empty: as each device has it
    """
    person.scheme = scheme
    audit.record("person.scheme", person, by=by, scheme=scheme)


def set_password(person: Person, kept: str, *, by: audit.Doer | None) -> None:
    """Give `person` a new password, and tell them by letter. Everywhere else they are signed out at once, and sign-in links that were
    sent before stop working; the second factor stays.

    :param kept: what `passwords.kept` made of a password that `passwords.fault` found nothing wrong with
    """
    account = _account(person)
    was = bool(account.password_hash)
    account.password_hash, account.password_set_at = kept, clock.true_now()
    ended = sessions.end_sessions(str(person.id), but_this=True)
    links.revoke_sign_in_links(person)
    tell_of(person, Change.PASSWORD if was else Change.FIRST_PASSWORD)
    audit.record("account.password", person, by=by, ended=ended)


def refresh_hash(account: Account, kept: str) -> None:
    """Keep the same password under today's parameters."""
    account.password_hash = kept


def set_factor(person: Person, uid: str, code: str, *, by: audit.Doer | None) -> str:
    """Let the code app that shows `code` be the second factor, in place of any before, and tell them by letter. Everywhere else they are
    signed out at once.

    :param uid: what the secret in the app follows from
    :return: what the new recovery codes follow from; it is kept nowhere
    :raises RuleBroken: when the app does not show what it should
    """
    step = factors.step_of(person, uid, code, clock.true_now()) if factors.is_uid(uid) else None
    if step is None:
        raise RuleBroken(
            _("The code is not the one we expected."),
            next_step=_("See that the phone shows the right time, and write the code it shows now."),
            field="code",
        )
    account = _account(person)
    was = bool(account.factor_uid)
    account.factor_uid, account.factor_set_at, account.factor_step = uid, clock.true_now(), step
    ended = sessions.end_sessions(str(person.id), but_this=True)
    tell_of(person, Change.FACTOR if was else Change.FIRST_FACTOR)
    audit.record("account.factor", person, by=by, replaced=was, ended=ended)
    return _new_codes(person, by=by)


def make_recovery_codes(person: Person, *, by: audit.Doer | None) -> str:
    """Ten new recovery codes, and a letter that tells it; the old ones stop working.

    :return: what the codes follow from, to show them once (`factors.recovery_codes`); it is kept nowhere
    """
    tell_of(person, Change.CODES)
    return _new_codes(person, by=by)


def _new_codes(person: Person, *, by: audit.Doer | None) -> str:
    uid = factors.new_uid()
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    db.session.add_all(
        RecoveryCode(person_id=person.id, code_hash=factors.recovery_hash(person, code), made_at=clock.true_now())
        for code in factors.recovery_codes(person, uid)
    )
    audit.record("account.recovery_codes", person, by=by)
    return uid


def use_code(person: Person, code: str) -> None:
    """Take `code` from the code app of `person`.

    :raises RuleBroken: for a wrong code, an old one, or one that has been used
    """
    account = queries.locked_account(person.id)
    step = factors.step_of(person, account.factor_uid, code, clock.true_now()) if account is not None and account.factor_uid else None
    if account is None or step is None:
        raise RuleBroken(_("The code is not right."), next_step=_("Write the one the app shows now."), field="code")
    if step <= account.factor_step:
        raise RuleBroken(_("This code has been used."), next_step=_("Wait until the app shows the next one."), field="code")
    account.factor_step = step


def use_recovery_code(person: Person, code: str) -> None:
    """Spend one of the recovery codes of `person`.

    :raises RuleBroken: for one that is none of them, or has been used
    """
    queries.locked_account(person.id)  # two with the same code wait for each other
    found = db.session.scalar(
        select(RecoveryCode).where(
            RecoveryCode.person_id == person.id,
            RecoveryCode.code_hash == factors.recovery_hash(person, code),
            RecoveryCode.used_at.is_(None),
        )
    )
    if found is None:
        raise RuleBroken(_("The recovery code is not right, or it has been used."), next_step=_("Use another of the ten."), field="code")
    found.used_at = clock.true_now()
    audit.record("account.recovery_code_used", person, by=None)


def _account(person: Person) -> Account:
    """The account of `person`, made at the first need."""
    account = queries.account_of(person)
    if account is None:
        account = Account(person_id=person.id, password_hash="", factor_uid="", factor_step=0)
        db.session.add(account)
    return account

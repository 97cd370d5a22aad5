"""One's own password, code app and recovery codes. Each asks that one has proved who one is, just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.accounts import commands, factors, passwords, queries
from meetingapp.accounts.forms import FactorForm, NewPasswordForm
from meetingapp.accounts.sessions import lacks_factor
from meetingapp.accounts.views.blueprint import bp
from meetingapp.core import clock, policy
from meetingapp.core.forms import OneButtonForm, RuleBroken
from meetingapp.core.web import proof
from meetingapp.core.web.edge import before_lock
from meetingapp.core.web.sessions import Session

CODES_SHOWN_FOR = 600  # seconds; then they are gone from the session too


@dataclass(frozen=True)
class Weighed:
    """A new password before the lock: what is wrong with it, or what is kept of it."""

    fault: str = ""
    kept: str = ""


def _own_person() -> Any:
    """The person signed in, or the way to prove it: a redirect that the view returns."""
    policy.require(current_user, "account.own")
    return None if proof.proved_lately() else redirect(url_for(".confirm", videre=request.path), 303)


def _weigh() -> Weighed | None:
    """Before the lock: look at the new password, and make its hash."""
    form = NewPasswordForm()
    if not current_user.is_authenticated or not proof.proved_lately() or not form.validate():
        return None
    fault = passwords.fault(form.password.data or "", queries.own_words(current_user.person))
    return Weighed(fault) if fault else Weighed(kept=passwords.kept(form.password.data or ""))


@bp.route("/logg-inn/konto/passord", methods=["GET", "POST"])
@before_lock(_weigh)
def new_password(prepared: Weighed | None = None) -> Any:
    if (first := _own_person()) is not None:
        return first
    form, before = NewPasswordForm(), queries.account_of(current_user.person)
    had_one = before is not None and bool(before.password_hash)
    if form.validate_on_submit():
        assert prepared is not None
        with form.rules():
            if prepared.fault:
                raise RuleBroken(prepared.fault, field="password")
            commands.set_password(current_user.person, prepared.kept, by=current_user)
            cast(Session, session).change_secret()
    if form.is_done:
        found = queries.account_of(current_user.person)
        flash(_("The password is changed. You are signed out everywhere else.") if had_one else _("The password is chosen."))
        return redirect(url_for(".account" if found is not None and found.factor_uid else ".new_factor"), 303)
    given = {"shortest": passwords.SHORTEST, "is_first": lacks_factor(current_user)}
    return render_template("accounts/new_password.html", form=form, **given), form.status


@bp.route("/logg-inn/konto/kodeapp", methods=["GET", "POST"])
def new_factor() -> Any:
    if (first := _own_person()) is not None:
        return first
    person, form = current_user.person, FactorForm()
    found = queries.account_of(person)
    if found is None or not found.password_hash:
        return redirect(url_for(".new_password"), 303)
    if form.validate_on_submit():
        with form.rules():
            _show_codes(commands.set_factor(person, form.uid.data or "", form.code.data or "", by=current_user))
            session["factor"] = True
            cast(Session, session).change_secret()
    if form.is_done:
        flash(_("The code app is set up. You are signed out everywhere else."))
        return redirect(url_for(".recovery_codes"), 303)
    uid = form.uid.data if factors.is_uid(form.uid.data or "") else factors.new_uid()
    form.uid.data = uid
    issuer = current_user.council.short_name if current_user.council else _("Meetings and cases")
    return render_template(
        "accounts/new_factor.html",
        form=form,
        picture=factors.picture_of(person, uid, issuer=issuer),
        secret=factors.secret_of(person, uid),
        is_first=lacks_factor(current_user),
    ), form.status


@bp.route("/logg-inn/konto/reservekoder", methods=["GET", "POST"])
def recovery_codes() -> Any:
    if (first := _own_person()) is not None:
        return first
    person, form = current_user.person, OneButtonForm()
    found = queries.account_of(person)
    if found is None or not found.factor_uid:
        return redirect(url_for(".new_factor"), 303)
    if form.validate_on_submit():
        if request.form.get("act") == "kept":
            session.pop("codes", None)
            return redirect(url_for(".account"), 303)
        _show_codes(commands.make_recovery_codes(person, by=current_user))
        return redirect(url_for(".recovery_codes"), 303)
    return render_template(
        "accounts/recovery_codes.html", form=form, codes=_codes_to_show(), left=queries.recovery_codes_left(person), person=person
    )


def _show_codes(uid: str) -> None:
    """Let this session see the new codes, until the person says they are kept, or for ten minutes. Not the codes: what they follow from."""
    session["codes"] = {"uid": uid, "at": clock.true_now().isoformat()}


def _codes_to_show() -> list[str]:
    noted = session.get("codes")
    if not noted or (clock.true_now() - datetime.fromisoformat(noted["at"])).total_seconds() > CODES_SHOWN_FOR:
        return []
    return factors.recovery_codes(current_user.person, noted["uid"])

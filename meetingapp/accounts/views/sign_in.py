"""The ways in: a one-time link, or password and code. Whoever has a second factor shows it, whichever way they came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user, logout_user

from meetingapp.accounts import commands, links, passwords, queries
from meetingapp.accounts.forms import CodeForm, PasswordSignInForm, RecoveryForm, SignInForm
from meetingapp.accounts.models import LinkPurpose
from meetingapp.accounts.refusals import note_refusal
from meetingapp.accounts.sessions import Half, enter, enter_half, half
from meetingapp.accounts.views.blueprint import bp, too_many
from meetingapp.core import audit, policy
from meetingapp.core.forms import OneButtonForm, RuleBroken
from meetingapp.core.web import throttle
from meetingapp.core.web.edge import before_lock
from meetingapp.core.web.places import place_at
from meetingapp.core.web.throttle import Attempt


@dataclass(frozen=True)
class Checked:
    """What was found before the lock: whether the try counted, whose password it was, and its hash made anew if that is due."""

    attempt: Attempt
    person_id: int | None = None
    fresh_hash: str = ""


def _ask() -> Attempt | None:
    """Before the lock: count the wish."""
    form = SignInForm()
    return throttle.attempt("link", (form.email.data or "").strip().lower()) if form.validate() else None


@bp.route("/logg-inn", methods=["GET", "POST"])
@policy.open("the sign-in page")
@before_lock(_ask)
def sign_in(prepared: Attempt | None = None) -> Any:
    form = SignInForm(leads_to=request.args.get("videre", ""))
    if form.validate_on_submit():
        assert prepared is not None
        if not prepared.may_try:
            return too_many("accounts/sign_in.html", form, prepared)
        with form.rules():
            commands.want_link(form.email.data or "", leads_to=place_at(form.leads_to.data or ""))
    if form.is_done:
        return redirect(url_for(".asked"), 303)
    return render_template("accounts/sign_in.html", form=form, wait=""), form.status


@bp.get("/logg-inn/sendt")
@policy.open("says that a letter is on its way, whoever asked")
def asked() -> Any:
    return render_template("accounts/asked.html")


@bp.route("/logg-inn/<secret>", methods=["GET", "POST"])
@policy.open("the link itself is the proof; GET changes nothing, for mail scanners open links")
def open_sign_in(secret: str) -> Any:
    link = links.open_link(secret, LinkPurpose.SIGN_IN)
    if link is None:
        return render_template("accounts/link_gone.html"), 404
    form = OneButtonForm()
    if form.validate_on_submit():
        commands.spend(link)
        account = queries.account_of(link.person)
        if account is not None and account.factor_uid:
            enter_half(link.person, by="link", leads_to=links.leads_to(link))
            return redirect(url_for(".code"), 303)
        # Where the factor was taken away, the password stands between a mailbox and a new factor.
        enter(link.person, by="link", factor=False, proves=account is None or not account.password_hash)
        return redirect(links.leads_to(link).address, 303)
    return render_template("accounts/confirm_sign_in.html", form=form, person=link.person)


def check_password() -> Checked | None:
    """Before the lock: count the try, and do the slow work. The same statements and the same work for an address nobody has."""
    form = PasswordSignInForm()
    if not form.validate():
        return None
    address = (form.email.data or "").strip().lower()
    attempt = throttle.attempt("password", address)
    if not attempt.may_try:
        return Checked(attempt)
    person, account = queries.who_has(address) or (None, None)
    kept = account.password_hash if account is not None and account.is_complete else ""
    right = passwords.matches(kept, form.password.data or "")
    if not right or person is None:
        return Checked(attempt)
    return Checked(attempt, person.id, passwords.kept(form.password.data or "") if passwords.is_outdated(kept) else "")


@bp.route("/logg-inn/passord", methods=["GET", "POST"])
@policy.open("the password is the proof")
@before_lock(check_password)
def by_password(prepared: Checked | None = None) -> Any:
    form = PasswordSignInForm(leads_to=request.args.get("videre", ""))
    if form.validate_on_submit():
        assert prepared is not None
        if not prepared.attempt.may_try:
            return too_many("accounts/by_password.html", form, prepared.attempt)
        with form.rules():
            found = queries.person_and_account(prepared.person_id or 0)
            if found is None:
                raise RuleBroken(
                    _("The address and the password do not go together."), next_step=_("Write both once more, or ask for a link.")
                )
            person, account = found
            if account is not None and prepared.fresh_hash:
                commands.refresh_hash(account, prepared.fresh_hash)
            throttle.succeeded(prepared.attempt)
            enter_half(person, by="password", leads_to=place_at(form.leads_to.data or ""))
        if not form.is_done:
            note_refusal(form.email.data or "", "password")
    if form.is_done:
        return redirect(url_for(".code"), 303)
    return render_template("accounts/by_password.html", form=form, wait=""), form.status


def _count(form: type[CodeForm | RecoveryForm]) -> Attempt | None:
    """Before the lock: count the try of whoever is half way in, if it is one."""
    halfway = half()
    return throttle.attempt("code", str(halfway.person_id)) if halfway is not None and form().validate() else None


@bp.route("/logg-inn/kode", methods=["GET", "POST"])
@policy.open("the code is the proof, after a password or a link")
@before_lock(lambda: _count(CodeForm))
def code(prepared: Attempt | None = None) -> Any:
    return _second_step(CodeForm(), "accounts/code.html", prepared, recovery=False)


@bp.route("/logg-inn/reservekode", methods=["GET", "POST"])
@policy.open("the recovery code is the proof, after a password or a link")
@before_lock(lambda: _count(RecoveryForm))
def recovery_code(prepared: Attempt | None = None) -> Any:
    return _second_step(RecoveryForm(), "accounts/recovery_code.html", prepared, recovery=True)


def _second_step(form: CodeForm | RecoveryForm, template: str, prepared: Attempt | None, *, recovery: bool) -> Any:
    halfway = half()
    found = queries.person_and_account(halfway.person_id) if halfway is not None else None
    if halfway is None or found is None:
        return redirect(url_for(".by_password"), 303)
    person = found[0]
    if form.validate_on_submit():
        assert prepared is not None
        if not prepared.may_try:
            return too_many(template, form, prepared)
        with form.rules():
            (commands.use_recovery_code if recovery else commands.use_code)(person, form.code.data or "")
            throttle.succeeded(prepared)
            enter(person, by=f"{halfway.by} and recovery code" if recovery else halfway.by, factor=True)
        if not form.is_done:
            note_refusal(person.email, "recovery code" if recovery else "code")
    if form.is_done:
        return redirect(_after(halfway, recovery=recovery), 303)
    return render_template(template, form=form, wait=""), form.status


def _after(halfway: Half, *, recovery: bool) -> str:
    """Where a complete sign-in leads. Whoever used a recovery code has lost the app, and is told how many are left."""
    if not recovery:
        return halfway.leads_to.address
    left = queries.recovery_codes_left(current_user.person)
    said = ngettext("You have %(num)d recovery code left.", "You have %(num)d recovery codes left.", left)
    flash(said + " " + _("Have you lost the phone? Set up the code app anew here."))
    return url_for(".account")


@bp.post("/logg-inn/ut")
@policy.open("whoever is signed in may always leave")
def sign_out() -> Any:
    if current_user.is_authenticated:
        audit.record("sign_out", current_user.person, by=current_user)
    logout_user()
    session.clear()
    return redirect(url_for(".sign_in"), 303)

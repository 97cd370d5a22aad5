"""One's own account: where one is signed in, and confirming that it is still oneself."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.accounts import commands, passwords, queries
from meetingapp.accounts.forms import ConfirmForm, LanguageForm, SchemeForm, WhichSessionForm
from meetingapp.accounts.refusals import note_refusal
from meetingapp.accounts.sessions import lacks_factor
from meetingapp.accounts.views.blueprint import bp, too_many
from meetingapp.accounts.words import device_words
from meetingapp.core import policy
from meetingapp.core.forms import OneButtonForm, RuleBroken
from meetingapp.core.i18n import languages
from meetingapp.core.web import proof, sessions, throttle
from meetingapp.core.web.edge import before_lock
from meetingapp.core.web.places import place_at
from meetingapp.core.web.throttle import Attempt


@bp.get("/logg-inn/konto")
def account() -> Any:
    policy.require(current_user, "account.own")
    person = current_user.person
    return render_template(
        "accounts/account.html",
        form=OneButtonForm(),
        language_form=LanguageForm(language=person.language),
        scheme_form=SchemeForm(scheme=person.scheme),
        account=queries.account_of(person),
        codes_left=queries.recovery_codes_left(person),
        places=sessions.sessions_of(str(person.id)),
        here=sessions.this_session(),
        device_words=device_words,
        has_proved=proof.proved_lately(),
    )


@bp.route("/logg-inn/konto/sprak", methods=["GET", "POST"])
def choose_language() -> Any:
    policy.require(current_user, "account.own")
    form = LanguageForm(language=current_user.person.language)
    if form.validate_on_submit():
        with form.rules():
            commands.choose_language(current_user.person, form.language.data or "", by=current_user)
    if form.is_done:
        languages.speak(current_user.person.speaks)
        flash(_("Your pages and letters are in this language from now on."))
        return redirect(url_for(".account"), 303)
    return render_template("accounts/language.html", language_form=form), form.status


@bp.route("/logg-inn/konto/utseende", methods=["GET", "POST"])
def choose_scheme() -> Any:
    policy.require(current_user, "account.own")
    form = SchemeForm(scheme=current_user.person.scheme)
    if form.validate_on_submit():
        with form.rules():
            commands.choose_scheme(current_user.person, form.scheme.data or "", by=current_user)
    if form.is_done:
        flash(_("Your pages look like this from now on, wherever you sign in."))
        return redirect(url_for(".account"), 303)
    return render_template("accounts/scheme.html", scheme_form=form), form.status


@bp.post("/logg-inn/konto/okter/avslutt")
def end_session() -> Any:
    """End one session by its handle, or all but this one."""
    policy.require(current_user, "account.own")
    form = WhichSessionForm()
    if form.validate_on_submit():
        which = form.which.data or ""
        ended = commands.end_sessions(current_user.person, by=current_user, handle="" if which == "andre" else which or "-")
        flash(ngettext("%(num)d sign-in has been ended.", "%(num)d sign-ins have been ended.", ended))
    return redirect(url_for(".account"), 303)


def _check_own_password() -> tuple[Attempt, bool] | None:
    """Before the lock: count the try and compare."""
    form = ConfirmForm()
    if not current_user.is_authenticated or not form.validate():
        return None
    attempt = throttle.attempt("password", current_user.person.email)
    if not attempt.may_try:
        return attempt, False
    found = queries.account_of(current_user.person)
    return attempt, passwords.matches(found.password_hash if found is not None else "", form.password.data or "")


@bp.route("/logg-inn/bekreft", methods=["GET", "POST"])
@before_lock(_check_own_password)
def confirm(prepared: tuple[Attempt, bool] | None = None) -> Any:
    policy.require(current_user, "account.own")
    found = queries.account_of(current_user.person)
    form, given = ConfirmForm(leads_to=request.args.get("videre", "")), {"has_password": found is not None and bool(found.password_hash)}
    if form.validate_on_submit():
        assert prepared is not None
        attempt, is_right = prepared
        if not attempt.may_try:
            return too_many("accounts/confirm.html", form, attempt, **given)
        with form.rules():
            if not is_right:
                raise RuleBroken(_("The password is not right."), field="password")
            throttle.succeeded(attempt)
            proof.note_proof()
        if not form.is_done:
            note_refusal(current_user.person.email, "password")
    if form.is_done:
        place = place_at(form.leads_to.data or "")
        return redirect(place.address if place.endpoint else url_for(".account"), 303)
    return render_template("accounts/confirm.html", form=form, wait="", **given), form.status


@bp.get("/logg-inn/oppsett")
def set_up() -> Any:
    """What staff must do before they can work, and why."""
    policy.require(current_user, "account.own")
    if not lacks_factor(current_user):
        return redirect(url_for(".account"), 303)
    found = queries.account_of(current_user.person)
    return render_template("accounts/set_up.html", has_password=found is not None and bool(found.password_hash), form=OneButtonForm())

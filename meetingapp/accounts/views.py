"""Sign in by a one-time link, see one's own account, sign out."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from werkzeug.exceptions import HTTPException

from meetingapp.accounts import commands, links
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.forms import LanguageForm, SignInForm
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import policy
from meetingapp.core.forms import OneButtonForm
from meetingapp.core.i18n import languages
from meetingapp.council.office import own_council
from meetingapp.council.views.people import person_or_404

bp = Blueprint("accounts", __name__)


@bp.route("/logg-inn", methods=["GET", "POST"])
@policy.open("the sign-in page")
def sign_in() -> Any:
    form = SignInForm(next_path=request.args.get("videre", ""))
    if form.validate_on_submit():
        with form.rules():
            commands.ask_for_link(form.email.data or "", next_path=_own_path(form.next_path.data or ""))
    if form.is_done:
        return redirect(url_for(".asked"), 303)
    return render_template("accounts/sign_in.html", form=form), form.status


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
        session.clear()
        login_user(Actor(link.person))
        return redirect(link.next_path or "/min-side", 303)
    return render_template("accounts/confirm_sign_in.html", form=form, person=link.person)


@bp.get("/logg-inn/konto")
def account() -> Any:
    policy.require(current_user, "account.own")
    return render_template("accounts/account.html", form=OneButtonForm(), language_form=LanguageForm(language=current_user.person.language))


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


@bp.post("/logg-inn/ut")
@policy.open("whoever is signed in may always leave")
def sign_out() -> Any:
    logout_user()
    session.clear()
    return redirect(url_for(".sign_in"), 303)


@bp.post("/kontor/folk/personer/<int:person_id>/lenke")
def make_partner_link(person_id: int) -> Any:
    council, person = own_council(), person_or_404(person_id)
    policy.require(current_user, "partner_link.make", council)
    form = OneButtonForm()
    if form.validate_on_submit():
        link = commands.make_partner_link(council, person, by=current_user)
        address = links.address_of(link)
        flash(_("A letter with the link is on its way to %(name)s. You see the link only now: %(link)s", name=person.name, link=address))
    return redirect(f"/kontor/folk/personer/{person.id}", 303)


@bp.post("/kontor/folk/personer/<int:person_id>/lenke/trekk")
def revoke_partner_link(person_id: int) -> Any:
    council, person = own_council(), person_or_404(person_id)
    policy.require(current_user, "partner_link.make", council)
    form, link = OneButtonForm(), links.partner_link(person, council)
    if form.validate_on_submit() and link is not None:
        commands.revoke_partner_link(link, by=current_user)
        flash(_("The link of %(name)s does not work any more.", name=person.name))
    return redirect(f"/kontor/folk/personer/{person.id}", 303)


def _own_path(wanted: str) -> str:
    """`wanted` if it is the path of a page of this office, else empty: a link must never lead away from us."""
    path = urlsplit(wanted).path
    if not wanted.startswith("/") or wanted.startswith("//") or path != wanted:
        return ""
    try:
        current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return ""
    return path

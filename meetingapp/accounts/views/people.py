"""What the secretariat does for others: a partner's link, and a person's access."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.accounts import commands, links, queries
from meetingapp.accounts.views.blueprint import bp
from meetingapp.core import policy
from meetingapp.core.forms import OneButtonForm
from meetingapp.core.web import proof, sessions
from meetingapp.council.office import own_council
from meetingapp.council.views.people import person_or_404

ACTS = {
    "close": commands.close_access,
    "open": commands.open_access,
    "reset": commands.reset_factor,
    "reset-all": commands.reset_all,
}


@bp.route("/kontor/folk/personer/<int:person_id>/tilgang", methods=["GET", "POST"])
def access(person_id: int) -> Any:
    """Close a person's access, open it again, or take away a lost second factor: a page that says what follows, then the verb."""
    person = person_or_404(person_id)
    policy.require(current_user, "account.manage", person)
    if not proof.proved_lately():
        return redirect(url_for(".confirm", videre=request.path), 303)
    form = OneButtonForm()
    if form.validate_on_submit():
        act = ACTS.get(request.form.get("act", ""))
        if act is None:
            abort(400)
        with form.rules():
            act(person, by=current_user)
    if form.is_done:
        flash(_("Done. The change holds from now on."))
        return redirect(url_for(".access", person_id=person.id), 303)
    places = sessions.sessions_of(str(person.id))
    return render_template("accounts/access.html", form=form, person=person, account=queries.account_of(person), places=places), form.status


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

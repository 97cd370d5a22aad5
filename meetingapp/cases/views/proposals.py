"""Proposals: by members, by partners through their personal link, and the secretary's answer."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.accounts import links
from meetingapp.accounts.actor import LinkActor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases import commands, queries
from meetingapp.cases.forms import AnswerForm, ProposalForm
from meetingapp.cases.models import CaseState
from meetingapp.cases.views.blueprint import address, bp, find, own_council
from meetingapp.cases.words import STATES
from meetingapp.core import policy
from meetingapp.core.database.transactions import give_up
from meetingapp.core.text import markdown
from meetingapp.council.models import Council


@bp.get("/kontor/forslag")
def proposals() -> Any:
    council = own_council("case.proposals")
    return render_template("cases/proposals.html", proposals=queries.proposals(council.id))


@bp.route("/kontor/forslag/nytt", methods=["GET", "POST"])
def propose() -> Any:
    council = own_council("case.propose")
    form = ProposalForm()
    if form.validate_on_submit():
        with form.rules():
            case = commands.propose(
                council,
                title=form.title.data,
                text=form.text.data,
                person=current_user.person,
                organisation=current_user.organisation,
                by=current_user,
            )
    if form.is_done:
        flash(_("The proposal is sent to the secretary. You get a letter when it is answered."))
        return redirect(address(case), 303)
    return render_template("cases/propose.html", form=form), form.status


@bp.route("/kontor/saker/<int:case_id>/svar", methods=["GET", "POST"])
def answer(case_id: int) -> Any:
    case = find(case_id, "case.answer")
    if request.method == "GET" and case.state is not CaseState.PROPOSED:
        return redirect(address(case), 303)
    form = AnswerForm()
    if form.validate_on_submit():
        if "decline" in request.form:
            with form.rules():
                commands.decline(case, reason=form.answer.data or "", by=current_user)
        elif "take_in" in request.form:
            with form.rules():
                commands.take_in(case, answer=form.answer.data or "", by=current_user)
        else:
            give_up()
            form.form_errors = [_("Choose whether to take the proposal in or decline it.")]
    if form.is_done:
        flash(_("The proposal is answered, and a letter is on its way."))
        return redirect(address(case), 303)
    return render_template("cases/answer.html", form=form, case=case, proposal=markdown.render(case.proposal)), form.status


def _partner(secret: str) -> tuple[LinkActor, Council]:
    """Whoever holds this partner link, and whose room it opens; a wrong, expired or revoked one is the same 404."""
    link = links.open_link(secret, LinkPurpose.PARTNER)
    if link is None or link.council is None:
        abort(404)
    actor = LinkActor(link)
    policy.require(actor, "case.propose", link.council)
    return actor, link.council


@bp.get("/g/<secret>")
def partner_room(secret: str) -> Any:
    actor, council = _partner(secret)
    organisation = actor.organisation
    found = queries.proposals_by(actor.person_id, organisation.id if organisation else None, council.id)
    return render_template(
        "cases/partner_room.html",
        secret=secret,
        actor=actor,
        host=council,
        proposals=found,
        titles={case.id: queries.title_outside(case) for case in found},
        states=STATES,
    )


@bp.route("/g/<secret>/forslag", methods=["GET", "POST"])
def partner_propose(secret: str) -> Any:
    actor, council = _partner(secret)
    form = ProposalForm()
    if form.validate_on_submit():
        with form.rules():
            commands.propose(
                council, title=form.title.data, text=form.text.data, person=actor.person, organisation=actor.organisation, by=actor
            )
    if form.is_done:
        flash(_("The proposal is sent. Here you see what becomes of it."))
        return redirect(url_for(".partner_room", secret=secret), 303)
    return render_template("cases/partner_propose.html", form=form, secret=secret, actor=actor, host=council), form.status

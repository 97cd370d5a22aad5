"""The strategy register, and the forms of agreements. The page of one agreement shows status: it stands in `followups`."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.council import queries as council_queries
from meetingapp.council.forms import facts_of
from meetingapp.council.models import Organisation
from meetingapp.council.office import own_council
from meetingapp.strategy import commands, queries, words
from meetingapp.strategy.forms import AreaForm, CommitmentForm, adopted_days, agreement_form
from meetingapp.strategy.models import Agreement, AgreementState, AreaKind, CommitmentKind, Side, StrategyArea

bp = Blueprint("strategy", __name__)


@bp.get("/kontor/strategi")
def areas() -> Any:
    council = own_council()
    policy.require(current_user, "council.read", council)
    found = queries.all_areas(council.id)
    today = clock.today()
    now = [area for area in found if area.valid_from <= today and (area.valid_to is None or area.valid_to >= today)]
    others = [area for area in found if area not in now]
    return render_template("strategy/areas.html", council=council, areas=sorted(now, key=queries.code_order), others=others, words=words)


@bp.route("/kontor/strategi/ny", methods=["GET", "POST"])
def new_area() -> Any:
    council = own_council()
    policy.require(current_user, "strategy.edit", council)
    parents = _tops(council.id)
    form = AreaForm(valid_from=clock.today()).choose_from(parents.values())
    if form.validate_on_submit():
        with form.rules():
            commands.add_area(council, by=current_user, **_area_facts(form, parents))
    if form.is_done:
        flash(_("The area is in the register."))
        return redirect(url_for(".areas"), 303)
    return render_template("strategy/area_form.html", form=form, area=None), form.status


@bp.route("/kontor/strategi/<int:area_id>", methods=["GET", "POST"])
def edit_area(area_id: int) -> Any:
    council, area = own_council(), queries.area(area_id)
    if area is None or area.council_id != council.id:
        abort(404)
    policy.require(current_user, "strategy.edit", council)
    parents = {one.id: one for one in _tops(council.id).values() if one is not area}
    form = AreaForm(data=facts_of(area, parent=area.parent_id)).choose_from(parents.values())
    if form.validate_on_submit():
        with form.rules():
            commands.edit_area(area, by=current_user, **_area_facts(form, parents))
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".areas"), 303)
    return render_template("strategy/area_form.html", form=form, area=area), form.status


@bp.get("/kontor/avtaler")
def agreements() -> Any:
    council = own_council()
    policy.require(current_user, "agreement.read", council)
    return render_template("strategy/agreements.html", council=council, agreements=queries.agreements_of(council.id), words=words)


@bp.route("/kontor/avtaler/ny", methods=["GET", "POST"])
def new_agreement() -> Any:
    council = own_council()
    policy.require(current_user, "agreement.edit", council)
    known = _organisations(council.id)
    form = agreement_form(known.values(), {"valid_from": clock.today()})
    if form.validate_on_submit():
        with form.rules():
            made = commands.add_agreement(council, by=current_user, **_agreement_facts(form, known))
    if form.is_done:
        flash(_("The agreement is written in. Now enter what the parties owe each other."))
        return redirect(f"/kontor/avtaler/{made.id}", 303)
    return render_template("strategy/agreement_form.html", form=form, agreement=None, known=known), form.status


@bp.route("/kontor/avtaler/<int:agreement_id>/rediger", methods=["GET", "POST"])
def edit_agreement(agreement_id: int) -> Any:
    agreement = agreement_or_404(agreement_id)
    policy.require(current_user, "agreement.edit", agreement)
    known = {row.organisation_id: row.organisation for row in agreement.parties} | _organisations(agreement.council_id)
    days = {f"adopted-{row.organisation_id}": row.adopted_on for row in agreement.parties}
    form = agreement_form(known.values(), facts_of(agreement, parties=[row.organisation_id for row in agreement.parties], **days))
    if form.validate_on_submit():
        with form.rules():
            commands.edit_agreement(agreement, by=current_user, **_agreement_facts(form, known))
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(f"/kontor/avtaler/{agreement.id}", 303)
    return render_template("strategy/agreement_form.html", form=form, agreement=agreement, known=known), form.status


@bp.route("/kontor/avtaler/<int:agreement_id>/punkt/ny", methods=["GET", "POST"])
def new_commitment(agreement_id: int) -> Any:
    agreement = agreement_or_404(agreement_id)
    policy.require(current_user, "agreement.edit", agreement)
    parties = {row.organisation_id: row.organisation for row in agreement.parties}
    form = CommitmentForm().choose_from(parties.values())
    if form.validate_on_submit():
        with form.rules():
            commands.add_commitment(agreement, by=current_user, **_commitment_facts(form, parties))
    if form.is_done:
        flash(_("The commitment is written in."))
        return redirect(f"/kontor/avtaler/{agreement.id}", 303)
    return render_template("strategy/commitment_form.html", form=form, agreement=agreement, commitment=None), form.status


@bp.route("/kontor/avtaler/punkt/<int:commitment_id>/rediger", methods=["GET", "POST"])
def edit_commitment(commitment_id: int) -> Any:
    commitment = queries.commitment(commitment_id)
    if commitment is None:
        policy.absent(current_user)
    agreement = commitment.agreement
    policy.require_visible(current_user, "agreement.read", agreement)
    policy.require(current_user, "agreement.edit", agreement)
    parties = {row.organisation_id: row.organisation for row in agreement.parties}
    sides = {
        name: [one.id for one in queries.on_side(commitment, side)] for name, side in (("owed_by", Side.OWES), ("owed_to", Side.IS_OWED))
    }
    form = CommitmentForm(data=facts_of(commitment, **sides)).choose_from(parties.values())
    if form.validate_on_submit():
        with form.rules():
            commands.edit_commitment(commitment, by=current_user, **_commitment_facts(form, parties))
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(f"/kontor/avtaler/punkt/{commitment.id}", 303)
    return render_template("strategy/commitment_form.html", form=form, agreement=agreement, commitment=commitment), form.status


def agreement_or_404(agreement_id: int) -> Agreement:
    """An agreement that the reader may see; absent and hidden give the same 404."""
    found = queries.agreement(agreement_id)
    if found is None:
        policy.absent(current_user)
    policy.require_visible(current_user, "agreement.read", found)
    return found


def _tops(council_id: int) -> dict[int, StrategyArea]:
    """The areas that goals can stand under."""
    return {area.id: area for area in queries.all_areas(council_id) if area.parent_id is None}


def _organisations(council_id: int) -> dict[int, Organisation]:
    return {one.organisation_id: one.organisation for one in council_queries.affiliations_of(council_id, clock.today())}


def _area_facts(form: AreaForm, parents: dict[int, StrategyArea]) -> dict[str, Any]:
    return {
        "code": form.code.data or "",
        "title": form.title.data or "",
        "kind": AreaKind(form.kind.data),
        "parent": parents.get(form.parent.data),
        "sdg": form.sdg.data or [],
        "indicator": form.indicator.data or "",
        "valid_from": form.valid_from.data,
        "valid_to": form.valid_to.data,
    }


def _agreement_facts(form: Any, known: dict[int, Organisation]) -> dict[str, Any]:
    parties = [known[one] for one in form.parties.data]
    return {
        "title": form.title.data or "",
        "version": form.version.data,
        "valid_from": form.valid_from.data,
        "valid_to": form.valid_to.data,
        "state": AgreementState(form.state.data),
        "parties": parties,
        "adopted": adopted_days(form, parties),
    }


def _commitment_facts(form: CommitmentForm, parties: dict[int, Organisation]) -> dict[str, Any]:
    return {
        "clause": form.clause.data or "",
        "text": form.text.data or "",
        "kind": CommitmentKind(form.kind.data),
        "owed_by": [parties[one] for one in form.owed_by.data],
        "owed_to": [parties[one] for one in form.owed_to.data],
        "amount": form.amount.data,
        "due": form.due.data,
        "recurrence": form.recurrence.data or "",
    }

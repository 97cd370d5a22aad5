"""The page «Mer», the council's own facts, and the legal grounds."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.council import commands, queries, words
from meetingapp.council.forms import CouncilForm, EditLegalBasisForm, LegalBasisForm, facts_of
from meetingapp.council.models import BasisUse
from meetingapp.council.office import own_council
from meetingapp.council.views import bp


@bp.get("/kontor/mer")
def more() -> Any:
    council = own_council()
    policy.require(current_user, "council.read", council)
    return render_template("council/more.html", council=council)


@bp.get("/kontor/mer/radet")
def facts() -> Any:
    council = own_council()
    policy.require(current_user, "council.read", council)
    return render_template("council/facts.html", council=council, words=words)


@bp.route("/kontor/mer/radet/rediger", methods=["GET", "POST"])
def edit_facts() -> Any:
    council = own_council()
    policy.require(current_user, "council.edit", council)
    known = {one.organisation_id: one.organisation for one in queries.affiliations_of(council.id, clock.today()) if one.is_participant}
    form = CouncilForm(data=facts_of(council, seat_municipality=council.seat_municipality_id)).choose_from(known.values())
    if form.validate_on_submit():
        with form.rules():
            commands.edit_council(
                council,
                name=form.name.data or "",
                short_name=form.short_name.data or "",
                email=form.email.data or "",
                legal_form=form.legal_form.data or "",
                public_host=form.public_host.data or "",
                default_language=form.default_language.data,
                publication_criterion=form.publication_criterion.data or "",
                seat_municipality=known.get(form.seat_municipality.data),
                by=current_user,
            )
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".facts"), 303)
    return render_template("council/facts_form.html", form=form, council=council), form.status


@bp.get("/kontor/mer/hjemler")
def legal_bases() -> Any:
    council = own_council()
    policy.require(current_user, "council.read", council)
    return render_template("council/legal_bases.html", bases=queries.all_legal_bases(), council=council, words=words, uses=list(BasisUse))


@bp.route("/kontor/mer/hjemler/ny", methods=["GET", "POST"])
def new_legal_basis() -> Any:
    policy.require(current_user, "council.edit", own_council())
    form = LegalBasisForm(valid_from=clock.today())
    if form.validate_on_submit():
        with form.rules():
            commands.add_legal_basis(
                use=BasisUse(form.use.data),
                label=form.label.data or "",
                about=form.about.data or "",
                is_duty=form.is_duty.data,
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                by=current_user,
            )
    if form.is_done:
        flash(_("The provision can be chosen as a ground."))
        return redirect(url_for(".legal_bases"), 303)
    return render_template("council/legal_basis_form.html", form=form, basis=None, words=words), form.status


@bp.route("/kontor/mer/hjemler/<int:basis_id>", methods=["GET", "POST"])
def edit_legal_basis(basis_id: int) -> Any:
    policy.require(current_user, "council.edit", own_council())
    basis = queries.legal_basis(basis_id)
    if basis is None:
        abort(404)
    form = EditLegalBasisForm(data=facts_of(basis))
    if form.validate_on_submit():
        with form.rules():
            commands.edit_legal_basis(
                basis,
                about=form.about.data or "",
                is_duty=form.is_duty.data,
                valid_from=form.valid_from.data,
                valid_to=form.valid_to.data,
                by=current_user,
            )
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".legal_bases"), 303)
    return render_template("council/legal_basis_form.html", form=form, basis=basis, words=words), form.status

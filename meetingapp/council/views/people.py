"""The register: people and organisations."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.core.forms import RuleBroken
from meetingapp.core.web import proof
from meetingapp.council import commands, queries, words
from meetingapp.council.forms import AffiliationForm, LastDayForm, NewOrganisationForm, OrganisationForm, PersonForm, facts_of
from meetingapp.council.models import Affiliation, BodyKind, Council, Organisation, OrganisationKind, Person, SeatRole
from meetingapp.council.office import own_council, page_behind
from meetingapp.council.views import bp


@bp.get("/kontor/folk")
def register() -> Any:
    council = own_council()
    policy.require(current_user, "council.read", council)
    today, searched = clock.today(), request.args.get("sok", "").strip()[:100]
    seats = {body: queries.seats_on(body, today) for body in queries.bodies_of(council.id, today)}
    bodies = [(body, [seat for seat in those if seat.role is SeatRole.MEMBER]) for body, those in seats.items()]
    affiliations = queries.affiliations_of(council.id, today)
    warnings: dict[int, str] = {}
    for body, those in seats.items():
        if body.kind is BodyKind.REPRESENTANTSKAP:
            warnings |= queries.participant_warnings(body, those, affiliations)
    return render_template(
        "council/register.html",
        council=council,
        bodies=bodies,
        affiliations=affiliations,
        warnings=warnings,
        people=queries.search_people(council.id, searched, behind=page_behind()),
        searched=searched,
        words=words,
    )


@bp.route("/kontor/folk/personer/ny", methods=["GET", "POST"])
def new_person() -> Any:
    council = own_council()
    policy.require(current_user, "council.edit", council)
    known = _organisations(council)
    form = PersonForm(organisation=request.args.get("virksomhet", type=int)).choose_from(known.values())
    del form.is_active
    if form.validate_on_submit():
        with form.rules():
            person = commands.add_person(by=current_user, **_person_facts(form, known))
    if form.is_done:
        flash(_("%(name)s is in the register.", name=person.name))
        return redirect(f"/kontor/folk/personer/{person.id}", 303)
    return render_template("council/person_form.html", form=form, person=None), form.status


@bp.route("/kontor/folk/personer/<int:person_id>/rediger", methods=["GET", "POST"])
def edit_person(person_id: int) -> Any:
    person = person_or_404(person_id)
    policy.require(current_user, "person.edit", person)
    known = _organisations(own_council())
    if person.organisation is not None:
        known.setdefault(person.organisation.id, person.organisation)
    form = PersonForm(data=facts_of(person, organisation=person.organisation_id)).choose_from(known.values())
    if form.validate_on_submit():
        with form.rules():
            _ask_for_proof(person, form.email.data or "")
            commands.edit_person(person, by=current_user, is_active=form.is_active.data, **_person_facts(form, known))
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(f"/kontor/folk/personer/{person.id}", 303)
    return render_template("council/person_form.html", form=form, person=person), form.status


@bp.route("/kontor/folk/virksomheter/ny", methods=["GET", "POST"])
def new_organisation() -> Any:
    council = own_council()
    policy.require(current_user, "council.edit", council)
    form = NewOrganisationForm(since=clock.today())
    if form.validate_on_submit():
        with form.rules():
            organisation = commands.add_organisation(
                council,
                by=current_user,
                is_participant=form.is_participant.data == "yes",
                since=form.since.data,
                **_organisation_facts(form),
            )
    if form.is_done:
        flash(_("%(name)s is in the register.", name=organisation.name))
        return redirect(url_for(".organisation", organisation_id=organisation.id), 303)
    return render_template("council/organisation_form.html", form=form, organisation=None), form.status


@bp.get("/kontor/folk/virksomheter/<int:organisation_id>")
def organisation(organisation_id: int) -> Any:
    found = organisation_or_404(organisation_id)
    council = own_council()
    return render_template(
        "council/organisation.html",
        organisation=found,
        affiliations=queries.affiliations_of_organisation(council.id, found.id),
        people=queries.members_of_organisation(found.id),
        council=council,
        words=words,
    )


@bp.route("/kontor/folk/virksomheter/<int:organisation_id>/rediger", methods=["GET", "POST"])
def edit_organisation(organisation_id: int) -> Any:
    found = organisation_or_404(organisation_id)
    policy.require(current_user, "council.edit", found)
    form = OrganisationForm(data=facts_of(found))
    if form.validate_on_submit():
        with form.rules():
            commands.edit_organisation(found, by=current_user, **_organisation_facts(form))
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".organisation", organisation_id=found.id), 303)
    return render_template("council/organisation_form.html", form=form, organisation=found), form.status


@bp.route("/kontor/folk/virksomheter/<int:organisation_id>/rolle", methods=["GET", "POST"])
def new_affiliation(organisation_id: int) -> Any:
    council, found = own_council(), organisation_or_404(organisation_id)
    policy.require(current_user, "council.edit", council)
    form = AffiliationForm(since=clock.today())
    if form.validate_on_submit():
        with form.rules():
            commands.add_affiliation(
                council,
                found,
                is_participant=form.is_participant.data == "yes",
                since=form.since.data,
                until=form.until.data,
                by=current_user,
            )
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".organisation", organisation_id=found.id), 303)
    return render_template("council/affiliation_form.html", form=form, organisation=found), form.status


@bp.route("/kontor/folk/virksomheter/roller/<int:affiliation_id>/avslutt", methods=["GET", "POST"])
def end_affiliation(affiliation_id: int) -> Any:
    council, affiliation = own_council(), queries.affiliation(affiliation_id)
    if affiliation is None or affiliation.council_id != council.id:
        abort(404)
    policy.require(current_user, "council.edit", council)
    form = LastDayForm(last_day=clock.today())
    if form.validate_on_submit():
        with form.rules():
            commands.end_affiliation(affiliation, last_day=form.last_day.data, by=current_user)
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".organisation", organisation_id=affiliation.organisation_id), 303)
    return render_template("council/affiliation_end.html", form=form, affiliation=affiliation), form.status


def person_or_404(person_id: int) -> Person:
    """A person whom the reader's council knows; absent and hidden give the same 404."""
    person = queries.person(person_id)
    if person is None:
        policy.absent(current_user)
    policy.require_visible(current_user, "person.read", person)
    return person


def organisation_or_404(organisation_id: int) -> Organisation:
    """An organisation that the reader's council knows; absent and hidden give the same 404."""
    found = queries.organisation(organisation_id)
    if found is None:
        policy.absent(current_user)
    policy.require_visible(current_user, "council.read", found)
    return found


def _ask_for_proof(person: Person, address: str) -> None:
    """An address is a way in, so whoever changes one must have proved who they are just now.

    :raises RuleBroken: when that is too long ago
    """
    if address.strip().lower() != person.email and not proof.proved_lately():
        raise RuleBroken(
            _("Confirm that it is you before you change an address."),
            next_step=_("Open My account in another window, confirm there, and save here once more."),
            field="email",
        )


def _organisations(council: Council) -> dict[int, Organisation]:
    """Those that people can be entered under."""
    affiliations: list[Affiliation] = list(queries.affiliations_of(council.id, clock.today()))
    return {one.organisation_id: one.organisation for one in affiliations}


def _person_facts(form: PersonForm, known: dict[int, Organisation]) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "email": form.email.data or "",
        "organisation": known[form.organisation.data],
        "phone": form.phone.data or "",
        "title": form.title.data or "",
        "party_list": form.party_list.data or "",
        "language": form.language.data,
    }


def _organisation_facts(form: OrganisationForm) -> dict[str, Any]:
    return {
        "name": form.name.data or "",
        "short_name": form.short_name.data or "",
        "kind": OrganisationKind(form.kind.data),
        "language": form.language.data,
        "email": form.email.data or "",
        "note": form.note.data or "",
    }

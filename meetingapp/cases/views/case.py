"""The list of cases, the facts of a case, exemption, being ready, and its end."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import RadioField
from wtforms.validators import Optional

from meetingapp.cases import commands, queries
from meetingapp.cases.forms import ExemptionForm, FactsForm, number_in
from meetingapp.cases.models import Case, CaseKind, CaseState, Exemption
from meetingapp.cases.views.blueprint import address, bp, find, own_council
from meetingapp.cases.words import WORDS
from meetingapp.core import clock, policy
from meetingapp.core.forms import Form, OneButtonForm
from meetingapp.council import office
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse, Council, SeatRole
from meetingapp.strategy import queries as strategy_queries


@bp.get("/kontor/saker")
def index() -> Any:
    council = own_council("case.list")
    state = next((state for state in CaseState if state.value == request.args.get("tilstand")), None)
    kind = next((kind for kind in CaseKind if kind.value == request.args.get("type")), None)
    text = request.args.get("q", "")[:100]
    states, behind = [state] if state else [], office.page_behind()
    page = queries.list_page(current_user, council.id, states=states, kind=kind, text=text, behind=behind)
    return render_template(
        "cases/index.html",
        page=page,
        state=state,
        kind=kind,
        text=text,
        titles=queries.shown_titles(current_user, page.items),
        waiting=queries.proposals(council.id) if policy.allows(current_user, "case.proposals", council) else [],
        **WORDS,
    )


def _choices(form: FactsForm, council: Council, case: Case | None) -> tuple[dict[int, Any], dict[int, Any]]:
    """Fill in what can be chosen: what holds today, and what the case has; returns the rows by id."""
    today = clock.today()
    areas = {area.id: area for area in strategy_queries.areas_of(council.id, today)}
    staff = {}
    for body in council_queries.bodies_of(council.id, today):
        for seat in council_queries.seats_on(body, today, SeatRole.SECRETARY, SeatRole.CASE_OFFICER, SeatRole.ATTENDEE):
            staff[seat.person_id] = seat.person
    if case is not None:
        areas |= {area.id: area for area in (case.main_area, *case.side_areas) if area is not None}
        staff |= {person.id: person for person in (case.officer,) if person is not None}
    form.main_area.choices = [("", _("None")), *((area.id, f"{area.code} {area.title}") for area in areas.values())]
    form.side_areas.choices = [(area.id, f"{area.code} {area.title}") for area in areas.values()]
    form.officer.choices = [("", _("Nobody yet")), *((person.id, person.name) for person in staff.values())]
    return areas, staff


@bp.route("/kontor/saker/ny", methods=["GET", "POST"])
def create() -> Any:
    council = own_council("case.create")
    form = FactsForm(officer=current_user.person_id)
    areas, officers = _choices(form, council, None)
    if form.validate_on_submit():
        with form.rules():
            case = commands.create_case(council, by=current_user, **form.facts(areas, officers))
    if form.is_done:
        flash(_("The case is made. Now write the case paper."))
        return redirect(address(case), 303)
    return render_template("cases/facts.html", form=form, case=None), form.status


@bp.route("/kontor/saker/<int:case_id>/rediger", methods=["GET", "POST"])
def edit(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    form = FactsForm(
        seen_version=case.version,
        kind=case.kind.value,
        scope=case.scope.value,
        title=case.title,
        public_title=case.public_title,
        matter=case.matter.value,
        main_area=case.main_area_id,
        side_areas=[area.id for area in case.side_areas],
        sdg=case.sdg,
        officer=case.officer_id,
        archive_ref=case.archive_ref,
        language=case.language,
        minutes_needed=case.minutes_needed,
        closed_words="\n".join(case.closed_words),
    )
    areas, officers = _choices(form, case.council, case)
    if form.validate_on_submit():
        with form.rules():
            facts = form.facts(areas, officers) | {"commitment": case.commitment}
            commands.edit_facts(case, seen_version=number_in(form.seen_version.data), by=current_user, **facts)
    if form.is_done:
        flash(_("The facts of the case are saved."))
        return redirect(address(case), 303)
    return render_template("cases/facts.html", form=form, case=case), form.status


@bp.route("/kontor/saker/<int:case_id>/unntak", methods=["GET", "POST"])
def exempt(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    form = ExemptionForm(
        seen_version=case.version,
        exemption=case.exemption.value,
        legal_basis=case.legal_basis_id,
        public_title=case.public_title,
        until=case.exempt_until,
        wider_access=case.wider_access,
        closed_words="\n".join(case.closed_words),
    )
    bases = {basis.id: basis for basis in (*council_queries.legal_bases(BasisUse.EXEMPT, clock.today()), case.legal_basis) if basis}
    named = ((basis.id, f"{basis.label}: {basis.about}" if basis.about else basis.label) for basis in bases.values())
    form.legal_basis.choices = [("", _("Choose a provision")), *named]
    if form.validate_on_submit():
        with form.rules():
            commands.set_exemption(
                case,
                exemption=Exemption(form.exemption.data),
                legal_basis=bases.get(form.legal_basis.data) if form.legal_basis.data else None,
                public_title=form.public_title.data or "",
                until=form.until.data or "",
                wider_access=form.wider_access.data or "",
                closed_words=form.closed_words.words,
                seen_version=number_in(form.seen_version.data) or 0,  # no version is 0: a page that does not say is old
                by=current_user,
            )
    if form.is_done:
        flash(_("Saved. Nothing of it has left the house."))
        return redirect(address(case), 303)
    return render_template("cases/exempt.html", form=form, case=case), form.status


def _ready_form(case: Case) -> Form:
    """One choice for each document; nothing is chosen beforehand."""
    answers = [("ja", _("On the net")), ("nei", _("Not on the net"))]

    class ReadyForm(Form):
        paper_on_web = RadioField(_("Case paper"), choices=answers, validators=[Optional()])

    for attachment in queries.open_attachments(case):
        setattr(ReadyForm, f"attachment_{attachment.id}", RadioField(attachment.title, choices=answers, validators=[Optional()]))
    return ReadyForm()


@bp.route("/kontor/saker/<int:case_id>/klar", methods=["GET", "POST"])
def ready(case_id: int) -> Any:
    case = find(case_id, "case.ready")
    form = _ready_form(case)
    documents = {"paper_on_web": None} | {f"attachment_{one.id}": one.id for one in queries.open_attachments(case)}
    if form.validate_on_submit():
        chosen = {document: form[name].data == "ja" for name, document in documents.items() if form[name].data in ("ja", "nei")}
        with form.rules():
            commands.mark_ready(
                case,
                paper_on_web=chosen.get(None),
                attachments_on_web={document: choice for document, choice in chosen.items() if document is not None},
                by=current_user,
            )
    if form.is_done:
        flash(_("The case is ready, and waits in the queue for an agenda."))
        return redirect(address(case), 303)
    return render_template("cases/ready.html", form=form, case=case, missing=queries.missing(case), documents=documents), form.status


@bp.route("/kontor/saker/<int:case_id>/trekk", methods=["GET", "POST"])
def withdraw(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    form = OneButtonForm()
    if form.validate_on_submit():
        with form.rules():
            commands.withdraw(case, by=current_user)
    if form.is_done:
        flash(_("The case is withdrawn."))
        return redirect(address(case), 303)
    return render_template("cases/withdraw.html", form=form, case=case), form.status

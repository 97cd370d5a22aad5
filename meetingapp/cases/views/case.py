"""The list of cases, the case page, its facts, exemption, and being ready."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from wtforms import RadioField
from wtforms.validators import Optional

from meetingapp.cases import commands, queries
from meetingapp.cases.forms import ExemptionForm, FactsForm
from meetingapp.cases.models import Case, CaseKind, CaseState, Exemption, Part
from meetingapp.cases.views.blueprint import address, bp, find, own_council
from meetingapp.cases.words import ACTS, EXEMPTIONS, KINDS, MATTERS, SCOPES, STATES
from meetingapp.core import audit, clock, policy
from meetingapp.core.forms import Form, OneButtonForm
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse, Council, SeatRole
from meetingapp.strategy import queries as strategy_queries

WORDS = {"kinds": KINDS, "scopes": SCOPES, "matters": MATTERS, "states": STATES, "exemptions": EXEMPTIONS, "act_words": ACTS}


@bp.get("/kontor/saker")
def index() -> Any:
    council = own_council("case.list")
    state = next((state for state in CaseState if state.value == request.args.get("tilstand")), None)
    kind = next((kind for kind in CaseKind if kind.value == request.args.get("type")), None)
    text = request.args.get("q", "")[:100]
    page = queries.list_page(
        current_user, council.id, states=[state] if state else [], kind=kind, text=text, page=request.args.get("side", 1, type=int)
    )
    return render_template(
        "cases/index.html",
        page=page,
        state=state,
        kind=kind,
        text=text,
        titles={case.id: queries.shown_title(current_user, case) for case in page.items},
        waiting=queries.proposals(council.id) if policy.allows(current_user, "case.proposals", council) else [],
        **WORDS,
    )


@bp.get("/kontor/saker/<int:case_id>")
def show(case_id: int) -> Any:
    case = find(case_id, "case.read")
    may_read_closed = policy.allows(current_user, "case.read_closed", case)
    return render_template(
        "cases/show.html",
        case=case,
        title=queries.shown_title(current_user, case),
        paper=case.paper(Part.OPEN) if policy.allows(current_user, "case.read_paper", case) else None,
        closed_paper=case.paper(Part.CLOSED) if may_read_closed else None,
        may_read_closed=may_read_closed,
        attachments=[a for a in case.attachments if a.removed_at is None and (may_read_closed or not a.is_closed)],
        missing=commands.missing(case),
        history=audit.entries_of(case)[:20] if policy.allows(current_user, "case.edit", case) else [],
        **WORDS,
    )


def _choices(form: FactsForm, council: Council) -> tuple[dict[int, Any], dict[int, Any]]:
    """Fill in what can be chosen; returns the rows by id."""
    areas = {area.id: area for area in strategy_queries.areas_of(council.id, clock.today())}
    staff = {}
    for body in council_queries.bodies_of(council.id, clock.today()):
        for seat in council_queries.seats_on(body, clock.today(), SeatRole.SECRETARY, SeatRole.CASE_OFFICER, SeatRole.ATTENDEE):
            staff[seat.person_id] = seat.person
    form.main_area.choices = [("", _("None")), *((area.id, f"{area.code} {area.title}") for area in areas.values())]
    form.side_areas.choices = [(area.id, f"{area.code} {area.title}") for area in areas.values()]
    form.officer.choices = [("", _("Nobody yet")), *((person.id, person.name) for person in staff.values())]
    return areas, staff


@bp.route("/kontor/saker/ny", methods=["GET", "POST"])
def create() -> Any:
    council = own_council("case.create")
    form = FactsForm(officer=current_user.person_id)
    areas, officers = _choices(form, council)
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
    )
    areas, officers = _choices(form, case.council)
    if form.validate_on_submit():
        with form.rules():
            facts = form.facts(areas, officers) | {"closed_words": case.closed_words, "commitment": case.commitment}
            commands.edit_facts(case, seen_version=_version(form.seen_version.data), by=current_user, **facts)
    if form.is_done:
        flash(_("The facts of the case are saved."))
        return redirect(address(case), 303)
    return render_template("cases/facts.html", form=form, case=case), form.status


def _version(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


@bp.route("/kontor/saker/<int:case_id>/unntak", methods=["GET", "POST"])
def exempt(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    form = ExemptionForm(
        exemption=case.exemption.value,
        legal_basis=case.legal_basis_id,
        public_title=case.public_title,
        until=case.exempt_until,
        wider_access=case.wider_access,
        closed_words="\n".join(case.closed_words),
    )
    bases = {basis.id: basis for basis in council_queries.legal_bases(BasisUse.EXEMPT, clock.today())}
    form.legal_basis.choices = [("", _("Choose a provision")), *((basis.id, f"{basis.label}: {basis.about}") for basis in bases.values())]
    if form.validate_on_submit():
        with form.rules():
            commands.set_exemption(
                case,
                exemption=Exemption(form.exemption.data),
                legal_basis=bases.get(form.legal_basis.data) if form.legal_basis.data else None,
                public_title=form.public_title.data or "",
                until=form.until.data or "",
                wider_access=form.wider_access.data or "",
                closed_words=form.words(),
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

    for attachment in commands.open_attachments(case):
        setattr(ReadyForm, f"attachment_{attachment.id}", RadioField(attachment.title, choices=answers, validators=[Optional()]))
    return ReadyForm()


@bp.route("/kontor/saker/<int:case_id>/klar", methods=["GET", "POST"])
def ready(case_id: int) -> Any:
    case = find(case_id, "case.ready")
    form = _ready_form(case)
    if form.validate_on_submit():
        chosen = {"ja": True, "nei": False}
        with form.rules():
            commands.mark_ready(
                case,
                paper_on_web=chosen.get(form["paper_on_web"].data),
                attachments_on_web={
                    a.id: chosen[form[f"attachment_{a.id}"].data]
                    for a in commands.open_attachments(case)
                    if form[f"attachment_{a.id}"].data in chosen
                },
                by=current_user,
            )
    if form.is_done:
        flash(_("The case is ready, and waits in the queue for an agenda."))
        return redirect(address(case), 303)
    return render_template("cases/ready.html", form=form, case=case, missing=commands.missing(case)), form.status


@bp.post("/kontor/saker/<int:case_id>/trekk")
def withdraw(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    form = OneButtonForm()
    if form.validate_on_submit():
        commands.withdraw(case, by=current_user)
        flash(_("The case is withdrawn."))
    return redirect(url_for(".show", case_id=case.id), 303)

"""Who does what by when: the list, one action, and the forms."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.cases.models import Case
from meetingapp.core import clock, policy
from meetingapp.core.forms import OneButtonForm
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council, Organisation, Person
from meetingapp.council.office import back_to_desk, number_asked, own_council, page_behind
from meetingapp.followups import commands, queries, words
from meetingapp.followups.forms import ActionForm, AskForm, ReportForm
from meetingapp.followups.models import Action, ActionState
from meetingapp.followups.policy import parts_of
from meetingapp.followups.views import bp
from meetingapp.minutes.models import Deliberation
from meetingapp.strategy import queries as strategy_queries
from meetingapp.strategy.models import Commitment


@bp.get("/kontor/oppfolging")
def actions() -> Any:
    council = own_council()
    policy.require(current_user, "action.read", council)
    choice = _choice()
    found = queries.list_page(current_user, council.id, choice, clock.today(), behind=page_behind())
    people, organisations = queries.owners_in(council.id)
    return render_template(
        "followups/actions.html",
        council=council,
        actions=found,
        numbers=queries.numbers_of(found.items),
        choice=choice,
        people=people,
        organisations=organisations,
        words=words,
    )


@bp.route("/kontor/oppfolging/<int:action_id>", methods=["GET", "POST"])
def action(action_id: int) -> Any:
    found = action_or_404(action_id)
    policy.require(current_user, "action.read", found)
    is_secretary = current_user.is_secretary_of(found.council_id)
    parts = list(found.owners) if is_secretary else parts_of(current_user, found)
    form = ReportForm(state=found.state.value).choose_from(parts, all_parts=is_secretary)
    if request.method == "POST":
        policy.require(current_user, "action.report", found)
    if form.validate_on_submit():
        by_id = {part.id: part for part in parts}
        with form.rules():
            commands.report(
                found,
                state=ActionState(form.state.data),
                text=form.text.data or "",
                owner=by_id[form.owner.data] if form.owner.data is not None else None if is_secretary else parts[0],
                new_due=form.new_due.data,
                by=current_user,
            )
    if form.is_done:
        flash(_("Thank you. The status is written down."))
        return redirect(url_for(".action", action_id=found.id), 303)
    return render_template(
        "followups/action.html",
        action=found,
        form=form,
        parts=parts,
        number=queries.numbers_of([found]).get(found.case_id or 0),
        case_title=queries.title_for(current_user, found.case),
        words=words,
        name_of=commands.name_of,
        to_remind=queries.people_to_remind(found) if policy.allows(current_user, "action.edit", found) else [],
        is_closed=found.state in commands.CLOSED,
    ), form.status


@bp.route("/kontor/oppfolging/ny", methods=["GET", "POST"])
def new_action() -> Any:
    council = own_council()
    policy.require(current_user, "action.edit", council)
    deliberation, case, commitment = _source(council)
    organisations, people = _owners(council)
    form = ActionForm(title=_first_title(case, commitment), is_public=case is None or not case.is_exempt)
    form.choose_from(organisations.values(), people.values())
    if form.validate_on_submit():
        with form.rules():
            made = commands.add_action(
                council,
                title=form.title.data or "",
                text=form.text.data or "",
                owners=_chosen(form, organisations, people),
                due=form.due.data,
                is_public=form.is_public.data,
                case=case,
                deliberation=deliberation,
                commitment=commitment,
                by=current_user,
            )
    if form.is_done:
        flash(_("«%(title)s» will be followed up.", title=made.title))
        return redirect(url_for(".action", action_id=made.id), 303)
    return render_template(
        "followups/action_form.html",
        form=form,
        action=None,
        deliberation=deliberation,
        case=case,
        case_title=queries.title_for(current_user, case),
        commitment=commitment,
    ), form.status


@bp.route("/kontor/oppfolging/<int:action_id>/rediger", methods=["GET", "POST"])
def edit_action(action_id: int) -> Any:
    found = action_or_404(action_id)
    policy.require(current_user, "action.edit", found)
    organisations, people = _owners(found.council)
    organisations |= {part.organisation_id: part.organisation for part in found.owners if part.organisation_id and part.organisation}
    people |= {part.person_id: part.person for part in found.owners if part.person_id and part.person}
    form = ActionForm(
        data={
            "title": found.title,
            "text": found.text,
            "due": found.due,
            "is_public": found.is_public,
            "version": str(found.version),
            "owners": [f"p{part.person_id}" if part.person_id else f"o{part.organisation_id}" for part in found.owners],
        }
    ).choose_from(organisations.values(), people.values())
    if form.validate_on_submit():
        with form.rules():
            commands.edit_action(
                found,
                title=form.title.data or "",
                text=form.text.data or "",
                due=form.due.data,
                is_public=form.is_public.data,
                owners=_chosen(form, organisations, people),
                seen_version=form.seen_version,
                by=current_user,
            )
    if form.is_done:
        flash(_("The changes are saved."))
        return redirect(url_for(".action", action_id=found.id), 303)
    return render_template(
        "followups/action_form.html",
        form=form,
        action=found,
        deliberation=found.deliberation,
        case=found.case,
        case_title=queries.title_for(current_user, found.case),
        commitment=found.commitment,
    ), form.status


@bp.route("/kontor/oppfolging/<int:action_id>/be-om-status", methods=["GET", "POST"])
def ask_for_status(action_id: int) -> Any:
    found = action_or_404(action_id)
    policy.require(current_user, "action.edit", found)
    people = {one.id: one for one in queries.people_who_can_report(found)}
    form = AskForm(people=[part.person_id for part in found.owners if part.person_id]).choose_from(people.values())
    if form.validate_on_submit():
        with form.rules():
            letters = commands.ask_for_status(found, [people[one] for one in form.people.data], by=current_user)
    if form.is_done:
        flash(ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", len(letters)))
        return redirect(url_for(".action", action_id=found.id), 303)
    return render_template("followups/ask.html", form=form, action=found, people=people), form.status


@bp.post("/kontor/oppfolging/<int:action_id>/minn-pa")
def remind_owners(action_id: int) -> Any:
    """One press: ask those who have not finished. Back to the page the button stood on."""
    found = action_or_404(action_id)
    policy.require(current_user, "action.edit", found)
    if OneButtonForm().validate_on_submit():
        letters = commands.remind_owners(found, by=current_user)
        flash(ngettext("%(num)d reminder is on its way.", "%(num)d reminders are on their way.", len(letters)))
    return redirect(back_to_desk(url_for(".action", action_id=found.id)), 303)


def action_or_404(action_id: int) -> Action:
    """An action the reader may see; absent and hidden give the same 404."""
    if not current_user.is_authenticated:
        policy.mark_asked()  # the answer is a way to sign in, and shows nothing
        abort(401)
    found = queries.action_for(current_user, action_id)
    if found is None:
        abort(404)
    return found


def _choice() -> queries.Choice:
    shown, owner = request.args.get("vis", "open"), request.args.get("eier", "")
    kind, number = owner[:1], owner[1:]
    owner_id = int(number) if number.isascii() and number.isdecimal() and len(number) < 10 else None
    return queries.Choice(
        show=shown if shown in words.SHOW else "open",
        person_id=owner_id if kind == "p" else None,
        organisation_id=owner_id if kind == "o" else None,
    )


def _source(council: Council) -> tuple[Deliberation | None, Case | None, Commitment | None]:
    """What the new action comes from: ?item= a decided agenda item, ?sak= a case, ?punkt= a commitment. A foreign one is a 404."""
    deliberation = case = commitment = None
    if (item_id := number_asked("item")) is not None:
        deliberation = queries.deliberation_of_item(item_id)
        if deliberation is None or deliberation.item.meeting.council_id != council.id:
            abort(404)
        case = deliberation.item.case
    if (case_id := number_asked("sak")) is not None:
        case = queries.case_in(council.id, case_id)
        if case is None:
            abort(404)
    if (commitment_id := number_asked("punkt")) is not None:
        commitment = strategy_queries.commitment(commitment_id)
        if commitment is None or commitment.agreement.council_id != council.id:
            abort(404)
    if commitment is None and case is not None:
        commitment = case.commitment
    return deliberation, case, commitment


def _first_title(case: Case | None, commitment: Commitment | None) -> str:
    if case is not None:
        return case.public_title if case.is_exempt else case.title
    return commitment.text.partition("\n")[0][:300] if commitment is not None else ""


def _owners(council: Council) -> tuple[dict[int, Organisation], dict[int, Person]]:
    organisations = {one.organisation_id: one.organisation for one in council_queries.affiliations_of(council.id, clock.today())}
    return organisations, {one.id: one for one in council_queries.active_people(council.id)}


def _chosen(form: ActionForm, organisations: dict[int, Organisation], people: dict[int, Person]) -> list[Person | Organisation]:
    return [organisations[int(one[1:])] if one[0] == "o" else people[int(one[1:])] for one in form.owners.data]

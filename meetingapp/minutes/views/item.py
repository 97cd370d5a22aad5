"""One item's desk: each thing that happens is a small form of its own."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem
from meetingapp.cases.forms import number_in
from meetingapp.cases.models import CaseKind, Part
from meetingapp.core import clock
from meetingapp.core.forms import Form, OneButtonForm
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, queries
from meetingapp.minutes.commands.items import likely_kind, prefilled_decision
from meetingapp.minutes.compose.document import item_document
from meetingapp.minutes.forms import BreakForm, ClosingForm, ItemForm, ProposalForm, RecusalForm, StatementForm, VoteForm
from meetingapp.minutes.models import DecisionKind, Deliberation, Outcome, ProposalKind, Subject
from meetingapp.minutes.views.blueprint import WORDS, bp, find_item, now_on_day, times_as_rules


def _base(meeting: Meeting, item: AgendaItem) -> str:
    return url_for("minutes.item", meeting_id=meeting.id, item_id=item.id)


def _present(meeting: Meeting) -> list[tuple[int, str]]:
    """Members and deputies who are or were there, for choosing."""
    return list({row.person_id: row.person.name for row in queries.attendance_of(meeting) if row.presence in queries.VOTING}.items())


@bp.route("/kontor/moter/<int:meeting_id>/motebok/<int:item_id>", methods=["GET", "POST"])
def item(meeting_id: int, item_id: int) -> Any:
    meeting, row, done = find_item(meeting_id, item_id)
    untouched = done.version == 1 and not done.decision
    form = ItemForm(
        seen_version=done.version,
        text=done.text,
        outcome=_first_outcome(row).value if untouched else done.outcome.value,
        decision=prefilled_decision(row) if untouched else done.decision,
        decision_kind=_value(likely_kind(row) if untouched else done.decision_kind),
        is_individual=done.is_individual,
        appeal=done.appeal,
        no_action_reason=done.no_action_reason,
    )
    if form.validate_on_submit():
        seen = number_in(form.seen_version.data)
        with form.rules():
            commands.save_deliberation(
                done,
                text=form.text.data,
                outcome=Outcome(form.outcome.data),
                decision=form.decision.data,
                decision_kind=DecisionKind(form.decision_kind.data) if form.decision_kind.data else None,
                is_individual=bool(form.is_individual.data),
                appeal=form.appeal.data or "",
                no_action_reason=form.no_action_reason.data or "",
                seen_version=seen,
                by=current_user,
            )
    if form.is_done:
        flash(_("Saved."))
        return redirect(_base(meeting, row), 303)
    return _page(meeting, row, done, form), form.status


def _value(kind: DecisionKind | None) -> str:
    return kind.value if kind is not None else ""


def _first_outcome(item: AgendaItem) -> Outcome:
    """What an item most often ends with, by its kind."""
    if item.case is None:
        return Outcome.SUMMARISED
    ends = {CaseKind.INFORMATION: Outcome.NOTED, CaseKind.DISCUSSION: Outcome.SUMMARISED}
    return ends.get(item.case.kind, Outcome.ADOPTED)


def _page(meeting: Meeting, row: AgendaItem, done: Deliberation, form: ItemForm) -> str:
    items = agenda_queries.flat(agenda_queries.items_of(meeting))
    numbers = agenda_queries.numbers_for(meeting)
    return render_template(
        "minutes/item.html",
        meeting=meeting,
        part_name="minutes",
        item=row,
        done=done,
        form=form,
        paper=row.case.paper(Part.OPEN) if row.case is not None else None,
        shown=item_document(row, done, numbers),
        titles={one.id: agenda_queries.title_of(one, public=False) for one in items},
        numbers=numbers,
        items=[one for one in items if one.kind.value != "break"],
        **WORDS,
    )


def _sub_form(kind: str, meeting: Meeting, row: AgendaItem, done: Deliberation) -> Form:
    """The form for one kind of happening, with what can be chosen filled in."""
    present, now, day = _present(meeting), now_on_day(meeting), clock.local(meeting.starts_at).date()
    match kind:
        case "forslag":
            form: Form = ProposalForm()
            form.person.choices = form.on_behalf_of.choices = present
        case "votering":
            form = VoteForm(at=now)
            form.proposals.choices = [
                (p.number, _("Proposal %(number)s", number=p.number)) for p in done.proposals if p.withdrawn_at is None
            ]
            form.about.choices = [("", _("Nobody")), *present]
            form.against.choices = present
        case "inhabil":
            form = RecusalForm(left=now)
            form.person.choices = present
            form.basis.choices = [
                (basis.id, f"{basis.label}: {basis.about}") for basis in council_queries.legal_bases(BasisUse.RECUSE, day)
            ]
        case "lukking":
            form = ClosingForm(began=now)
            form.basis.choices = [(basis.id, f"{basis.label}: {basis.about}") for basis in council_queries.legal_bases(BasisUse.CLOSE, day)]
        case "pause":
            form = BreakForm(began=now)
        case "tilforsel":
            form = StatementForm()
            form.person.choices = form.on_behalf_of.choices = present
        case _:
            abort(404)
    return form


@bp.route(
    "/kontor/moter/<int:meeting_id>/motebok/<int:item_id>/<any(forslag,votering,inhabil,lukking,pause,tilforsel):kind>",
    methods=["GET", "POST"],
)
def happening(meeting_id: int, item_id: int, kind: str) -> Any:
    """A proposal, a vote, a recusal, closed doors, a break or a statement: one form, one command."""
    meeting, row, done = find_item(meeting_id, item_id)
    form = _sub_form(kind, meeting, row, done)
    if form.validate_on_submit():
        with form.rules(), times_as_rules():
            _happen(kind, form, meeting, done)
    if form.is_done:
        flash(_("Noted in the minutes."))
        return redirect(_base(meeting, row), 303)
    title = agenda_queries.title_of(row, public=False)
    return render_template(
        "minutes/happening.html", meeting=meeting, part_name="minutes", form=form, kind=kind, item=row, title=title
    ), form.status


def _happen(kind: str, form: Any, meeting: Meeting, done: Deliberation) -> None:
    people = queries.people([person for person, _name in _present(meeting)])
    bases = {basis.id: basis for use in BasisUse for basis in council_queries.legal_bases(use, clock.local(meeting.starts_at).date())}
    if kind == "forslag":
        commands.make_proposal(
            done,
            person=people[form.person.data],
            kind=ProposalKind(form.kind.data),
            text=form.text.data,
            on_behalf_of=form.on_behalf_of.data or [],
            by=current_user,
        )
    elif kind == "votering":
        commands.record_vote(
            done,
            subject=Subject(form.subject.data),
            at=form.on_day(meeting, form.at),
            against=form.against.data or [],
            proposal_numbers=form.proposals.data or [],
            about=people.get(form.about.data) if form.about.data else None,
            by=current_user,
        )
    elif kind == "inhabil":
        commands.recuse(
            done,
            people[form.person.data],
            basis=bases[form.basis.data],
            is_disqualified=form.decision.data == "yes",
            left_at=form.on_day(meeting, form.left),
            returned_at=form.on_day(meeting, form.returned),
            by=current_user,
        )
    elif kind == "lukking":
        commands.close_doors(
            done,
            basis=bases[form.basis.data],
            began_at=form.on_day(meeting, form.began),
            ended_at=form.on_day(meeting, form.ended),
            by=current_user,
        )
    elif kind == "pause":
        commands.adjourn(
            done, began_at=form.on_day(meeting, form.began), ended_at=form.on_day(meeting, form.ended), why=form.why.data, by=current_user
        )
    else:
        commands.make_statement(
            done, person=people[form.person.data], text=form.text.data, on_behalf_of=form.on_behalf_of.data or [], by=current_user
        )


@bp.post("/kontor/moter/<int:meeting_id>/motebok/<int:item_id>/forslag/<int:number>/trekk")
def withdraw_proposal(meeting_id: int, item_id: int, number: int) -> Any:
    meeting, row, done = find_item(meeting_id, item_id)
    proposal = next((p for p in done.proposals if p.number == number), None)
    if proposal is None:
        abort(404)
    if OneButtonForm().validate_on_submit():
        commands.withdraw_proposal(proposal, at=clock.now(), by=current_user)
        flash(_("Proposal %(number)s is noted as withdrawn.", number=number))
    return redirect(_base(meeting, row), 303)

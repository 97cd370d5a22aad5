"""The secretary asks somebody to write a case paper, and follows it up until it is taken in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, render_template
from flask_babel import gettext as _
from flask_login import current_user
from wtforms.fields import SelectChoice

from meetingapp.cases import commands, queries
from meetingapp.cases.forms import AskForm, DeadlineForm, number_in
from meetingapp.cases.models import BEING_WRITTEN, Case, PaperRequest
from meetingapp.cases.views.blueprint import address, bp, find
from meetingapp.core.forms import OneButtonForm
from meetingapp.council import queries as council_queries
from meetingapp.council.forms import named
from meetingapp.council.office import back_to_desk


@bp.route("/kontor/saker/<int:case_id>/be-om-fremlegg", methods=["GET", "POST"])
def ask_for_paper(case_id: int) -> Any:
    """Ask; or where somebody is asked, how it stands and another deadline."""
    case = find(case_id, "case.ask_paper")
    asked = queries.open_request(case)
    return _ask(case) if asked is None else _follow_up(case, asked)


def _ask(case: Case) -> Any:
    people = {one.id: one for one in council_queries.active_people(case.council_id)}
    form = AskForm(person=case.officer_id if case.officer_id in people else None)
    form.person.choices = [SelectChoice("", _("Choose a person")), *(SelectChoice(one.id, named(one)) for one in people.values())]
    if form.validate_on_submit():
        with form.rules():
            made = commands.ask_for_paper(
                case, people[form.person.data], due=form.due.data, message=form.message.data or "", by=current_user
            )
    if form.is_done:
        flash(_("%(name)s is asked to write the case paper, and a letter is on its way.", name=made.person.name))
        return redirect(address(case), 303)
    is_being_written = case.state in BEING_WRITTEN
    return render_template("cases/ask_paper.html", form=form, case=case, is_being_written=is_being_written), form.status


def _follow_up(case: Case, asked: PaperRequest) -> Any:
    form = DeadlineForm(seen_version=asked.version, due=asked.due, message=asked.message)
    if form.validate_on_submit():
        with form.rules():
            commands.move_deadline(
                asked,
                due=form.due.data,
                message=form.message.data or "",
                seen_version=number_in(form.seen_version.data),
                by=current_user,
            )
    if form.is_done:
        flash(_("A letter with the deadline is on its way to %(name)s.", name=asked.person.name))
        return redirect(address(case), 303)
    return render_template("cases/paper_request.html", form=form, case=case, asked=asked), form.status


def _press(case_id: int, command: Callable[..., Any], said: Callable[[PaperRequest], str]) -> Any:
    """One button on what is asked for in a case. Back to the page the button stood on."""
    case = find(case_id, "case.ask_paper")
    asked = queries.open_request(case)
    if asked is None:
        abort(404)
    if OneButtonForm().validate_on_submit():
        command(asked, by=current_user)
        flash(said(asked))
    return redirect(back_to_desk(address(case)), 303)


@bp.post("/kontor/saker/<int:case_id>/be-om-fremlegg/minn-pa")
def remind_writer(case_id: int) -> Any:
    return _press(case_id, commands.remind_writer, lambda asked: _("A reminder is on its way to %(name)s.", name=asked.person.name))


@bp.post("/kontor/saker/<int:case_id>/be-om-fremlegg/ta-imot")
def accept_paper(case_id: int) -> Any:
    return _press(case_id, commands.accept_paper, lambda _asked: _("The case paper is taken in. The writer's link does not work any more."))


@bp.post("/kontor/saker/<int:case_id>/be-om-fremlegg/trekk")
def withdraw_request(case_id: int) -> Any:
    return _press(case_id, commands.withdraw_request, lambda asked: _("%(name)s is not asked to write any more.", name=asked.person.name))

"""A case is sent on from the body that decided to the next."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import openings
from meetingapp.cases import queries as case_queries
from meetingapp.cases.forms import number_in
from meetingapp.cases.models import Part
from meetingapp.core import clock, policy
from meetingapp.council import queries as council_queries
from meetingapp.minutes import commands, queries
from meetingapp.minutes.forms import SendOnForm
from meetingapp.minutes.models import Outcome
from meetingapp.minutes.views.blueprint import bp


@bp.route("/kontor/saker/<int:case_id>/send-videre", methods=["GET", "POST"])
def send_on(case_id: int) -> Any:
    case = case_queries.case_for(current_user, case_id)
    if case is None:
        policy.absent(current_user)
    policy.require(current_user, "case.send_on", case)
    decided = [
        one for one in queries.decisions_of(case) if one.outcome not in (Outcome.NOT_DEALT_WITH, Outcome.POSTPONED, Outcome.SENT_BACK)
    ]
    if not decided:
        abort(404)
    done, paper = decided[-1], case.paper(Part.OPEN)
    if request.method == "GET":
        openings.require_note(case, paper, by=current_user)
    before = done.item.meeting.bodies
    bodies = {body.id: body for body in council_queries.bodies_of(case.council_id, clock.today()) if body not in before}
    recommendation = done.decision or (paper.recommendation if paper is not None else "")
    form = SendOnForm(seen_version=paper.version if paper is not None else 0, recommendation=recommendation)
    form.body.choices = [(body.id, body.name) for body in bodies.values()]
    if form.validate_on_submit():
        with form.rules():
            commands.send_on(
                case,
                done,
                to=bodies[form.body.data],
                recommendation=form.recommendation.data or "",
                seen_version=number_in(form.seen_version.data),
                by=current_user,
            )
    if form.is_done:
        flash(_("The case is sent on, and waits in the queue for an agenda of %(body)s.", body=bodies[form.body.data].name))
        return redirect(f"/kontor/saker/{case.id}", 303)
    return render_template("minutes/send_on.html", form=form, case=case, before=done.item.meeting.body), form.status

"""How the agendas of a body begin, end and are ordered; and the way from a case number to its case."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.agendas import commands, queries, standing, words
from meetingapp.agendas.forms import SetupForm
from meetingapp.agendas.views.blueprint import bp
from meetingapp.cases import queries as case_queries
from meetingapp.core import clock, policy
from meetingapp.council.office import own_council
from meetingapp.council.views.bodies import body_or_404


@bp.route("/kontor/folk/utvalg/<int:body_id>/saksliste", methods=["GET", "POST"])
def setup(body_id: int) -> Any:
    body = body_or_404(body_id)
    policy.require(current_user, "council.edit", body)
    now = queries.setup_on(body, clock.today())
    begins = standing.read(now.standing) if now is not None else list(standing.DEFAULT)
    form = SetupForm.of(begins, now.criteria if now is not None else [], today=clock.today())
    if form.validate_on_submit():
        with form.rules():
            commands.set_up(
                body,
                begins=form.standing(),
                criteria=form.criteria(),
                valid_from=form.valid_from.data,
                source=form.source.data or "",
                by=current_user,
            )
    if form.is_done:
        flash(_("Agendas that are made from now on begin, end and are ordered so. Those that exist stay as they are."))
        return redirect(url_for(".setup", body_id=body.id), 303)
    return render_template(
        "agendas/setup.html", form=form, body=body, setups=queries.setups_of(body), criteria=words.CRITERIA, standing=standing
    ), form.status


@bp.get("/kontor/saker/nummer")
def by_number() -> Any:
    """The case with a number as it is written, `?nr=RR 13/26`: where minutes and other papers refer to it."""
    council = own_council()
    policy.require(current_user, "meeting.list", council)
    number = " ".join(request.args.get("nr", "").split())[:60]
    found = queries.case_with_number(council.id, number)
    if found is None or case_queries.case_for(current_user, found.id) is None:
        flash(_("We find no case with the number %(number)s.", number=number), "warning")
        return redirect(url_for("cases.index"), 303)
    return redirect(f"/kontor/saker/{found.id}", 303)

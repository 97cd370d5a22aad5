"""How the agendas of a body begin, end and are ordered; and the way from a case number to its case."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.agendas import commands, queries, standing, words
from meetingapp.agendas.forms import SetupForm
from meetingapp.agendas.views.blueprint import bp
from meetingapp.cases import queries as case_queries
from meetingapp.core import clock, policy
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body
from meetingapp.council.office import own_council


def _body(body_id: int) -> Body:
    """The body, if the person signed in may change it; absent and hidden give the same 404."""
    body = council_queries.body(min(body_id, case_queries.LARGEST_ID))
    if body is None or not current_user.is_authenticated:
        policy.mark_asked()
        policy.absent(current_user)
    policy.require_visible(current_user, "council.edit", body)
    return body


@bp.route("/kontor/folk/utvalg/<int:body_id>/saksliste", methods=["GET", "POST"])
def setup(body_id: int) -> Any:
    body = _body(body_id)
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
    found = queries.case_with_number(council.id, request.args.get("nr", ""))
    if found is None or case_queries.case_for(current_user, found.id) is None:
        abort(404)
    return redirect(f"/kontor/saker/{found.id}", 303)

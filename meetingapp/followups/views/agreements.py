"""One agreement as who owes whom, and one commitment with its trace."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import policy
from meetingapp.followups import commands, queries, words
from meetingapp.followups.forms import CommitmentStatusForm
from meetingapp.followups.models import CommitmentState
from meetingapp.followups.views import bp
from meetingapp.strategy import queries as strategy_queries
from meetingapp.strategy import words as strategy_words
from meetingapp.strategy.models import Side
from meetingapp.strategy.views import agreement_or_404


@bp.get("/kontor/avtaler/<int:agreement_id>")
def agreement(agreement_id: int) -> Any:
    found = agreement_or_404(agreement_id)
    statuses = queries.newest_statuses([one.id for one in found.commitments])
    owed = strategy_queries.owed(found)
    lists = [
        (_("The municipalities owe"), "right", owed.municipalities),
        (_("The county owes"), "left", owed.county),
        (_("Both owe"), "flag", owed.both),
        (_("Others owe"), "right", owed.others),
    ]
    return render_template(
        "followups/agreement.html",
        agreement=found,
        lists=[(name, icon, those, queries.fulfilled(statuses.get(one.id) for one in those)) for name, icon, those in lists if those],
        statuses=statuses,
        words=words,
        strategy_words=strategy_words,
    )


@bp.route("/kontor/avtaler/punkt/<int:commitment_id>", methods=["GET", "POST"])
def commitment(commitment_id: int) -> Any:
    found = strategy_queries.commitment(commitment_id)
    if found is None:
        policy.absent(current_user)
    policy.require_visible(current_user, "agreement.read", found.agreement)
    trace = queries.trace_of(found)
    cases = {case.id: case for case in trace.cases}
    form = CommitmentStatusForm().choose_from([(case, _known_as(case, trace)) for case in trace.cases])
    if request.method == "POST":
        policy.require(current_user, "commitment.status", found.agreement.council)
    if form.validate_on_submit():
        with form.rules():
            commands.set_commitment_status(
                found,
                state=CommitmentState(form.state.data),
                evidence=form.evidence.data or "",
                case=cases.get(form.case.data),
                by=current_user,
            )
    if form.is_done:
        flash(_("The status is written down."))
        return redirect(url_for(".commitment", commitment_id=found.id), 303)
    return render_template(
        "followups/commitment.html",
        commitment=found,
        agreement=found.agreement,
        owes=strategy_queries.on_side(found, Side.OWES),
        is_owed=strategy_queries.on_side(found, Side.IS_OWED),
        trace=trace,
        titles={case.id: queries.title_for(current_user, case) for case in trace.cases},
        form=form,
        words=words,
        strategy_words=strategy_words,
        name_of=commands.name_of,
    ), form.status


def _known_as(case: Any, trace: queries.Trace) -> str:
    number = trace.numbers.get(case.id)
    return f"{number.text} {queries.title_for(current_user, case)}" if number is not None else queries.title_for(current_user, case)

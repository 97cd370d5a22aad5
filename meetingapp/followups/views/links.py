"""The owner of an action, by personal link: reports, and sees nothing else."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, url_for

from meetingapp.accounts import links
from meetingapp.accounts.actor import LinkActor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import policy
from meetingapp.followups import commands, queries, words
from meetingapp.followups.forms import ReportForm
from meetingapp.followups.mails import words_for_mail
from meetingapp.followups.models import Action, ActionState
from meetingapp.followups.policy import parts_of
from meetingapp.followups.views import bp


@bp.route("/g/<secret>/oppfolging", methods=["GET", "POST"])
@policy.open("the link itself is the proof; what it may do is asked of the policy")
def report_by_link(secret: str) -> Any:
    opened = _open(secret)
    if opened is None:
        return render_template("followups/link_gone.html"), 404
    actor, action = opened
    policy.require(actor, "action.report", action)
    parts = parts_of(actor, action)
    form = ReportForm().choose_from(parts, all_parts=False)
    if form.validate_on_submit():
        by_id = {part.id: part for part in parts}
        with form.rules():
            commands.report(
                action,
                state=ActionState(form.state.data),
                text=form.text.data or "",
                owner=by_id.get(form.owner.data, parts[0]),
                new_due=form.new_due.data,
                by=actor,
            )
    if form.is_done:
        return redirect(url_for(".reported_by_link", secret=secret), 303)
    return render_template(
        "followups/link.html",
        action=action,
        parts=parts,
        form=form,
        what=words_for_mail(action),
        number=queries.numbers_of([action]).get(action.case_id or 0),
        person=actor.person,
        words=words,
        name_of=commands.name_of,
    ), form.status


@bp.get("/g/<secret>/oppfolging/takk")
@policy.open("the link itself is the proof; the page only thanks")
def reported_by_link(secret: str) -> Any:
    opened = _open(secret)
    if opened is None:
        return render_template("followups/link_gone.html"), 404
    _actor, action = opened
    return render_template("followups/link_thanks.html", action=action, what=words_for_mail(action), secret=secret)


def _open(secret: str) -> tuple[LinkActor, Action] | None:
    """Who comes by `secret`, and to what; None when the link is closed or the person owns no part any more."""
    link = links.open_link(secret, LinkPurpose.ACTION)
    if link is None or link.subject_id is None:
        return None
    actor, action = LinkActor(link), queries.action_by_id(link.subject_id)
    return (actor, action) if action is not None and parts_of(actor, action) else None

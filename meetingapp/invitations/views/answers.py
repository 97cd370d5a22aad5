"""Answering a call: by the personal link in the letter, without signing in, or on Min side."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.accounts import links
from meetingapp.accounts.actor import LinkActor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock, policy
from meetingapp.invitations import commands, queries
from meetingapp.invitations.forms import AnswerForm
from meetingapp.invitations.mails import agenda_rows
from meetingapp.invitations.models import Invitation, Reply
from meetingapp.invitations.views.blueprint import bp
from meetingapp.meetings.models import Meeting, MeetingState


def give(form: AnswerForm, invitation: Invitation, *, via: str, by: Any) -> None:
    """Write down what the form says, if it was sent; `form.is_done` tells whether it was."""
    if form.validate_on_submit():
        with form.rules():
            commands.answer(
                invitation,
                Reply.ACCEPTED if form.accept.data else Reply.DECLINED if form.decline.data else Reply.NEEDS_ACTION,
                reason=form.reason.data or "",
                comment=form.comment.data or "",
                via=via,
                by=by,
            )


def thanks(invitation: Invitation) -> str:
    """What is said after an answer."""
    if invitation.reply is Reply.ACCEPTED:
        return _("You are coming. You can change the answer until the meeting begins.")
    return _("You have declined. You can change the answer until the meeting begins.")


def is_open(meeting: Meeting) -> bool:
    """Whether the answer can still be changed."""
    return meeting.state is MeetingState.CALLED and meeting.starts_at > clock.now()


def invited_by(secret: str) -> tuple[LinkActor, Invitation] | None:
    """Who comes by `secret`, and to which invitation; None when the link is wrong, over, or the invitation withdrawn."""
    link = links.open_link(secret, LinkPurpose.REPLY)
    invitation = queries.invitation_by_id(link.subject_id) if link is not None else None
    if link is None or invitation is None or not policy.allows(LinkActor(link), "invitation.answer", invitation):
        return None
    return LinkActor(link), invitation


@bp.route("/g/<secret>/svar", methods=["GET", "POST"])
@policy.open("the link itself is the proof; what it may do is asked of the policy")
def by_link(secret: str) -> Any:
    opened = invited_by(secret)
    if opened is None:
        return render_template("invitations/link_gone.html"), 404
    actor, invitation = opened
    policy.require(actor, "invitation.answer", invitation)
    form = AnswerForm(reason=invitation.reason, comment=invitation.comment)
    give(form, invitation, via="link", by=actor)
    if form.is_done:
        flash(thanks(invitation))
        return redirect(url_for(".by_link", secret=secret), 303)
    meeting = invitation.meeting
    return render_template(
        "invitations/reply.html",
        meeting=meeting,
        invitation=invitation,
        form=form,
        is_open=is_open(meeting),
        agenda=agenda_rows(meeting),
        documents=queries.sent_documents(meeting),
        pack=queries.pack_of(meeting),
        secret=secret,
    ), form.status


@bp.route("/min-side/svar/<int:invitation_id>", methods=["GET", "POST"])
def own(invitation_id: int) -> Any:
    invitation = queries.invitation_for(current_user, invitation_id)
    if invitation is None or invitation.person_id != current_user.person_id:
        policy.absent(current_user)
    policy.require(current_user, "invitation.answer", invitation)
    form = AnswerForm(reason=invitation.reason, comment=invitation.comment)
    give(form, invitation, via="page", by=current_user)
    if form.is_done:
        flash(thanks(invitation))
        return redirect("/min-side", 303)
    meeting = invitation.meeting
    return render_template(
        "invitations/own_answer.html",
        meeting=meeting,
        invitation=invitation,
        form=form,
        is_open=is_open(meeting),
        history=queries.history_of(invitation),
    ), form.status

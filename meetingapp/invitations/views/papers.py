"""The papers of a meeting: the pack, and single open attachments by personal link."""

from __future__ import annotations

from typing import Any

from flask import abort, render_template, send_file
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.core.files import store
from meetingapp.core.files.kinds import safe_name
from meetingapp.invitations import queries
from meetingapp.invitations.views.answers import invited_by
from meetingapp.invitations.views.blueprint import bp
from meetingapp.meetings.models import Meeting


def _pack(meeting: Meeting) -> Any:
    """Always as a download, under a name that only tells body and day."""
    file = queries.pack_of(meeting)
    if file is None:
        abort(404)
    name = f"sakspapirer-{meeting.body.slug}-{clock.local(meeting.starts_at).date().isoformat()}.pdf"
    return send_file(store.path_of(file), mimetype="application/pdf", as_attachment=True, download_name=name)


@bp.get("/kontor/moter/<int:meeting_id>/sakspapirer.pdf")
def pack(meeting_id: int) -> Any:
    meeting = queries.meeting_with_papers(current_user, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, "papers.read", meeting)
    return _pack(meeting)


@bp.get("/g/<secret>/sakspapirer.pdf")
@policy.open("the link itself is the proof; what it may do is asked of the policy")
def pack_by_link(secret: str) -> Any:
    opened = invited_by(secret)
    if opened is None:
        return render_template("invitations/link_gone.html"), 404
    actor, invitation = opened
    policy.require(actor, "papers.read", invitation.meeting)
    return _pack(invitation.meeting)


@bp.get("/g/<secret>/vedlegg/<int:attachment_id>")
@policy.open("the link itself is the proof; what it may do is asked of the policy")
def attachment_by_link(secret: str, attachment_id: int) -> Any:
    """An open attachment that went with the call."""
    opened = invited_by(secret)
    if opened is None:
        return render_template("invitations/link_gone.html"), 404
    actor, invitation = opened
    policy.require(actor, "papers.read", invitation.meeting)
    sent = [file for one in queries.sent_documents(invitation.meeting) for file in one.open_attachments]
    found = next((file for file in sent if file.id == attachment_id), None)
    if found is None:
        return render_template("invitations/link_gone.html"), 404
    return send_file(
        store.path_of(found.file), mimetype=found.file.media_type, as_attachment=True, download_name=safe_name(found.file_name)
    )

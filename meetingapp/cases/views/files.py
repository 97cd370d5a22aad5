"""Attachments: added, removed, downloaded."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import commands, openings, queries
from meetingapp.cases.forms import AttachmentForm
from meetingapp.cases.models import Attachment, Case, CaseState
from meetingapp.cases.views.blueprint import address, bp, find, may
from meetingapp.core import policy
from meetingapp.core.database.transactions import give_up
from meetingapp.core.files import kinds, store
from meetingapp.core.files.models import StoredFile
from meetingapp.core.forms import OneButtonForm
from meetingapp.core.web.edge import before_lock

PAST_READY = (CaseState.ON_AGENDA, CaseState.DECIDED)  # when a file is added then, it is chosen at once whether it goes on the net


def kept_upload(*, allowed: bool) -> tuple[str, str, int, str]:
    """Look at the uploaded file and store it, if whoever sends it may. (sha256, media type, size, fault)"""
    file = request.files.get("file")
    data = file.read() if file and allowed else b""
    if file is None or not data:
        return "", "", 0, _("The file is empty.")
    try:
        kind = kinds.identify(data, file.filename or "")
    except kinds.NotAllowed as refused:
        return "", "", 0, str(refused)
    return store.keep_bytes(data), kind.media_type, len(data), ""


def keep_upload(case_id: int) -> tuple[str, str, int, str]:
    """Before the lock: the uploaded file, stored."""
    return kept_upload(allowed=may(case_id, "case.edit"))


@bp.route("/kontor/saker/<int:case_id>/vedlegg", methods=["GET", "POST"])
@before_lock(keep_upload)
def attach(case_id: int, prepared: tuple[str, str, int, str] | None = None) -> Any:
    case = find(case_id, "case.edit")
    form, chooses = AttachmentForm(), case.state in PAST_READY
    if form.validate_on_submit() and prepared is not None:
        on_web = {"ja": True, "nei": False}.get(form.on_web.data or "") if chooses else None
        attach_kept(case, form, prepared, is_closed=form.is_closed.data, on_web=on_web, by=current_user)
    if form.is_done:
        flash(_("The attachment is added."))
        return redirect(address(case), 303)
    return render_template("cases/attach.html", form=form, case=case, chooses=chooses), form.status


def attach_kept(
    case: Case, form: Any, prepared: tuple[str, str, int, str], *, is_closed: bool, by: Any, on_web: bool | None = None
) -> None:
    """Add the file that `kept_upload` stored, or say beside its field what is wrong with it."""
    sha256, media_type, size, fault = prepared
    if fault:
        give_up()
        form.file.errors = [fault]
        return
    with form.rules():
        commands.attach(
            case,
            store.register(sha256, media_type=media_type, size=size),
            title=form.title.data,
            file_name=kinds.safe_name(form.file.data.filename or ""),
            is_closed=is_closed,
            on_web=on_web,
            by=by,
        )


def _attachment(case: Case, attachment_id: int) -> Attachment:
    readable = queries.attachments_of(case, closed=policy.allows(current_user, "case.read_closed", case))
    found = next((attachment for attachment in readable if attachment.id == attachment_id), None)
    if found is None:
        abort(404)
    return found


@bp.post("/kontor/saker/<int:case_id>/vedlegg/<int:attachment_id>/fjern")
def detach(case_id: int, attachment_id: int) -> Any:
    case = find(case_id, "case.edit")
    if OneButtonForm().validate_on_submit():
        commands.remove_attachment(_attachment(case, attachment_id), by=current_user)
        flash(_("The attachment is taken off the case."))
    return redirect(address(case), 303)


@bp.get("/kontor/saker/<int:case_id>/vedlegg/<int:attachment_id>")
def download(case_id: int, attachment_id: int) -> Any:
    case = find(case_id, "case.read_paper")
    attachment = _attachment(case, attachment_id)
    openings.require_note(case, attachment, by=current_user)
    return _send(attachment.file, attachment.file_name)


@bp.get("/kontor/saker/<int:case_id>/fremlegg/original")
def original(case_id: int) -> Any:
    """The Word file that the open paper was last read from. Staff only: a Word file may hold what its text does not show."""
    case = find(case_id, "case.edit")
    paper = queries.read_from_word(case)
    if paper is None or paper.source_file is None:
        abort(404)
    openings.require_note(case, paper, by=current_user)
    return _send(paper.source_file, paper.source_name or "original.docx")


def _send(file: StoredFile, name: str) -> Any:
    """Always as a download, never shown in the page; and never kept in a cache."""
    path = store.path_of(file)
    if not path.exists():
        abort(404)
    response = send_file(path, mimetype=file.media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "no-store"
    return response

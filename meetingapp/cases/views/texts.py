"""The case paper: written, previewed, read from Word; open and closed part."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import commands
from meetingapp.cases.forms import ClosedPaperForm, PaperForm, WordForm
from meetingapp.cases.models import Case, Part
from meetingapp.cases.views.blueprint import address, bp, find
from meetingapp.core.database import db
from meetingapp.core.database.transactions import give_up
from meetingapp.core.files import kinds, store
from meetingapp.core.files.models import StoredFile
from meetingapp.core.text import docx, markdown
from meetingapp.core.web.edge import before_lock


def _seen(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() else None


@bp.route("/kontor/saker/<int:case_id>/fremlegg", methods=["GET", "POST"])
def paper(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    newest = case.paper(Part.OPEN)
    form = PaperForm(
        seen_version=newest.version if newest else 0,
        text=newest.text if newest else "",
        recommendation=newest.recommendation if newest else "",
    )
    preview: dict[str, Any] = {}
    if form.validate_on_submit():
        if "preview" in request.form:
            preview = {"text": markdown.render(form.text.data), "recommendation": markdown.render(form.recommendation.data)}
            give_up()  # a look changes nothing
            return render_template("cases/paper.html", form=form, case=case, preview=preview, notes=[])
        with form.rules():
            commands.save_paper(
                case,
                part=Part.OPEN,
                text=form.text.data,
                recommendation=form.recommendation.data,
                seen_version=_seen(form.seen_version.data),
                source_file=_source(form),
                source_name=kinds.safe_name(form.source_name.data) if form.source_file.data else "",
                by=current_user,
            )
    if form.is_done:
        flash(_("The case paper is saved."))
        return redirect(address(case), 303)
    return render_template("cases/paper.html", form=form, case=case, preview=preview, notes=[]), form.status


def _source(form: PaperForm) -> StoredFile | None:
    """The Word file the text came from, if it was just read in."""
    return db.session.get(StoredFile, int(form.source_file.data)) if (form.source_file.data or "").isdecimal() else None


@bp.route("/kontor/saker/<int:case_id>/fremlegg/lukket", methods=["GET", "POST"])
def closed_paper(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    newest = case.paper(Part.CLOSED)
    form = ClosedPaperForm(seen_version=newest.version if newest else 0, text=newest.text if newest else "")
    if form.validate_on_submit():
        with form.rules():
            commands.save_paper(case, part=Part.CLOSED, text=form.text.data, seen_version=_seen(form.seen_version.data), by=current_user)
    if form.is_done:
        flash(_("The closed part is saved. Only those with access can read it."))
        return redirect(address(case), 303)
    return render_template("cases/closed_paper.html", form=form, case=case), form.status


def read_word(case_id: int) -> tuple[docx.Imported | None, str, str, int]:
    """Before the lock: the uploaded Word file as text; and where its bytes lie. (text, fault, sha256, size)"""
    file = request.files.get("file")
    data = file.read() if file else b""
    if not data:
        return None, "", "", 0
    try:
        return docx.to_markdown(data), "", store.keep_bytes(data), len(data)
    except docx.NotADocx as refused:
        return None, str(refused), "", 0


@bp.route("/kontor/saker/<int:case_id>/word", methods=["GET", "POST"])
@before_lock(read_word)
def word(case_id: int, prepared: tuple[docx.Imported | None, str, str, int] | None = None) -> Any:
    case = find(case_id, "case.edit")
    form = WordForm()
    if form.validate_on_submit() and prepared is not None:
        imported, fault, sha256, size = prepared
        if imported is None:
            give_up()
            form.file.errors = [fault or _("The file is empty.")]
        else:
            kept = store.register(sha256, media_type=kinds.TYPES["docx"], size=size)
            return redirect(_review(case, kept, form.file.data.filename or ""), 303)
    return render_template("cases/word.html", form=form, case=case), form.status


def _review(case: Case, kept: StoredFile, name: str) -> str:
    return url_for("cases.review_word", case_id=case.id, file_id=kept.id, navn=kinds.safe_name(name))


@bp.get("/kontor/saker/<int:case_id>/word/<int:file_id>")
def review_word(case_id: int, file_id: int) -> Any:
    """The imported text in the editor, not saved yet, with what was left out."""
    case = find(case_id, "case.edit")
    kept = db.get_or_404(StoredFile, file_id)
    if kept.media_type != kinds.TYPES["docx"]:
        return redirect(address(case), 303)
    imported = docx.to_markdown(store.read(kept))
    newest = case.paper(Part.OPEN)
    text, recommendation = docx.split_recommendation(imported.markdown)
    form = PaperForm(
        formdata=None,
        seen_version=newest.version if newest else 0,
        source_file=kept.id,
        source_name=request.args.get("navn", ""),
        text=text,
        recommendation=recommendation or (newest.recommendation if newest else ""),
    )
    notes = [_("The text is read from Word. Look it over, then save."), *imported.notes]
    return render_template("cases/paper.html", form=form, case=case, preview={}, notes=notes)

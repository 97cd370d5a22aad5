"""The case paper: written, previewed, read from Word; open and closed part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from itsdangerous import BadData, URLSafeSerializer

from meetingapp.cases import commands, openings, queries, templates
from meetingapp.cases.forms import ClosedPaperForm, PaperForm, WordForm, number_in
from meetingapp.cases.models import Case, Part
from meetingapp.cases.views.blueprint import address, bp, find, may
from meetingapp.core import policy
from meetingapp.core.database.transactions import close, give_up
from meetingapp.core.files import kinds, store
from meetingapp.core.files.models import StoredFile
from meetingapp.core.text import docx, markdown
from meetingapp.core.web.edge import before_lock


@bp.route("/kontor/saker/<int:case_id>/fremlegg", methods=["GET", "POST"])
def paper(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    newest = case.paper(Part.OPEN)
    if request.method == "GET":
        openings.require_note(case, newest, by=current_user)
    start = newest or templates.start_of(case)
    form = PaperForm(seen_version=newest.version if newest else 0, text=start.text, recommendation=start.recommendation)
    if form.validate_on_submit():
        if "preview" in request.form:
            return _preview("cases/paper.html", form, case_id)
        source = _source(case, form.source.data or "")
        with form.rules():
            commands.save_paper(
                case,
                part=Part.OPEN,
                text=form.text.data,
                recommendation=form.recommendation.data,
                seen_version=number_in(form.seen_version.data),
                source_file=source.file if source else None,
                source_name=source.name if source else "",
                by=current_user,
            )
    if form.is_done:
        flash(_("The case paper is saved."))
        return redirect(address(case), 303)
    return render_template("cases/paper.html", form=form, case=case, preview={}, notes=[]), form.status


def _preview(template: str, form: PaperForm | ClosedPaperForm, case_id: int) -> str:
    """What was typed, as it will look. A look changes nothing, so it ends the writing before it renders."""
    close(commit=False)
    preview = {field.name: markdown.render(field.data) for field in form if field.name in ("text", "recommendation") and field.data}
    return render_template(template, form=form, case=find(case_id, "case.edit"), preview=preview, notes=[])


@bp.route("/kontor/saker/<int:case_id>/fremlegg/lukket", methods=["GET", "POST"])
def closed_paper(case_id: int) -> Any:
    case = find(case_id, "case.edit")
    policy.require(current_user, "case.read_closed", case)
    newest = case.paper(Part.CLOSED)
    if request.method == "GET":
        openings.require_note(case, newest, by=current_user)
    form = ClosedPaperForm(seen_version=newest.version if newest else 0, text=newest.text if newest else "")
    if form.validate_on_submit():
        if "preview" in request.form:
            return _preview("cases/closed_paper.html", form, case_id)
        with form.rules():
            commands.save_paper(
                case, part=Part.CLOSED, text=form.text.data, seen_version=number_in(form.seen_version.data), by=current_user
            )
    if form.is_done:
        flash(_("The closed part is saved. Only those with access can read it."))
        return redirect(address(case), 303)
    return render_template("cases/closed_paper.html", form=form, case=case, preview={}), form.status


@dataclass(frozen=True)
class WordSource:
    """The Word file that a text in the editor was read from."""

    file: StoredFile
    name: str


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="word file of a case")


def _source(case: Case, token: str) -> WordSource | None:
    """The file behind a signed token; None for one that is wrong or made for another case. An id alone would open any stored file."""
    try:
        case_id, file_id, name = _signer().loads(token)
    except BadData:
        return None
    file = queries.stored_file(file_id) if case_id == case.id else None
    return WordSource(file, name) if file is not None else None


def read_word(case_id: int) -> tuple[str, int, str]:
    """Before the lock: see that the uploaded Word file can be read, and store it. (sha256, size, fault)"""
    file = request.files.get("file")
    data = file.read() if file and may(case_id, "case.edit") else b""
    if file is None or not data:
        return "", 0, _("The file is empty.")
    if not (file.filename or "").lower().endswith(".docx"):
        return "", 0, _("Only Word files that end in .docx can be read. Save it as .docx, and try once more.")
    try:
        docx.to_markdown(data)
    except docx.NotADocx as refused:
        return "", 0, str(refused)
    return store.keep_bytes(data), len(data), ""


@bp.route("/kontor/saker/<int:case_id>/word", methods=["GET", "POST"])
@before_lock(read_word)
def word(case_id: int, prepared: tuple[str, int, str] | None = None) -> Any:
    case = find(case_id, "case.edit")
    form = WordForm()
    if form.validate_on_submit() and prepared is not None:
        sha256, size, fault = prepared
        if fault:
            give_up()
            form.file.errors = [fault]
        else:
            file = store.register(sha256, media_type=kinds.TYPES["docx"], size=size)
            token = _signer().dumps([case.id, file.id, kinds.safe_name(form.file.data.filename or "")])
            return redirect(url_for("cases.review_word", case_id=case.id, token=token), 303)
    return render_template("cases/word.html", form=form, case=case), form.status


@bp.get("/kontor/saker/<int:case_id>/word/<token>")
def review_word(case_id: int, token: str) -> Any:
    """The imported text in the editor, not saved yet, with what was left out."""
    case = find(case_id, "case.edit")
    source = _source(case, token)
    if source is None:
        abort(404)
    imported = docx.to_markdown(store.read(source.file))
    newest = case.paper(Part.OPEN)
    text, recommendation = docx.split_recommendation(imported.markdown)
    form = PaperForm(
        formdata=None,
        seen_version=newest.version if newest else 0,
        source=token,
        text=text,
        recommendation=recommendation or (newest.recommendation if newest else ""),
    )
    notes = [_("The text is read from Word. Look it over, then save."), *imported.notes]
    return render_template("cases/paper.html", form=form, case=case, preview={}, notes=notes)

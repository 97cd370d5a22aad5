"""People and seats from a spreadsheet: template, a look at what would happen, and the press that does it."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms import FileField, HiddenField

from meetingapp.core import policy
from meetingapp.core.database import db
from meetingapp.core.database.transactions import give_up
from meetingapp.core.files.kinds import TYPES
from meetingapp.core.forms import Form, OneButtonForm
from meetingapp.core.web.edge import before_lock
from meetingapp.council.imports import enter, table
from meetingapp.council.models import Person
from meetingapp.council.office import own_council
from meetingapp.council.views import bp


class FileForm(Form):
    file = FileField(_l("File"))


class EnterForm(OneButtonForm):
    lines = HiddenField()  # what was read, between the look and the press


class _Undo(Exception):
    """Only a look: nothing of it stays."""


def _read_upload() -> list[table.Line] | str:
    """Before the lock: the lines of the uploaded file, or what is wrong with it."""
    if not policy.allows(current_user, "council.edit", own_council()):
        return ""  # the view refuses
    file = request.files.get("file")
    if file is None or not file.filename:
        return _("Choose a file.")
    try:
        return table.read(file.read(table.LARGEST + 1), file.filename)
    except table.NotATable as refused:
        return str(refused)


@bp.route("/kontor/folk/innlesing", methods=["GET", "POST"])
@before_lock(_read_upload)
def import_people(prepared: list[table.Line] | str = "") -> Any:
    council = own_council()
    policy.require(current_user, "council.edit", council)
    form = FileForm()
    del form.idempotency_key  # a look changes nothing, so looking twice is no harm
    if form.validate_on_submit():
        if isinstance(prepared, str):
            give_up()
            form.file.errors = [prepared]
        else:
            return _preview(prepared)
    return render_template("council/import.html", form=form, columns=table.COLUMNS, most=table.MOST_LINES), form.status


def _preview(lines: list[table.Line]) -> Any:
    """What would become of each line. It is tried out for real and taken back."""
    outcome = None
    try:
        with db.session.begin_nested():
            outcome = enter.enter(lines, own_council(), by=current_user, may_edit=_may_edit)
            raise _Undo
    except _Undo:
        assert outcome is not None
    if not outcome.is_clean:
        give_up()
    form = EnterForm(formdata=None, lines=table.packed(lines))
    page = render_template("council/import_preview.html", form=form, outcome=outcome, columns=table.COLUMNS)
    return page, 200 if outcome.is_clean else 422


@bp.post("/kontor/folk/innlesing/legg-inn")
def enter_people() -> Any:
    council = own_council()
    policy.require(current_user, "council.edit", council)
    form = EnterForm()
    if form.validate_on_submit():
        try:
            lines = table.unpacked(form.lines.data or "")
        except table.NotATable as refused:
            give_up()
            flash(str(refused), "error")
            return render_template("council/import.html", form=FileForm(formdata=None), columns=table.COLUMNS, most=table.MOST_LINES), 422
        outcome = enter.enter(lines, council, by=current_user, may_edit=_may_edit)
        if not outcome.is_clean:  # the register has changed since the look
            give_up()
            form = EnterForm(formdata=None, lines=table.packed(lines))
            return render_template("council/import_preview.html", form=form, outcome=outcome, columns=table.COLUMNS), 422
        people = ngettext("%(num)d person is entered or changed", "%(num)d people are entered or changed", outcome.people)
        seats = ngettext("%(num)d seat is given", "%(num)d seats are given", outcome.seats)
        flash(_("%(people)s, %(seats)s.", people=people, seats=seats))
        return redirect(url_for(".register"), 303)
    return redirect(url_for(".import_people"), 303)


@bp.get("/kontor/folk/innlesing/mal.xlsx")
def import_template() -> Any:
    policy.require(current_user, "council.edit", own_council())
    return send_file(BytesIO(table.template()), mimetype=TYPES["xlsx"], as_attachment=True, download_name="folk-og-verv.xlsx")


def _may_edit(person: Person) -> bool:
    return policy.allows(current_user, "person.edit", person)

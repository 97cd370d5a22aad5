"""Notes of one's own, and putting help away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case, Part
from meetingapp.core import policy
from meetingapp.core.forms import OneButtonForm
from meetingapp.personal import commands, queries
from meetingapp.personal.forms import NoteForm
from meetingapp.personal.models import Note

bp = Blueprint("personal", __name__)
HELP = {"desk": "/kontor", "mine": "/min-side"}  # what can be put away, and the page it stands on


@bp.app_context_processor
def _own_notes() -> dict[str, Any]:
    """A case page says how many notes one has on it."""
    return {"notes_on": lambda case: len(queries.notes_on(current_user, case)) if policy.allows(current_user, "note.own", case) else None}


@bp.get("/min-side/notater")
def notes() -> Any:
    policy.require(current_user, "note.own")
    cases = queries.notes_of(current_user)
    return render_template("personal/notes.html", cases=cases, titles=case_queries.shown_titles(current_user, cases))


def _case(case_id: int) -> Case:
    case = case_queries.case_for(current_user, case_id)
    if case is None:
        policy.absent(current_user)
    policy.require(current_user, "note.own", case)
    return case


def _note(note_id: int) -> Note:
    note = queries.note_for(current_user, note_id)
    if note is None:
        policy.absent(current_user)
    policy.require(current_user, "note.own", note)
    return note


def _readable(case: Case) -> list[Part]:
    """The parts of the paper that the person may read."""
    rights = {Part.OPEN: "case.read_paper", Part.CLOSED: "case.read_closed"}
    return [part for part, right in rights.items() if policy.allows(current_user, right, case)]


@bp.route("/min-side/saker/<int:case_id>/notater", methods=["GET", "POST"])
def on_case(case_id: int) -> Any:
    case = _case(case_id)
    form = NoteForm()
    if form.validate_on_submit():
        with form.rules():
            commands.write_note(case, current_user.person, text=form.text.data, quote=form.quote.data or "")
    if form.is_done:
        flash(_("The note is kept. Only you can see it."))
        return redirect(url_for(".on_case", case_id=case.id), 303)
    return render_template(
        "personal/case.html",
        case=case,
        title=case_queries.shown_title(current_user, case),
        notes=queries.notes_on(current_user, case),
        parts=_readable(case),
        still_stands=queries.still_stands,
        form=form,
    ), form.status


@bp.route("/min-side/notater/<int:note_id>", methods=["GET", "POST"])
def change(note_id: int) -> Any:
    note = _note(note_id)
    form = NoteForm(text=note.text, quote=note.quote)
    if form.validate_on_submit():
        with form.rules():
            commands.change_note(note, text=form.text.data, quote=form.quote.data or "")
    if form.is_done:
        flash(_("The note is changed."))
        return redirect(url_for(".on_case", case_id=note.case_id), 303)
    return render_template(
        "personal/change.html", case_id=note.case_id, title=case_queries.shown_title(current_user, note.case), form=form
    ), form.status


@bp.post("/min-side/notater/<int:note_id>/fjern")
def take_away(note_id: int) -> Any:
    note = _note(note_id)
    case_id = note.case_id
    if OneButtonForm().validate_on_submit():
        commands.take_away(note)
        flash(_("The note is gone."))
    return redirect(url_for(".on_case", case_id=case_id), 303)


@bp.post("/min-side/hjelp/<what>/legg-bort")
def put_away(what: str) -> Any:
    policy.require(current_user, "help.put_away")
    if what not in HELP:
        abort(404)
    if OneButtonForm().validate_on_submit():
        commands.put_away(current_user.person, what)
        flash(_("The help is put away. You find it again under «Help» at the foot of every page."))
    return redirect(HELP[what], 303)

"""More → Templates: what new case papers start from."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import templates
from meetingapp.cases.forms import LANGUAGES, TemplateForm, number_in
from meetingapp.cases.models import CaseKind
from meetingapp.cases.views.blueprint import bp, own_council
from meetingapp.cases.words import KINDS
from meetingapp.core import clock


@bp.get("/kontor/mer/saksmaler")
def paper_templates() -> Any:
    council = own_council("paper_template.list")
    own = {(row.kind, row.language): row for row in templates.own_texts(council.id, clock.today())}
    return render_template("cases/templates.html", council=council, kinds=KINDS, languages=LANGUAGES, own=own)


@bp.route("/kontor/mer/saksmaler/<kind>/<language>", methods=["GET", "POST"])
def paper_template(kind: str, language: str) -> Any:
    council = own_council("paper_template.write")
    of_kind = next((one for one in CaseKind if one.value == kind), None)
    if of_kind is None or language not in dict(LANGUAGES):
        abort(404)
    now = templates.start_for(council.id, of_kind, language, clock.today())
    form = TemplateForm(seen_version=now.version, text=now.text, recommendation=now.recommendation)
    if form.validate_on_submit():
        with form.rules():
            templates.write_template(
                council,
                of_kind,
                language,
                text=form.text.data or "",
                recommendation=form.recommendation.data or "",
                seen_version=number_in(form.seen_version.data),
                by=current_user,
            )
    if form.is_done:
        flash(_("The template is saved. New case papers start from it; those that are written stay as they are."))
        return redirect(url_for(".paper_templates"), 303)
    names = {"kind": KINDS[of_kind], "language": dict(LANGUAGES)[language]}
    return render_template("cases/template.html", form=form, now=now, **names), form.status

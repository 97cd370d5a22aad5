"""After a restore: the letters that were waiting when the backup was made, and what shall become of them."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from wtforms.validators import InputRequired

from meetingapp.accounts import held as account_held
from meetingapp.core import policy
from meetingapp.core.forms import Form
from meetingapp.core.mail import held
from meetingapp.council.forms import Ticks
from meetingapp.council.office import own_council
from meetingapp.desk.queries import post as queries
from meetingapp.desk.views.blueprint import bp
from meetingapp.invitations.words import KINDS


class HeldForm(Form):
    """Which of them."""

    letters = Ticks(_l("Letters"), coerce=int, validators=[InputRequired(_l("Choose at least one letter."))])


@bp.route("/kontor/utgaende-post/ventet", methods=["GET", "POST"])
def held_letters() -> Any:
    council = own_council()
    policy.require(current_user, "post.read", council)
    waiting = {letter.id: letter for letter in queries.held_letters(current_user, council.id)}
    form = HeldForm(letters=list(waiting))
    form.letters.choices = [
        (one.id, f"{one.to_name} ({one.to_address}): {one.subject or KINDS.get(one.kind, one.kind)}") for one in waiting.values()
    ]
    if form.validate_on_submit():
        chosen = [waiting[one] for one in form.letters.data or []]
        with form.rules():
            if request.form.get("choice") == "send":
                count = account_held.send_after_all(chosen, by=current_user)
                said = ngettext("%(num)d letter is on its way.", "%(num)d letters are on their way.", count)
            else:
                count = held.leave(chosen, by=current_user)
                said = ngettext("%(num)d letter stays unsent.", "%(num)d letters stay unsent.", count)
    if form.is_done:
        flash(said)
        return redirect(url_for(".held_letters" if len(chosen) < len(waiting) else ".post"), 303)
    return render_template("desk/held.html", form=form, waiting=waiting, restored=queries.restored_from()), form.status

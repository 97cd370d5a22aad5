"""The first day: a page for each of the three people, and whether it is still shown on their own page."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, render_template
from flask_login import current_user

from meetingapp.core import policy
from meetingapp.council import law
from meetingapp.desk.views.blueprint import bp
from meetingapp.personal import queries as personal_queries

WHO = {"sekretar": "desk/help_secretary.html", "medlem": "desk/help_member.html", "partner": "desk/help_partner.html"}


def shows_first_days(what: str) -> bool:
    """Whether the help stands on a page: until the person puts it away. One query."""
    return not personal_queries.has_put_away(current_user.person_id, what)


@bp.get("/kontor/hjelp")
@policy.open("leads to a page that tells how the house works and shows nothing of anybody")
def help_for_me() -> Any:
    """To the page for whoever asks: by office, else as a partner."""
    if any(current_user.is_secretary_of(council) for council in current_user.councils):
        who = "sekretar"
    else:
        who = "medlem" if current_user.is_authenticated else "partner"
    return redirect(f"/kontor/hjelp/{who}", 303)


@bp.get("/kontor/hjelp/<who>")
@policy.open("tells how the house works, and shows nothing of anybody")
def help_page(who: str) -> Any:
    if who not in WHO:
        abort(404)
    return render_template(WHO[who], who=who, words=law.WORDS)

"""What every list and form of the office starts from: whose council, and from where on."""

from __future__ import annotations

from flask import abort, request
from flask_login import current_user

from meetingapp.core import policy
from meetingapp.council.models import Council


def own_council() -> Council:
    """The council whose office is shown. Who is not signed in is asked to; who has no council gets a 404."""
    if not current_user.is_authenticated:
        policy.mark_asked()  # the answer is a way to sign in, and shows nothing
        abort(401)
    council: Council | None = current_user.council
    if council is None:
        abort(404)
    return council


def page_behind() -> int | None:
    """The id in `?etter=` behind which the page of a list begins; None for the first."""
    return number_asked("etter")


def number_asked(name: str) -> int | None:
    """An id in the query string, None for anything that is none."""
    asked = request.args.get(name, "")
    return int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 10 else None


def back_to_desk(otherwise: str) -> str:
    """Where a one-button act of the secretary leads: back to the desk if the button stood there, else `otherwise`."""
    return "/kontor" if request.form.get("fra") == "kontor" else otherwise

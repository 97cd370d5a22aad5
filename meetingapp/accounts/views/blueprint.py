"""What all pages of signing in share: the answer to too many tries."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, make_response, render_template
from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.core import clock
from meetingapp.core.database.transactions import give_up
from meetingapp.core.forms import Form
from meetingapp.core.web.throttle import Attempt

bp = Blueprint("accounts", __name__)


def too_many(template: str, form: Form, attempt: Attempt, **given: Any) -> Response:
    """The same page with what was typed (never a password), and when to try again."""
    give_up()
    until = clock.local(clock.true_now() + attempt.wait)
    if attempt.seconds < 60:
        wait = ngettext("Wait %(num)d second and try again.", "Wait %(num)d seconds and try again.", attempt.seconds)
    else:
        wait = _("You can try again at %(time)s.", time=until.strftime("%H.%M.%S"))
    response = make_response(render_template(template, form=form, wait=wait, **given), 429)
    response.headers["Retry-After"] = str(attempt.seconds)
    return response

"""The blueprint of the pages people live in."""

from __future__ import annotations

from flask import Blueprint, Flask

from meetingapp.council import law

bp = Blueprint("desk", __name__)


@bp.record
def _explain_the_law(state: object) -> None:
    """The words of the law are explained where they stand, on every floor's pages: a global, for the macro of core/law.html."""
    app = getattr(state, "app", None)
    assert isinstance(app, Flask)
    app.jinja_env.globals["law_words"] = law.WORDS

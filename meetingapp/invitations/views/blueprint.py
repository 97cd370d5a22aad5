"""The blueprint, and what all its pages can name."""

from __future__ import annotations

from typing import Any

from flask import Blueprint

from meetingapp.invitations import words

bp = Blueprint("invitations", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """Calls, answers and delivery are read on Min side and the secretary's desk too."""
    return {"call_words": words}

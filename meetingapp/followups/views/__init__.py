"""Pages of follow-up; and those of an agreement, a commitment and a person, which show what became of promises."""

from __future__ import annotations

from typing import Any

from flask import Blueprint
from flask_login import current_user

from meetingapp.followups import queries

bp = Blueprint("followups", __name__)


@bp.app_context_processor
def _titles() -> dict[str, Any]:
    """`action_title(action)`: what an action is called to the reader; `reads_words(action)`: whether its own words are for them."""
    return {
        "action_title": lambda action: queries.action_title(current_user, action),
        "reads_words": lambda action: queries.may_read_words(current_user, action),
    }


from meetingapp.followups.views import actions, agreements, links, meetings, people  # noqa: E402

__all__ = ["actions", "agreements", "bp", "links", "meetings", "people"]

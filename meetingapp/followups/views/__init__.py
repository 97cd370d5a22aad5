"""Pages of follow-up; and those of an agreement, a commitment and a person, which show what became of promises."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("followups", __name__)

from meetingapp.followups.views import actions, agreements, links, meetings, people  # noqa: E402

__all__ = ["actions", "agreements", "bp", "links", "meetings", "people"]

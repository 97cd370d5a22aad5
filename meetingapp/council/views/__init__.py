"""Pages of people and bodies, and of the council's own facts. The page of one person shows more floors: it stands in `followups`."""

from __future__ import annotations

from flask import Blueprint

from meetingapp.council import queries

bp = Blueprint("council", __name__)
bp.add_app_template_global(queries.any_council, "council_is_set_up")

from meetingapp.council.views import bodies, facts, imports, people  # noqa: E402

__all__ = ["bodies", "bp", "facts", "imports", "people"]

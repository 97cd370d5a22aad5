"""The search of the office."""

from __future__ import annotations

from typing import Any

from flask import render_template, request
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.core import policy, search
from meetingapp.council.office import own_council
from meetingapp.desk.queries import finding
from meetingapp.desk.views.blueprint import bp
from meetingapp.desk.words import FOUND


@bp.get("/kontor/sok")
def find() -> Any:
    council = own_council()
    policy.require(current_user, "desk.find", council)
    words, kind = " ".join(request.args.get("q", "").replace("\x00", " ").split())[:200], request.args.get("i", "")
    asked = request.args.get("vis", "")
    limit = min(max(int(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0, search.SHOWN), search.MOST_SHOWN)
    found = finding.find(current_user, council, words, kind=kind, limit=limit) if words else None
    numbered = finding.by_number(current_user, council, words)
    return render_template(
        "desk/search.html",
        q=words,
        kind=kind if kind in finding.KINDS else "",
        kinds=FOUND,
        found=found,
        limit=limit,
        step=search.SHOWN,
        most=search.MOST_SHOWN,
        counted=search.COUNTED,
        numbers=finding.numbers_of(found) if found is not None else {},
        numbered=numbered,
        numbered_title=case_queries.shown_title(current_user, numbered.case) if numbered is not None else "",
    )

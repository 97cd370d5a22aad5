"""The blueprint, and how its views find an item and come back to the page."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask_login import current_user

from meetingapp.agendas import queries
from meetingapp.agendas.forms import whole_number
from meetingapp.agendas.models import AgendaItem
from meetingapp.cases import queries as case_queries
from meetingapp.meetings.models import Meeting
from meetingapp.meetings.views import find

bp = Blueprint("agendas", __name__)


def find_item(item_id: int, action: str = "agenda.edit") -> AgendaItem:
    """The item, if the person signed in may do `action` with its meeting's agenda; absent and hidden give the same 404."""
    meeting = find(queries.meeting_id_of(item_id) or 0, action)
    item = queries.item_for(meeting, item_id)
    if item is None:
        abort(404)
    return item


def shown_title(item: AgendaItem) -> str:
    """What the item is called for whoever is signed in."""
    return case_queries.shown_title(current_user, item.case) if item.case is not None else item.title


def seen_version() -> int | None:
    """The version of the agenda that the page was made from, as its forms send it along; None for anything that is none."""
    return whole_number(request.form.get("seen", ""))


def back(meeting: Meeting, item: AgendaItem | None = None) -> Any:
    """To the agenda, at the item. Where others have changed it since the page was made, the address says from which version on."""
    seen = seen_version()
    others = queries.by_others(meeting, after=seen, person_id=current_user.person_id) if seen is not None else []
    address = url_for("agendas.show", meeting_id=meeting.id, sett=seen if others else None)
    return redirect(address + (f"#p{item.id}" if item is not None else ""), 303)

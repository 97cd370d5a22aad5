"""The list of meetings."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.council import queries as council_queries
from meetingapp.council.office import number_asked, own_council, page_behind
from meetingapp.meetings import queries, words
from meetingapp.meetings.models import Meeting

bp = Blueprint("meetings", __name__)


@bp.app_context_processor
def _words() -> dict[str, Any]:
    """What the frame of a meeting's pages prints."""
    return {"meeting_words": words}


def find(meeting_id: int, action: str = "meeting.read") -> Meeting:
    """The meeting, if the person signed in may do `action` with it; absent and hidden give the same 404."""
    meeting = queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, action, meeting)
    return meeting


@bp.get("/kontor/moter")
def index() -> Any:
    council = own_council()
    policy.require(current_user, "meeting.list", council)
    bodies, now = council_queries.all_bodies(council.id), clock.now()
    asked = number_asked("utvalg")
    chosen = next((body for body in bodies if body.id == asked), None)
    page = queries.list_page(current_user, council.id, body_id=chosen.id if chosen else None, behind=page_behind())
    return render_template(
        "meetings/index.html",
        page=page,
        coming=[meeting for meeting in page.items if not queries.is_over(meeting, now)],
        held=[meeting for meeting in page.items if queries.is_over(meeting, now)],
        bodies=bodies,
        chosen=chosen,
    )

"""Who may do what with a meeting."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.council.models import Council
from meetingapp.meetings.models import Meeting


@policy.action("meeting.list")
def may_list(actor: Any, council: Council) -> bool:
    """Everyone inside the council."""
    return bool(actor.is_inside(council))


@policy.action("meeting.read")
def may_read(actor: Any, meeting: Meeting) -> bool:
    """Everyone inside the council. Guests read by the link of their invitation, and never this page."""
    return bool(actor.is_inside(meeting.council_id))


@policy.action("meeting.plan")
def may_plan(actor: Any, council: Council) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(council))


@policy.action("meeting.edit")
def may_edit(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))

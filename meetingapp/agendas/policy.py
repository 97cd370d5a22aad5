"""Who may do what with an agenda."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.meetings.models import Meeting


@policy.action("agenda.edit")
def may_edit(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("agenda.fix")
def may_fix(actor: Any, meeting: Meeting) -> bool:
    """The secretary, and the chair of a body that meets (kommuneloven § 11-3: the leader sets the list)."""
    return bool(actor.is_secretary_of(meeting.council_id)) or any(actor.chairs(body) for body in meeting.bodies)

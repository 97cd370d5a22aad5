"""Who may write, approve and lock minutes."""

from __future__ import annotations

from typing import Any

from meetingapp.accounts.models import LinkPurpose
from meetingapp.cases.models import Case
from meetingapp.core import policy
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import feedback, queries
from meetingapp.minutes.models import Minutes


@policy.action("minutes.read")
def may_read(actor: Any, meeting: Meeting) -> bool:
    """The secretary always; others inside the council once they are sent for approval or locked; signatories what they approve."""
    return bool(actor.is_secretary_of(meeting.council_id)) or is_readable(actor, meeting, queries.minutes_of(meeting))


def is_readable(actor: Any, meeting: Meeting, minutes: Minutes | None) -> bool:
    """As `minutes.read`, for minutes that are loaded already. No query."""
    if actor.is_secretary_of(meeting.council_id):
        return True
    return bool(actor.is_inside(meeting.council_id)) and minutes is not None and (minutes.sent_at is not None or bool(minutes.editions))


@policy.action("minutes.write")
def may_write(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("case.send_on")
def may_send_on(actor: Any, case: Case) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(case.council_id))


@policy.action("minutes.approve")
def may_approve(actor: Any, minutes: Minutes) -> bool:
    """The chair and those elected to approve."""
    return any(signatory.person_id == actor.person_id for signatory in minutes.signatories)


@policy.action("feedback.say")
def may_say_how_useful(actor: Any, meeting: Meeting) -> bool:
    """Whoever was there, signed in or by the link of the call to this meeting."""
    if actor.person_id is None or not feedback.took_part(meeting.id, actor.person_id):
        return False
    link = getattr(actor, "link", None)
    return link is None or (link.purpose is LinkPurpose.REPLY and feedback.is_called_by(link.subject_id, meeting))


@policy.action("feedback.read")
def may_read_feedback(actor: Any, meeting: Meeting) -> bool:
    """The secretary; as figures, without names."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("minutes.lock")
def may_lock(actor: Any, minutes: Minutes) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(minutes.meeting.council_id))

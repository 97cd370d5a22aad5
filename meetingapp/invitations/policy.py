"""Who may call, stop, answer and read."""

from __future__ import annotations

from typing import Any

from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import policy
from meetingapp.invitations import queries
from meetingapp.invitations.models import Invitation
from meetingapp.meetings.models import Meeting


def _is_own(actor: Any, invitation: Invitation) -> bool:
    if actor.person_id is None or invitation.person_id != actor.person_id:
        return False
    link = getattr(actor, "link", None)
    return link is None or (link.purpose is LinkPurpose.REPLY and link.subject_id == invitation.id)


@policy.action("call.send")
def may_call(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("call.stop")
def may_stop(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("call.read")
def may_read_call(actor: Any, meeting: Meeting) -> bool:
    """Everyone inside the council sees whether and when the call went, and who comes."""
    return bool(actor.is_inside(meeting.council_id))


@policy.action("invitation.read")
def may_read(actor: Any, invitation: Invitation) -> bool:
    """Whoever is invited, and everyone inside the council."""
    return _is_own(actor, invitation) or bool(actor.is_inside(invitation.meeting.council_id))


@policy.action("invitation.answer")
def may_answer(actor: Any, invitation: Invitation) -> bool:
    """Whoever is invited, signed in or by the link of this invitation; and the secretary on their behalf."""
    return _is_own(actor, invitation) or bool(actor.is_secretary_of(invitation.meeting.council_id))


@policy.action("deputy.call")
def may_call_deputy(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("papers.read")
def may_read_papers(actor: Any, meeting: Meeting) -> bool:
    """The pack without closed parts: everyone inside the council, and whoever is invited."""
    if actor.is_inside(meeting.council_id):
        return True
    link = getattr(actor, "link", None)
    if link is not None and link.purpose is not LinkPurpose.REPLY:
        return False
    return actor.person is not None and queries.invitation_of(meeting, actor.person) is not None

"""Who may call, answer, and read what was sent."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.core.mail.models import Letter
from meetingapp.council.models import Council
from meetingapp.invitations.models import Invitation
from meetingapp.meetings.models import Meeting


@policy.action("call.send")
def may_call(actor: Any, meeting: Meeting) -> bool:
    """The council's secretariat, and the chair of a body that meets."""
    return bool(actor.is_secretary_of(meeting.council_id)) or any(actor.chairs(body) for body in meeting.bodies)


@policy.action("invitation.list")
def may_see_answers(actor: Any, meeting: Meeting) -> bool:
    """Everyone inside the council sees who comes."""
    return bool(actor.is_inside(meeting.council_id))


@policy.action("invitation.answer")
def may_answer(actor: Any, invitation: Invitation) -> bool:
    """The invited person, or the secretary on their behalf."""
    return actor.person_id == invitation.person_id or bool(actor.is_secretary_of(invitation.meeting.council_id))


@policy.action("deputy.call")
def may_call_deputy(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("pack.read")
def may_read_pack(actor: Any, meeting: Meeting) -> bool:
    """Everyone inside the council; it holds nothing closed."""
    return bool(actor.is_inside(meeting.council_id))


@policy.action("post.list")
def may_list_post(actor: Any, council: Council) -> bool:
    """The secretary: letters hold personal links."""
    return bool(actor.is_secretary_of(council))


@policy.action("post.read")
def may_read_post(actor: Any, letter: Letter) -> bool:
    """The secretary of the council whose letter it is."""
    return letter.realm is not None and bool(actor.is_secretary_of(letter.realm))

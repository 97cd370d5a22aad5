"""The words on screen for calls, answers and delivery: word, icon, colour; and whether somebody must act."""

from __future__ import annotations

from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.outbox import Task
from meetingapp.invitations.models import Capacity, Reply
from meetingapp.invitations.queries import Level
from meetingapp.meetings.models import Meeting

CAPACITIES: dict[Capacity, LazyString] = {
    Capacity.MEMBER: _l("Member"),
    Capacity.DEPUTY: _l("Deputy"),
    Capacity.ADMINISTRATION: _l("Administration"),
    Capacity.GUEST: _l("Guest"),
}
REPLIES: dict[Reply, tuple[LazyString, str, str, bool]] = {  # the last: shown as a tag, for somebody must act
    Reply.NEEDS_ACTION: (_l("Not answered"), "open", "", False),
    Reply.ACCEPTED: (_l("Coming"), "check", "success", False),
    Reply.TENTATIVE: (_l("Perhaps"), "half", "", False),
    Reply.DECLINED: (_l("Declined"), "cross", "warning", True),
}
REASONS: dict[str, LazyString] = {  # categories only: why somebody is ill is nobody's business
    "illness": _l("Illness"),
    "office": _l("Another public office"),
    "work": _l("Work"),
    "family": _l("Family or other welfare"),
    "other": _l("Other valid reason"),
}
LEVELS: dict[Level, tuple[LazyString, str, str]] = {
    Level.OK: (_l("In order"), "check", ""),
    Level.WARNING: (_l("Can be sent anyway"), "warn", "warning"),
    Level.REASON: (_l("Needs a reason"), "clock", "warning"),
    Level.STOP: (_l("Must be mended first"), "cross", "danger"),
}
MADE = (_l("Made"), "dot", "", False)
DELIVERY: dict[LetterState, tuple[LazyString, str, str, bool]] = {
    LetterState.QUEUED: (_l("In queue"), "clock", "", False),
    LetterState.HANDED_OVER: (_l("Handed over"), "check", "", False),
    LetterState.DELAYED: (_l("Delayed"), "clock", "warning", True),
    LetterState.UNKNOWN: (_l("Uncertain"), "warn", "warning", True),
    LetterState.FAILED: (_l("Failed"), "cross", "danger", True),
    LetterState.WITHDRAWN: (_l("Withdrawn"), "undo", "", False),
    LetterState.TOLD: (_l("Told in another way"), "check", "success", False),
    LetterState.HELD: (_l("Waits for you"), "warn", "warning", True),
}
KINDS: dict[str, LazyString] = {
    "invitation": _l("Call"),
    "papers": _l("Papers"),
    "reminder": _l("Reminder"),
    "minutes-approval": _l("Approval of minutes"),
    "sign-in": _l("Sign-in link"),
    "security": _l("Change in how one signs in"),
    "partner-link": _l("Partner's link"),
    "action-status": _l("Question of status"),
    "paper-request": _l("Request for a case paper"),
    "proposal-answer": _l("Answer to a proposal"),
}


def delivery(letter: Letter, task: Task | None, now: datetime) -> tuple[LazyString, str, str, bool]:
    """How far a letter has come. It is only made as long as it can be stopped, and in queue after that.

    :param now: true time
    """
    if letter.state is LetterState.QUEUED and task is not None and task.tries == 0 and task.next_try_at > now:
        return MADE
    return DELIVERY[letter.state]


def name_of(meeting: Meeting) -> str:
    """What the meeting is called: its own name, or those of its bodies. One line."""
    return " ".join((meeting.title or ", ".join(body.name for body in meeting.bodies)).split())

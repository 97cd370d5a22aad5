"""How answers, capacities and letters are read on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.core.mail.models import LetterState
from meetingapp.invitations.models import Capacity, Reply

CAPACITIES: dict[Capacity, LazyString] = {
    Capacity.MEMBER: _l("Member"),
    Capacity.DEPUTY: _l("Deputy"),
    Capacity.ADMINISTRATION: _l("Administration"),
    Capacity.GUEST: _l("Guest"),
}
# word, icon, colour
REPLIES: dict[Reply, tuple[LazyString, str, str]] = {
    Reply.NEEDS_ACTION: (_l("Not answered"), "open", ""),
    Reply.ACCEPTED: (_l("Comes"), "check", ""),
    Reply.TENTATIVE: (_l("Perhaps"), "half", ""),
    Reply.DECLINED: (_l("Apologies"), "cross", "warning"),
}
REASONS: dict[str, LazyString] = {
    "illness": _l("Illness"),
    "office": _l("Another public office"),
    "work": _l("Work"),
    "family": _l("Family or other care"),
    "other": _l("Another reason"),
}
LETTERS: dict[LetterState, tuple[LazyString, str, str]] = {
    LetterState.QUEUED: (_l("Waits"), "open", ""),
    LetterState.HANDED_OVER: (_l("Handed over"), "check", ""),
    LetterState.DELAYED: (_l("Delayed"), "clock", "warning"),
    LetterState.UNKNOWN: (_l("Uncertain"), "warn", "warning"),
    LetterState.FAILED: (_l("Failed"), "cross", "danger"),
    LetterState.WITHDRAWN: (_l("Stopped"), "undo", ""),
}
LETTER_KINDS: dict[str, LazyString] = {
    "invitation": _l("Call"),
    "proposal-answer": _l("Answer to a proposal"),
    "minutes-approval": _l("Minutes for approval"),
    "action-status": _l("Status of an action"),
    "partner-link": _l("Personal link"),
}

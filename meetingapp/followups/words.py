"""The words on screen for actions and commitments: word, icon, colour; and whether somebody must act."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetingapp.followups.models import ActionState, CommitmentState

ACTION_STATES = {
    ActionState.OPEN: (_l("Under way"), "half", ""),
    ActionState.WAITING: (_l("Waits"), "clock", "warning"),
    ActionState.DONE: (_l("Done"), "check", ""),
    ActionState.DROPPED: (_l("Dropped"), "dot", ""),
}
REPORT_CHOICES = {
    ActionState.OPEN: _l("Under way"),
    ActionState.WAITING: _l("Waits for someone else"),
    ActionState.DONE: _l("Done"),
    ActionState.DROPPED: _l("Dropped: shall not be done"),
}
COMMITMENT_STATES = {  # the last: shown as a tag, for somebody must act
    CommitmentState.NOT_STARTED: (_l("Not started"), "clock", "warning", True),
    CommitmentState.ON_TRACK: (_l("On track"), "half", "", False),
    CommitmentState.AT_RISK: (_l("At risk"), "warn", "warning", True),
    CommitmentState.FULFILLED: (_l("Fulfilled"), "check", "", False),
    CommitmentState.BREACHED: (_l("Broken"), "cross", "danger", True),
    CommitmentState.DROPPED: (_l("No longer applies"), "dot", "", False),
}
SHOW = {"open": _l("What is open"), "late": _l("What is late"), "mine": _l("What is mine"), "all": _l("Everything")}

"""The verbs of minutes: in the room, item by item, and on the way to the lock."""

from meetingapp.minutes.commands.feedback import say_how_useful
from meetingapp.minutes.commands.items import (
    adjourn,
    close_doors,
    make_proposal,
    make_statement,
    record_vote,
    recuse,
    save_deliberation,
    withdraw_proposal,
)
from meetingapp.minutes.commands.onward import send_on
from meetingapp.minutes.commands.record import approve, correct, lock, remind, save_frame, send_for_approval
from meetingapp.minutes.commands.room import end_meeting, let_in, let_out, open_meeting, remove_presence

__all__ = [
    "adjourn",
    "approve",
    "close_doors",
    "correct",
    "end_meeting",
    "let_in",
    "let_out",
    "lock",
    "make_proposal",
    "make_statement",
    "open_meeting",
    "record_vote",
    "recuse",
    "remind",
    "remove_presence",
    "save_deliberation",
    "save_frame",
    "say_how_useful",
    "send_for_approval",
    "send_on",
    "withdraw_proposal",
]

"""The verbs of a case: proposed, taken in, written, exempted, made ready; and its way through meetings."""

from meetingapp.cases.commands.course import mark_off_agenda, mark_on_agenda, mark_outcome, mark_ready, withdraw
from meetingapp.cases.commands.facts import create_case, edit_facts, set_exemption
from meetingapp.cases.commands.papers import (
    attach,
    bar_access,
    grant_access,
    grant_access_to_all,
    remove_attachment,
    revoke_access,
    save_paper,
)
from meetingapp.cases.commands.proposals import decline, propose, take_in
from meetingapp.cases.commands.requests import (
    accept_paper,
    ask_for_paper,
    deliver_paper,
    move_deadline,
    remind_writer,
    withdraw_request,
)

__all__ = [
    "accept_paper",
    "ask_for_paper",
    "attach",
    "bar_access",
    "create_case",
    "decline",
    "deliver_paper",
    "edit_facts",
    "grant_access",
    "grant_access_to_all",
    "mark_off_agenda",
    "mark_on_agenda",
    "mark_outcome",
    "mark_ready",
    "move_deadline",
    "propose",
    "remind_writer",
    "remove_attachment",
    "revoke_access",
    "save_paper",
    "set_exemption",
    "take_in",
    "withdraw",
    "withdraw_request",
]

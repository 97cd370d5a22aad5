"""The verbs of an agenda: plan, add, move by intent, change, take off, undo, fix."""

from meetingapp.agendas.commands.fixing import fix_agenda, reopen_agenda
from meetingapp.agendas.commands.items import (
    add_cases,
    add_item,
    edit_item,
    move,
    move_to_place,
    move_under,
    place_by_rule,
    remove_item,
)
from meetingapp.agendas.commands.order import BEFORE_CALL, LONGEST_ITEM, OPEN
from meetingapp.agendas.commands.planning import edit, plan, plan_many, set_up, standing_items, take_up_minutes
from meetingapp.agendas.commands.undo import undo

__all__ = [
    "BEFORE_CALL",
    "LONGEST_ITEM",
    "OPEN",
    "add_cases",
    "add_item",
    "edit",
    "edit_item",
    "fix_agenda",
    "move",
    "move_to_place",
    "move_under",
    "place_by_rule",
    "plan",
    "plan_many",
    "remove_item",
    "reopen_agenda",
    "set_up",
    "standing_items",
    "take_up_minutes",
    "undo",
]

"""What every act on an agenda needs: a meeting that is not over, an order without gaps, and a line in the log of changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from meetingapp.agendas.models import AgendaChange, AgendaItem, ChangeKind, ItemKind
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingState

BEFORE_CALL = meeting_commands.BEFORE_CALL
OPEN = (*BEFORE_CALL, MeetingState.CALLED, MeetingState.IN_SESSION, MeetingState.ADJOURNED)
LONGEST_ITEM = 600  # minutes


def check_not_over(meeting: Meeting) -> None:
    """:raises RuleBroken: when the meeting is over or cancelled"""
    if meeting.state not in OPEN:
        raise RuleBroken(_("The meeting is over or cancelled, so its agenda stands."))


def renumber(items: Sequence[AgendaItem]) -> None:
    """Let the positions of `items` follow the order given."""
    for position, item in enumerate(items):
        if item.position != position:
            item.position = position


def room(items: Sequence[AgendaItem]) -> tuple[int, int]:
    """The first and last place for an item that moves: after the standing items that begin the meeting, before those that end it."""
    first, last = 0, len(items)
    while first < len(items) and items[first].is_fixed and items[first].kind is not ItemKind.PROGRAMME:
        first += 1
    while last > first and items[last - 1].is_fixed:
        last -= 1
    return first, last


def new_item(meeting: Meeting, **given: Any) -> AgendaItem:
    """An item that has no place yet; once the meeting is called it is marked as not on the list that was sent."""
    return AgendaItem(
        meeting=meeting,
        position=0,
        is_late=meeting.state not in BEFORE_CALL,
        added_at=clock.now(),
        children=[],
        formal_number=None,
        **given,
    )


def before(item: AgendaItem, level: Sequence[AgendaItem]) -> list[int]:
    """The ids of the items that stand before `item` among those of the same parent, the nearest first: what "back again" is after."""
    at = level.index(item)
    return [one.id for one in reversed(level[:at])]


def note(kind: ChangeKind, meeting: Meeting, *, by: audit.Doer | None, item: AgendaItem | None = None, **facts: Any) -> AgendaChange:
    """Write down one change: it gives the agenda its next version.

    :param facts: JSON, what it takes to undo it
    """
    change = AgendaChange(
        meeting_id=meeting.id,
        kind=kind,
        item_id=item.id if item is not None else None,
        case_id=item.case_id if item is not None else None,
        facts=facts,
        person_id=by.person_id if by is not None else None,
        at=clock.now(),
    )
    db.session.add(change)
    return change

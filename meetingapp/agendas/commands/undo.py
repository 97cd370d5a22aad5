"""Undoing: an intent like any other, applied to the agenda as it is now, and refused where somebody has built on what was done."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.agendas import queries
from meetingapp.agendas.commands.fixing import give_numbers
from meetingapp.agendas.commands.items import edit_item, move, move_under, remove_item
from meetingapp.agendas.commands.order import check_not_over, new_item, note, renumber, room
from meetingapp.agendas.models import AgendaChange, AgendaItem, ChangeKind, ItemKind
from meetingapp.cases import commands as case_commands
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.meetings.models import MeetingState


def undo(change: AgendaChange, *, by: audit.Doer | None) -> AgendaItem | None:
    """Undo one change. What others did meanwhile stays as it is. The undoing is a change too, so it can be undone.

    :return: the item it was about; None when it is off the agenda now
    :raises RuleBroken: when it is undone already, somebody has changed the same thing since, what it leans on is gone, or what the
        ordinary verbs refuse: an item of a list that was sent stands
    """
    check_not_over(change.meeting)
    if change.undone_at is not None:
        raise RuleBroken(_("This is undone already."))
    item = {ChangeKind.ADD: _added, ChangeKind.REMOVE: _removed, ChangeKind.MOVE: _moved, ChangeKind.EDIT: _edited}[change.kind](change, by)
    change.undone_at = clock.now()
    audit.record("agenda.undo", change.meeting, by=by, change=change.id)
    return item


def _still(change: AgendaChange, item_id: int | None) -> AgendaItem:
    item = queries.item_for(change.meeting, item_id or 0)
    if item is None:
        raise RuleBroken(_("The item is not on the agenda any more, so there is nothing to undo."))
    return item


def _untouched(change: AgendaChange, item: AgendaItem, *kinds: ChangeKind) -> None:
    """:raises RuleBroken: when somebody has changed the item in one of these ways after `change`"""
    later = queries.later_change(change, item.id, kinds)
    if later is None:
        return
    if later.person is None:
        raise RuleBroken(_("It has been changed again since, so it stands as it is now."))
    raise RuleBroken(_("%(name)s has changed it since, so it stands as it is now.", name=later.person.name))


def _added(change: AgendaChange, by: audit.Doer | None) -> None:
    """Off again. Of several, the cases wait in the queue, from where they are taken in together: putting one back is not offered."""
    items = [item for item_id in change.facts["items"] if (item := queries.item_for(change.meeting, item_id)) is not None]
    if not items:
        raise RuleBroken(_("The item is not on the agenda any more, so there is nothing to undo."))
    for item in reversed(items):
        _untouched(change, item, ChangeKind.EDIT)
        taken_off = remove_item(item, by=by)
        taken_off.undone_at = clock.now() if len(items) > 1 else None


def _removed(change: AgendaChange, by: audit.Doer | None) -> AgendaItem:
    """The item as it was, after the nearest of those it stood after that is still there."""
    meeting, facts = change.meeting, change.facts
    parent = queries.item_for(meeting, facts["under"]) if facts["under"] is not None else None
    if facts["under"] is not None and parent is None:
        raise RuleBroken(_("The item it stood under is gone, so it cannot be put back there."))
    if change.case is not None:
        if any(one.meeting_id == meeting.id for one in queries.items_of_case(change.case)):
            raise RuleBroken(_("The case is on this agenda already."))
        case_commands.mark_on_agenda(change.case)
    items = queries.same_level(meeting.id, facts["under"])
    item = new_item(meeting, kind=ItemKind(facts["item_kind"]), case=change.case, parent=parent, **facts["kept"])
    db.session.add(item)
    index = _after(facts["after"], items)
    if not item.is_fixed:
        first, last = room(items)
        index = min(max(index, first), last)
    items.insert(index, item)
    renumber(items)
    db.session.flush()  # its number and the log point to it
    if meeting.state is not MeetingState.PLANNED:
        give_numbers(meeting, [item])
    note(ChangeKind.ADD, meeting, by=by, item=item, items=[item.id])
    return item


def _after(ids: list[int], items: list[AgendaItem]) -> int:
    """The index after the first of `ids` that is among `items`; 0 when none is."""
    places = {item.id: index for index, item in enumerate(items)}
    return next((places[one] + 1 for one in ids if one in places), 0)


def _moved(change: AgendaChange, by: audit.Doer | None) -> AgendaItem:
    item = _still(change, change.item_id)
    _untouched(change, item, ChangeKind.MOVE)
    parent = queries.item_for(change.meeting, change.facts["under"]) if change.facts["under"] is not None else None
    if change.facts["under"] is not None and parent is None:
        raise RuleBroken(_("The item it stood under is gone, so it cannot be put back there."))
    others = [one for one in queries.same_level(change.meeting_id, change.facts["under"]) if one is not item]
    index = _after(change.facts["after"], others)
    if parent is item.parent:
        move(item, after=others[index - 1] if index else None, by=by)
    else:
        move_under(item, parent, index + 1, by=by)
    item.by_hand = bool(change.facts["by_hand"])
    return item


def _edited(change: AgendaChange, by: audit.Doer | None) -> AgendaItem:
    item = _still(change, change.item_id)
    now = {"title": item.title, "speakers": item.speakers, "minutes": item.minutes}
    if now != change.facts["now"]:
        _untouched(change, item, ChangeKind.EDIT)
        raise RuleBroken(_("It has been changed again since, so it stands as it is now."))
    edit_item(item, by=by, **change.facts["was"])
    return item

"""The verbs of an agenda: add, move by intent, change, take off, fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from meetingapp.agendas import queries
from meetingapp.agendas.models import AgendaItem, CaseNumber, ItemKind
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case
from meetingapp.core import audit, clock
from meetingapp.core.database import db, next_number
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Council
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingState

OPEN = (MeetingState.PLANNED, MeetingState.AGENDA_FIXED, MeetingState.CALLED, MeetingState.IN_SESSION, MeetingState.ADJOURNED)
LONGEST_ITEM = 600  # minutes


def plan(council: Council, *, by: audit.Doer | None, **given: Any) -> Meeting:
    """Plan a meeting with its standing items. Takes and raises what `meetings.commands.plan_meeting` does."""
    meeting = meeting_commands.plan_meeting(council, by=by, **given)
    standing_items(meeting)
    db.session.flush()  # the page's address needs the id
    return meeting


def standing_items(meeting: Meeting) -> None:
    """What every meeting begins and ends with: approval of call and agenda, follow-up since last time, other matters."""
    now = clock.now()
    given = [
        (ItemKind.FORMAL, _("Approval of the call and the agenda"), 5),
        (ItemKind.FOLLOW_UP, _("Follow-up since last time"), 20),
        (ItemKind.PROGRAMME, _("Other matters"), 10),
    ]
    for position, (kind, title, minutes) in enumerate(given):
        db.session.add(AgendaItem(meeting=meeting, position=position, kind=kind, title=title, minutes=minutes, is_fixed=True, added_at=now))


def _siblings(meeting: Meeting, parent: AgendaItem | None) -> list[AgendaItem]:
    return list(parent.children) if parent is not None else queries.items_of(meeting)


def _renumber(items: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(items):
        if item.position != position:
            item.position = position


def _before_last_fixed(items: Sequence[AgendaItem]) -> int:
    """Where a new item goes: before the standing items that end the meeting."""
    place = len(items)
    while place > 0 and items[place - 1].is_fixed and place - 1 > 0:
        place -= 1
    if place == 0 or all(item.is_fixed for item in items):
        # Only standing items: the new one goes before the last.
        return max(len(items) - 1, 0)
    return place


def _check_open(meeting: Meeting) -> None:
    if meeting.state not in OPEN:
        raise RuleBroken(_("The meeting is over, so its agenda stands."))


def add_cases(meeting: Meeting, cases: Sequence[Case], *, by: audit.Doer | None) -> list[AgendaItem]:
    """Put cases from the queue on the agenda, in this order, before the standing items that end it.

    Once the agenda is fixed each gets its number at once; once the meeting is called it is marked as not on the list that was sent.

    :raises RuleBroken: none chosen, a case of another council, one that is not ready, or the meeting is over
    """
    _check_open(meeting)
    if not cases:
        raise RuleBroken(_("Choose at least one case."))
    items = _siblings(meeting, None)
    place = _before_last_fixed(items)
    new = []
    for case in cases:
        if case.council_id != meeting.council_id:
            raise RuleBroken(_("This case belongs to another council."))
        case_commands.mark_on_agenda(case)
        new.append(
            AgendaItem(
                meeting=meeting,
                position=0,
                kind=ItemKind.CASE,
                case=case,
                minutes=case.minutes_needed,
                is_late=meeting.state not in (MeetingState.PLANNED, MeetingState.AGENDA_FIXED),
                added_at=clock.now(),
            )
        )
    db.session.add_all(new)
    _renumber([*items[:place], *new, *items[place:]])
    db.session.flush()  # numbers point to the cases' items
    if meeting.state is not MeetingState.PLANNED:
        _give_numbers(meeting, new)
    audit.record("agenda.add", meeting, by=by, cases=[case.id for case in cases])
    return new


def add_item(
    meeting: Meeting,
    *,
    kind: ItemKind,
    title: str,
    minutes: int,
    by: audit.Doer | None,
    speakers: str = "",
    parent: AgendaItem | None = None,
    is_fixed: bool = False,
) -> AgendaItem:
    """Add a programme item, a break or a formal item; with `parent`, as its last sub-item.

    :raises RuleBroken: a sub-item of a sub-item, or the meeting is over
    """
    _check_open(meeting)
    if parent is not None and (parent.parent_id is not None or parent.meeting_id != meeting.id):
        raise RuleBroken(_("A sub-item cannot have sub-items."))
    items = _siblings(meeting, parent)
    place = len(items) if parent is not None else _before_last_fixed(items)
    item = AgendaItem(
        meeting=meeting,
        parent=parent,
        position=0,
        kind=kind,
        title=" ".join(title.split()),
        speakers=" ".join(speakers.split()),
        minutes=minutes,
        is_fixed=is_fixed,
        is_late=meeting.state not in (MeetingState.PLANNED, MeetingState.AGENDA_FIXED),
        added_at=clock.now(),
    )
    db.session.add(item)
    _renumber([*items[:place], item, *(one for one in items[place:] if one is not item)])
    db.session.flush()  # pages link to it
    audit.record("agenda.add", meeting, by=by, item=item.id)
    return item


def edit_item(item: AgendaItem, *, by: audit.Doer | None, minutes: int, title: str = "", speakers: str = "") -> None:
    """Change how long an item takes, and (where it is no case) what it is called and who speaks.

    :raises RuleBroken: a length outside 0–600 minutes, no title, or the meeting is over
    """
    _check_open(item.meeting)
    if not 0 <= minutes <= LONGEST_ITEM:
        raise RuleBroken(_("Write a number of minutes, 0 to 600."), field="minutes")
    if item.case_id is None:
        if not title.strip():
            raise RuleBroken(_("Write a title."), field="title")
        item.title, item.speakers = " ".join(title.split()), " ".join(speakers.split())
    item.minutes = minutes
    audit.record("agenda.edit", item.meeting, by=by, item=item.id)


def move(item: AgendaItem, *, after: AgendaItem | None, by: audit.Doer | None) -> int:
    """Put `item` after `after` (None: first) among the items of the same parent. Returns its place, from 1.

    An intent, applied to the order as it is under the lock: two people who move at once lose nothing.

    :raises RuleBroken: a standing item, another parent's, or the meeting is over
    """
    _check_open(item.meeting)
    if item.is_fixed:
        raise RuleBroken(_("A standing item keeps its place."))
    items = [one for one in _siblings(item.meeting, item.parent) if one is not item]
    if after is not None and after not in items:
        raise RuleBroken(_("The item it was to come after is not there any more."), next_step=_("Look at the order, and move it again."))
    place = items.index(after) + 1 if after is not None else 0
    first, last = _room(items)
    place = min(max(place, first), last)
    items.insert(place, item)
    _renumber(items)
    audit.record("agenda.move", item.meeting, by=by, item=item.id, place=place + 1)
    return place + 1


def _room(items: Sequence[AgendaItem]) -> tuple[int, int]:
    """The places that are free: after the standing items that begin the meeting, before those that end it."""
    first = 0
    while first < len(items) and items[first].is_fixed:
        first += 1
    last = len(items)
    while last > first and items[last - 1].is_fixed:
        last -= 1
    if first == len(items) and first > 0:  # only standing items: before the last
        return len(items) - 1, len(items) - 1
    return first, last


def move_to_place(item: AgendaItem, place: int, *, by: audit.Doer | None) -> int:
    """Put `item` at a place counted from 1. As `move`."""
    others = [one for one in _siblings(item.meeting, item.parent) if one is not item]
    place = min(max(place, 1), len(others) + 1)
    return move(item, after=others[place - 2] if place > 1 else None, by=by)


def remove_item(item: AgendaItem, *, by: audit.Doer | None) -> None:
    """Take an item off the agenda; its case goes back to the queue and keeps its number.

    :raises RuleBroken: once the meeting is called (what was sent stands), for a standing item, or for one with sub-items
    """
    if item.meeting.state not in (MeetingState.PLANNED, MeetingState.AGENDA_FIXED) and not item.is_late:
        raise RuleBroken(_("The list has been sent, so the item stands. The meeting can postpone it."))
    if item.children:
        raise RuleBroken(_("Take its sub-items off first."))
    meeting, parent = item.meeting, item.parent
    if item.case is not None:
        case_commands.mark_off_agenda(item.case)
    audit.record("agenda.remove", meeting, by=by, case=item.case_id)
    others = [one for one in _siblings(meeting, parent) if one is not item]
    db.session.delete(item)
    _renumber(others)


def fix_agenda(meeting: Meeting, *, by: audit.Doer | None) -> list[CaseNumber]:
    """Fix the agenda: each case gets its number, gap-free in the order of the list. Order may still change, numbers not.

    :return: the numbers given now, in order
    :raises RuleBroken: while there are faults (`queries.faults`), or when it is fixed already
    :source: kommuneloven § 11-3
    """
    items = queries.items_of(meeting)
    found = queries.faults(meeting, items)
    if found:
        raise RuleBroken(" ".join(fault.text for fault in found))
    meeting_commands.mark_fixed(meeting)
    given = _give_numbers(meeting, queries.flat(items))
    audit.record("agenda.fix", meeting, by=by, numbers=[number.text for number in given])
    return given


def _give_numbers(meeting: Meeting, items: Sequence[AgendaItem]) -> list[CaseNumber]:
    body, year = meeting.body, clock.local(meeting.starts_at).year
    keeps, given = queries.keeps_number(meeting), []
    for item in items:
        if not queries.is_numbered(item) or item.case is None:
            continue
        old = queries.number_of(item.case, body)
        if old is not None and (keeps or old.meeting_id == meeting.id):
            continue
        number = next_number(queries.series_key(body, year))
        row = CaseNumber(
            case=item.case,
            body=body,
            series=body.series,
            year=year,
            number=number,
            text=queries.written(body, year, number),
            given_at=clock.now(),
            meeting_id=meeting.id,
        )
        db.session.add(row)
        given.append(row)
    db.session.flush()  # the log and the page name them
    return given


def reopen_agenda(meeting: Meeting, *, by: audit.Doer | None) -> None:
    """Make the agenda a draft again while nobody has been called. Numbers that were given stay with their cases."""
    meeting_commands.reopen_agenda(meeting)
    audit.record("agenda.reopen", meeting, by=by)

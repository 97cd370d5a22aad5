"""The verbs of an agenda: add, move by intent, change, take off, fix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _

from meetingapp.agendas import queries
from meetingapp.agendas.models import AgendaItem, CaseNumber, FormalNumber, ItemKind
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case
from meetingapp.core import audit, clock
from meetingapp.core.database import db, next_number
from meetingapp.core.forms import RuleBroken
from meetingapp.core.i18n.languages import speaking
from meetingapp.council.models import Council
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingState

BEFORE_CALL = meeting_commands.BEFORE_CALL
OPEN = (*BEFORE_CALL, MeetingState.CALLED, MeetingState.IN_SESSION, MeetingState.ADJOURNED)
LONGEST_ITEM = 600  # minutes


def plan(council: Council, *, by: audit.Doer | None, **given: Any) -> Meeting:
    """Plan a meeting with its standing items. Takes and raises what `meetings.commands.plan_meeting` does."""
    meeting = meeting_commands.plan_meeting(council, by=by, **given)
    standing_items(meeting)
    db.session.flush()  # the page's address needs the id
    return meeting


def edit(meeting: Meeting, *, by: audit.Doer | None, **given: Any) -> None:
    """Change a meeting, and see that a fixed agenda still holds. Takes and raises what `meetings.commands.edit_meeting` does.

    :raises RuleBroken: also when a case on the fixed agenda cannot be dealt with on screen
    """
    meeting_commands.edit_meeting(meeting, by=by, **given)
    if meeting.state is MeetingState.AGENDA_FIXED and (found := queries.agenda_faults(meeting)):
        raise RuleBroken(" ".join(fault.text for fault in found), field="form")


def standing_items(meeting: Meeting) -> None:
    """What every meeting begins and ends with, in the body's language: approval of call and agenda, follow-up since last time; other
    matters.
    """
    with speaking(meeting.body.language):
        given = [
            (ItemKind.FORMAL, _("Approval of the call and the agenda"), 5),
            (ItemKind.FOLLOW_UP, _("Follow-up since last time"), 20),
            (ItemKind.PROGRAMME, _("Other matters"), 10),
        ]
    db.session.add_all(
        AgendaItem(
            meeting=meeting, position=position, kind=kind, title=title, minutes=minutes, is_fixed=True, added_at=clock.now(), children=[]
        )
        for position, (kind, title, minutes) in enumerate(given)
    )


def _lock(meeting: Meeting) -> None:
    """Let one at a time change this agenda, and see what the one before did. SQLite's write lock has done so already.

    :raises RuleBroken: when the meeting is over or cancelled
    """
    db.session.flush()
    db.session.refresh(meeting, ["state"], with_for_update=True)
    if meeting.state not in OPEN:
        raise RuleBroken(_("The meeting is over or cancelled, so its agenda stands."))


def _renumber(items: Sequence[AgendaItem]) -> None:
    for position, item in enumerate(items):
        if item.position != position:
            item.position = position


def _room(items: Sequence[AgendaItem]) -> tuple[int, int]:
    """The first and last place for an item that moves: after the standing items that begin the meeting, before those that end it."""
    first, last = 0, len(items)
    while first < len(items) and items[first].is_fixed and items[first].kind is not ItemKind.PROGRAMME:
        first += 1
    while last > first and items[last - 1].is_fixed:
        last -= 1
    return first, last


def add_cases(meeting: Meeting, cases: Sequence[Case], *, by: audit.Doer | None) -> list[AgendaItem]:
    """Put cases from the queue on the agenda, in this order, before the standing items that end it.

    Once the agenda is fixed each gets its number at once; once the meeting is called it is marked as not on the list that was sent.

    :raises RuleBroken: none chosen, a case of another council, one that is not ready or has been on this agenda, one that a fixed agenda
        cannot hold, or the meeting is over
    """
    _lock(meeting)
    if not cases:
        raise RuleBroken(_("Choose at least one case."), field="case")
    items = queries.same_level(meeting.id, None)
    new = []
    for case in cases:
        if case.council_id != meeting.council_id:
            raise RuleBroken(_("This case belongs to another council."), field="case")
        if any(one.meeting_id == meeting.id for one in queries.items_of_case(case)):
            raise RuleBroken(_("«%(title)s» is on this agenda already.", title=case.public_title or case.title), field="case")
        if meeting.state is not MeetingState.PLANNED and (found := queries.case_faults(meeting, case)):
            raise RuleBroken(" ".join(fault.text for fault in found), field="case")
        case_commands.mark_on_agenda(case)
        new.append(_new(meeting, kind=ItemKind.CASE, case=case, minutes=min(case.minutes_needed, LONGEST_ITEM)))
    db.session.add_all(new)
    place = _room(items)[1]
    _renumber([*items[:place], *new, *items[place:]])
    db.session.flush()  # numbers point to the cases
    if meeting.state is not MeetingState.PLANNED:
        _give_numbers(meeting, new)
    audit.record("agenda.add", meeting, by=by, cases=[case.id for case in cases])
    return new


def _new(meeting: Meeting, **given: Any) -> AgendaItem:
    return AgendaItem(
        meeting=meeting,
        position=0,
        is_late=meeting.state not in BEFORE_CALL,
        added_at=clock.now(),
        children=[],
        formal_number=None,
        **given,
    )


def add_item(
    meeting: Meeting,
    *,
    kind: ItemKind,
    title: str,
    minutes: int,
    by: audit.Doer | None,
    speakers: str = "",
    parent: AgendaItem | None = None,
) -> AgendaItem:
    """Add a programme item, a break or a formal item before the standing items that end the meeting; with `parent`, as its last sub-item.

    :raises RuleBroken: no title, a length outside 0–600 minutes, a case (they come by `add_cases`), a sub-item of a sub-item, of a break
        or of another meeting, or the meeting is over
    """
    _lock(meeting)
    if kind is ItemKind.CASE:
        raise RuleBroken(_("Cases come on the agenda from the queue."), field="kind")
    if parent is not None and parent.meeting_id != meeting.id:
        raise RuleBroken(_("The item it was to stand under is not on this agenda."))
    if parent is not None and (parent.parent_id is not None or parent.kind is ItemKind.BREAK):
        raise RuleBroken(_("A sub-item or a break cannot have sub-items."))
    _check_text(title, minutes)
    items = queries.same_level(meeting.id, parent.id if parent is not None else None)
    item = _new(meeting, parent=parent, kind=kind, title=_one_line(title), speakers=_one_line(speakers), minutes=minutes)
    db.session.add(item)
    place = _room(items)[1]
    _renumber([*items[:place], item, *items[place:]])
    db.session.flush()  # pages link to it
    if meeting.state is not MeetingState.PLANNED:
        _give_numbers(meeting, [item])
    audit.record("agenda.add", meeting, by=by, item=item.id)
    return item


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check_text(title: str, minutes: int) -> None:
    if not title.strip():
        raise RuleBroken(_("Write a title."), field="title")
    if not 0 <= minutes <= LONGEST_ITEM:
        raise RuleBroken(_("Write a number of minutes, 0 to 600."), field="minutes")


def edit_item(item: AgendaItem, *, by: audit.Doer | None, minutes: int, title: str = "", speakers: str = "") -> None:
    """Change how long an item takes, who speaks, and (where it is no case) what it is called.

    :raises RuleBroken: a length outside 0–600 minutes, no title, a new title of something on the list that was sent, or the meeting is over
    """
    _lock(item.meeting)
    if item.case_id is None:
        _check_text(title, minutes)
        title = _one_line(title)
        if title != item.title and item.meeting.state not in BEFORE_CALL and not item.is_late:
            raise RuleBroken(_("The list has been sent, so what stands on it keeps its title."), field="title")
        item.title = title
    else:
        _check_text(item.case.title if item.case else "", minutes)
    item.minutes, item.speakers = minutes, _one_line(speakers)
    audit.record("agenda.edit", item.meeting, by=by, item=item.id)


def move(item: AgendaItem, *, after: AgendaItem | None, by: audit.Doer | None) -> int:
    """Put `item` after `after` (None: first) among the items of the same parent. Returns its place, from 1.

    An intent, applied to the order as it is under the lock: two people who move at once lose nothing. Standing items keep their places,
    so an item goes as near to what was asked as they let it.

    :raises RuleBroken: a standing item, `after` is not among the items of the same parent, or the meeting is over
    """
    _lock(item.meeting)
    if item.is_fixed:
        raise RuleBroken(_("A standing item keeps its place."))
    others = [one for one in queries.siblings_of(item) if one is not item]
    if after is not None and after not in others:
        raise RuleBroken(
            _("The item it was to come after is not there any more."), next_step=_("Look at the order as it is now, and move it again.")
        )
    return _put(item, others, others.index(after) + 1 if after is not None else 0, by=by)


def move_to_place(item: AgendaItem, place: int, *, by: audit.Doer | None) -> int:
    """Put `item` at a place counted from 1 among the items of the same parent; past the end means last. As `move`."""
    _lock(item.meeting)
    if item.is_fixed:
        raise RuleBroken(_("A standing item keeps its place."))
    others = [one for one in queries.siblings_of(item) if one is not item]
    return _put(item, others, place - 1, by=by)


def _put(item: AgendaItem, others: list[AgendaItem], index: int, *, by: audit.Doer | None) -> int:
    first, last = _room(others)
    index = min(max(index, first), last)
    before = item.position
    _renumber([*others[:index], item, *others[index:]])
    db.session.flush()
    if index != before:
        audit.record("agenda.move", item.meeting, by=by, item=item.id, place=index + 1)
    return index + 1


def remove_item(item: AgendaItem, *, by: audit.Doer | None) -> None:
    """Take an item off the agenda; its case goes back to the queue and keeps its number.

    :raises RuleBroken: once the meeting is called (what was sent stands), or has begun; for an item with sub-items, or a formal item that
        has a number
    """
    meeting = item.meeting
    _lock(meeting)
    if meeting.state not in BEFORE_CALL and not item.is_late:
        raise RuleBroken(_("The list has been sent, so the item stands."), next_step=_("The meeting itself can postpone it."))
    if meeting.state in (MeetingState.IN_SESSION, MeetingState.ADJOURNED):
        raise RuleBroken(_("The meeting has begun, so the item stands."), next_step=_("The meeting itself can postpone it."))
    if queries.same_level(meeting.id, item.id):
        raise RuleBroken(_("Take its sub-items off first."))
    if item.formal_number is not None:
        raise RuleBroken(_("The item has the number %(number)s, so it stands.", number=item.formal_number.text))
    if item.case is not None:
        case_commands.mark_off_agenda(item.case)
    audit.record("agenda.remove", meeting, by=by, case=item.case_id)
    others = [one for one in queries.siblings_of(item) if one is not item]
    db.session.delete(item)
    _renumber(others)
    db.session.flush()


def fix_agenda(meeting: Meeting, *, by: audit.Doer | None) -> list[CaseNumber]:
    """Fix the agenda: each case gets its number, gap-free in the order of the list; formal items too, where the body numbers them.

    Order may still change, numbers not.

    :return: the numbers that cases got now, in order
    :raises RuleBroken: while there are faults (`queries.agenda_faults`), or unless the meeting is planned
    :source: kommuneloven § 11-3
    """
    _lock(meeting)
    items = queries.items_of(meeting)
    found = queries.agenda_faults(meeting, items)
    if found:
        raise RuleBroken(" ".join(fault.text for fault in found))
    meeting_commands.mark_fixed(meeting)
    given = _give_numbers(meeting, items)
    audit.record("agenda.fix", meeting, by=by, numbers=[number.text for number in given])
    return [number for number in given if isinstance(number, CaseNumber)]


def _give_numbers(meeting: Meeting, items: Sequence[AgendaItem]) -> list[CaseNumber | FormalNumber]:
    body, year = meeting.body, queries.meeting_day(meeting).year
    given: list[CaseNumber | FormalNumber] = []
    for item in queries.without_number(meeting, items):
        number = next_number(queries.series_key(body, year))
        facts = {
            "body_id": body.id,
            "series": body.series,
            "year": year,
            "number": number,
            "text": queries.written(body, year, number),
            "given_at": clock.now(),
        }
        if item.case is not None:
            given.append(CaseNumber(case=item.case, meeting_id=meeting.id, **facts))
        else:
            given.append(FormalNumber(item=item, **facts))
        db.session.add(given[-1])
    db.session.flush()  # the log and the page name them
    return given


def reopen_agenda(meeting: Meeting, *, by: audit.Doer | None) -> None:
    """Make the agenda a draft again while nobody has been called. Numbers that were given stay with their cases.

    :raises RuleBroken: unless the agenda is fixed and nobody has been called
    """
    _lock(meeting)
    meeting_commands.reopen_agenda(meeting)
    audit.record("agenda.reopen", meeting, by=by)

"""The verbs of one item: add, move by intent, change, take off."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from meetingapp.agendas import placement, queries
from meetingapp.agendas.commands.fixing import give_numbers
from meetingapp.agendas.commands.order import BEFORE_CALL, LONGEST_ITEM, before, check_not_over, new_item, note, renumber, room
from meetingapp.agendas.models import AgendaChange, AgendaItem, ChangeKind, ItemKind
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case
from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken, check_version
from meetingapp.meetings.models import Meeting, MeetingState


def add_cases(meeting: Meeting, cases: Sequence[Case], *, by: audit.Doer | None) -> list[AgendaItem]:
    """Put cases from the queue on the agenda: each where the body's rule of order says; without a rule in the order given, before the
    standing items that end it. What stands there already keeps its order.

    Once the agenda is fixed each gets its number at once; once the meeting is called it is marked as not on the list that was sent.

    :raises RuleBroken: none chosen, a case of another council, one that is not ready or has been on this agenda, one that a fixed agenda
        cannot hold, or the meeting is over
    """
    check_not_over(meeting)
    if not cases:
        raise RuleBroken(_("Choose at least one case."), field="case")
    items, criteria = queries.same_level(meeting.id, None), queries.criteria_of(meeting)
    new = []
    for case in cases:
        _check_case(meeting, case)
        case_commands.mark_on_agenda(case)
        item = new_item(meeting, kind=ItemKind.CASE, case=case, minutes=min(case.minutes_needed, LONGEST_ITEM))
        first, last = room(items)
        place = placement.place_for(case, items, criteria)
        items.insert(min(max(place if place is not None else last, first), last), item)
        new.append(item)
    db.session.add_all(new)
    renumber(items)
    db.session.flush()  # numbers point to the cases
    if meeting.state is not MeetingState.PLANNED:
        give_numbers(meeting, new)
    audit.record("agenda.add", meeting, by=by, cases=[case.id for case in cases])
    note(ChangeKind.ADD, meeting, by=by, item=new[0] if len(new) == 1 else None, items=[item.id for item in new])
    return new


def _check_case(meeting: Meeting, case: Case) -> None:
    if case.council_id != meeting.council_id:
        raise RuleBroken(_("This case belongs to another council."), field="case")
    if any(one.meeting_id == meeting.id for one in queries.items_of_case(case)):
        raise RuleBroken(_("«%(title)s» is on this agenda already.", title=case.public_title or case.title), field="case")
    if meeting.state is not MeetingState.PLANNED and (found := queries.case_faults(meeting, case)):
        raise RuleBroken(" ".join(fault.text for fault in found), field="case")


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
    check_not_over(meeting)
    if kind is ItemKind.CASE:
        raise RuleBroken(_("Cases come on the agenda from the queue."), field="kind")
    if parent is not None:
        _check_parent(meeting, parent)
    _check_text(title, minutes)
    items = queries.same_level(meeting.id, parent.id if parent is not None else None)
    item = new_item(meeting, parent=parent, kind=kind, title=_one_line(title), speakers=_one_line(speakers), minutes=minutes)
    db.session.add(item)
    items.insert(room(items)[1], item)
    renumber(items)
    db.session.flush()  # pages link to it
    if meeting.state is not MeetingState.PLANNED:
        give_numbers(meeting, [item])
    audit.record("agenda.add", meeting, by=by, item=item.id)
    note(ChangeKind.ADD, meeting, by=by, item=item, items=[item.id])
    return item


def _check_parent(meeting: Meeting, parent: AgendaItem) -> None:
    if parent.meeting_id != meeting.id:
        raise RuleBroken(_("The item it was to stand under is not on this agenda."))
    if parent.parent_id is not None or parent.kind is ItemKind.BREAK:
        raise RuleBroken(_("A sub-item or a break cannot have sub-items."))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check_text(title: str, minutes: int) -> None:
    if not title.strip():
        raise RuleBroken(_("Write a title."), field="title")
    if not 0 <= minutes <= LONGEST_ITEM:
        raise RuleBroken(_("Write a number of minutes, 0 to 600."), field="minutes")


def edit_item(
    item: AgendaItem, *, by: audit.Doer | None, minutes: int, title: str = "", speakers: str = "", seen_version: int | None = None
) -> None:
    """Change how long an item takes, who speaks, and (where it is no case) what it is called.

    :param seen_version: the version of the item's text that the page was made from; None where nothing was shown beforehand
    :raises RuleBroken: a length outside 0–600 minutes, no title, a new title of something on the list that was sent, or the meeting is over
    :raises Stale: when someone has changed it since
    """
    check_not_over(item.meeting)
    title, speakers = _one_line(title) if item.case_id is None else item.title, _one_line(speakers)
    if seen_version is not None:
        typed = queries.text_of(title, speakers, minutes)
        check_version(item.version, seen_version, now=queries.text_of(item.title, item.speakers, item.minutes), typed=typed)
    if item.case_id is None:
        _check_text(title, minutes)
        if title != item.title and item.meeting.state not in BEFORE_CALL and not item.is_late:
            raise RuleBroken(_("The list has been sent, so what stands on it keeps its title."), field="title")
    else:
        _check_text(item.case.title if item.case else "", minutes)
    was = {"title": item.title, "speakers": item.speakers, "minutes": item.minutes}
    item.title, item.speakers, item.minutes = title, speakers, minutes
    now = {"title": item.title, "speakers": item.speakers, "minutes": item.minutes}
    if now == was:
        return
    item.version += 1
    audit.record("agenda.edit", item.meeting, by=by, item=item.id)
    note(ChangeKind.EDIT, item.meeting, by=by, item=item, was=was, now=now)


def move(item: AgendaItem, *, after: AgendaItem | None, by: audit.Doer | None) -> int:
    """Put `item` after `after` (None: first) among the items of the same parent. Returns its place, from 1.

    An intent, applied to the order as it is under the lock: two people who move at once lose nothing. Standing items keep their places,
    so an item goes as near to what was asked as they let it.

    :raises RuleBroken: a standing item, `after` is not among the items of the same parent, or the meeting is over
    """
    _check_movable(item)
    others = [one for one in queries.siblings_of(item) if one is not item]
    if after is not None and after not in others:
        raise RuleBroken(
            _("The item it was to come after is not there any more."), next_step=_("Look at the order as it is now, and move it again.")
        )
    return _put(item, item.parent, others, others.index(after) + 1 if after is not None else 0, by=by)


def move_to_place(item: AgendaItem, place: int, *, by: audit.Doer | None) -> int:
    """Put `item` at a place counted from 1 among the items of the same parent; past the end means last. As `move`."""
    return move_under(item, item.parent, place, by=by)


def move_under(item: AgendaItem, parent: AgendaItem | None, place: int, *, by: audit.Doer | None) -> int:
    """Put `item` at a place counted from 1 among the sub-items of `parent`; None: among the items of the meeting. As `move`.

    What has sub-items takes them along, and so cannot become a sub-item itself.

    :raises RuleBroken: also for a sub-item of itself, of a sub-item, of a break or of another meeting
    """
    _check_movable(item)
    if parent is not None and parent is not item.parent:
        if parent is item or queries.same_level(item.meeting_id, item.id):
            raise RuleBroken(_("An item with sub-items cannot be a sub-item itself."))
        _check_parent(item.meeting, parent)
    level = queries.same_level(item.meeting_id, parent.id if parent is not None else None)
    return _put(item, parent, [one for one in level if one is not item], place - 1, by=by)


def _check_movable(item: AgendaItem) -> None:
    check_not_over(item.meeting)
    if item.is_fixed:
        raise RuleBroken(_("A standing item keeps its place."))


def _put(item: AgendaItem, parent: AgendaItem | None, others: list[AgendaItem], index: int, *, by: audit.Doer | None) -> int:
    first, last = room(others)
    index = min(max(index, first), last)
    level = queries.siblings_of(item)
    if parent is item.parent and level.index(item) == index:
        return index + 1
    note(ChangeKind.MOVE, item.meeting, by=by, item=item, after=before(item, level), under=item.parent_id, by_hand=item.by_hand)
    if parent is not item.parent:
        item.parent = parent
        renumber([one for one in level if one is not item])
    renumber([*others[:index], item, *others[index:]])
    item.by_hand = True
    db.session.flush()
    audit.record("agenda.move", item.meeting, by=by, item=item.id, place=index + 1)
    return index + 1


def place_by_rule(item: AgendaItem, *, by: audit.Doer | None) -> int:
    """Put a case that was moved by hand back where the body's rule of order says. Returns its place, from 1.

    :raises RuleBroken: for what is no case, where the body has no rule, or the meeting is over
    """
    _check_movable(item)
    criteria = queries.criteria_of(item.meeting)
    if item.case is None or not criteria:
        raise RuleBroken(_("This body has no rule of order for such an item."))
    others = [one for one in queries.same_level(item.meeting_id, None) if one is not item]
    place = placement.place_for(item.case, others, criteria)
    put = _put(item, None, others, place if place is not None else len(others), by=by)
    item.by_hand = False
    return put


def remove_item(item: AgendaItem, *, by: audit.Doer | None) -> AgendaChange:
    """Take an item off the agenda; its case goes back to the queue and keeps its number. Returns what it takes to undo it.

    :raises RuleBroken: once the meeting is called (what was sent stands), or has begun; for an item with sub-items, or a formal item that
        has a number
    """
    meeting = item.meeting
    check_not_over(meeting)
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
    level = queries.siblings_of(item)
    kept = {name: getattr(item, name) for name in ("title", "speakers", "minutes", "is_fixed", "by_hand", "approves_id")}
    change = note(
        ChangeKind.REMOVE,
        meeting,
        by=by,
        item=item,
        after=before(item, level),
        under=item.parent_id,
        item_kind=item.kind.value,
        kept=kept,
    )
    audit.record("agenda.remove", meeting, by=by, case=item.case_id)
    others = [one for one in level if one is not item]
    db.session.delete(item)
    renumber(others)
    db.session.flush()
    return change

"""Planning meetings with their standing items; how the agendas of a body begin, end and are ordered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.agendas import queries, standing
from meetingapp.agendas.commands.order import LONGEST_ITEM, check_not_over, new_item, note, renumber
from meetingapp.agendas.models import AgendaItem, AgendaSetup, ChangeKind, ItemKind
from meetingapp.agendas.placement import CRITERIA
from meetingapp.agendas.standing import Standing
from meetingapp.core import audit, outbox
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.council.models import Body, Council
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingState

KINDS = {standing.MINUTES: ItemKind.FORMAL, standing.CALL: ItemKind.FORMAL, standing.FOLLOW_UP: ItemKind.FOLLOW_UP}


def plan(council: Council, *, by: audit.Doer | None, **given: Any) -> Meeting:
    """Plan a meeting with its standing items; a public meeting plan tells of it. Takes and raises what `meetings.commands.plan_meeting`
    does.
    """
    meeting = _planned(council, by=by, **given)
    _tell(council, by=by, renew=True)
    return meeting


def _planned(council: Council, *, by: audit.Doer | None, **given: Any) -> Meeting:
    meeting = meeting_commands.plan_meeting(council, by=by, **given)
    standing_items(meeting)
    db.session.flush()  # the page's address needs the id
    return meeting


def _tell(council: Council, *, by: audit.Doer | None, renew: bool) -> None:
    """Let the public meeting plan be made anew; with `renew`, only where there is one."""
    asked_by = by.person_id if by is not None else None
    outbox.post("publish-plan", about=council.id, details={"asked_by": asked_by, "renew": renew})


def plan_many(council: Council, times: Sequence[tuple[Any, Any]], *, by: audit.Doer | None, **given: Any) -> list[Meeting]:
    """Plan a meeting for each of `times`, nearest first, all or none, and let the public meeting plan tell of them.

    Takes and raises what `meetings.commands.plan_meeting` does.

    :param times: start and end of each, aware
    :raises RuleBroken: also when there is none
    """
    if not times:
        raise RuleBroken(_("Choose at least one day."), field="day")
    made = [_planned(council, starts_at=starts, ends_at=ends, by=by, **given) for starts, ends in sorted(times)]
    _tell(council, by=by, renew=False)
    return made


def edit(meeting: Meeting, *, by: audit.Doer | None, **given: Any) -> None:
    """Change a meeting, and see that a fixed agenda still holds. Takes and raises what `meetings.commands.edit_meeting` does.

    :raises RuleBroken: also when a case on the fixed agenda cannot be dealt with on screen
    """
    meeting_commands.edit_meeting(meeting, by=by, **given)
    if meeting.state is MeetingState.AGENDA_FIXED and (found := queries.agenda_faults(meeting)):
        raise RuleBroken(" ".join(fault.text for fault in found), field="form")
    _tell(meeting.council, by=by, renew=True)


def standing_items(meeting: Meeting) -> None:
    """What every meeting of the body begins and ends with, in the body's language and as the body has set it for that day.

    Minutes that are locked and that no meeting has taken up come along, taken from a later draft where one had them.
    """
    with speaking(meeting.body.language):
        made = []
        for one in queries.standing_of(meeting):
            if one.kind == standing.MINUTES:
                made += [_approval(meeting, recorded, one) for recorded in _to_approve(meeting)]
            else:
                made.append(_standing_item(meeting, one))
    db.session.add_all(made)
    renumber(made)


def _standing_item(meeting: Meeting, one: Standing) -> AgendaItem:
    words = {standing.CALL: _("Approval of the call and the agenda"), standing.FOLLOW_UP: _("Follow-up since last time")}
    kind = ItemKind.PROGRAMME if one.is_last else KINDS.get(one.kind, ItemKind.FORMAL)
    title = one.title or words.get(one.kind) or _("Other matters")
    return new_item(meeting, kind=kind, title=title, minutes=one.minutes, is_fixed=True)


def _approval(meeting: Meeting, recorded: Meeting, one: Standing) -> AgendaItem:
    title = one.title or _("Approval of the minutes of %(day)s", day=dates.full_date(recorded.starts_at, language=meeting.body.language))
    return new_item(meeting, kind=ItemKind.FORMAL, title=title, minutes=one.minutes, is_fixed=True, approves=recorded)


def _to_approve(meeting: Meeting) -> list[Meeting]:
    """The recorded meetings whose minutes `meeting` takes up. A draft further ahead that had them gives them up."""
    found = []
    for recorded in queries.recorded_before(meeting):
        item = queries.approval_of(recorded)
        if item is None:
            found.append(recorded)
        elif item.meeting.state is MeetingState.PLANNED and item.meeting.starts_at > meeting.starts_at and not item.children:
            others = [one for one in queries.siblings_of(item) if one is not item]
            db.session.delete(item)
            renumber(others)
            db.session.flush()
            found.append(recorded)
    return found


def take_up_minutes(recorded: Meeting, *, by: audit.Doer | None) -> AgendaItem | None:
    """The minutes of `recorded` are locked: let the body's next meeting that is not called yet approve them.

    None when a meeting takes them up already, none is planned (the next one that is gets them), or the body does not want such an item.
    """
    if queries.approval_of(recorded) is not None:
        return None
    meeting = queries.next_before_call(recorded)
    if meeting is None:
        return None
    check_not_over(meeting)
    begins = [one for one in queries.standing_of(meeting) if not one.is_last]
    place = next((index for index, one in enumerate(begins) if one.kind == standing.MINUTES), None)
    if place is None:
        return None
    with speaking(meeting.body.language):
        item = _approval(meeting, recorded, begins[place])
    items = queries.same_level(meeting.id, None)
    fixed = next((index for index, one in enumerate(items) if not one.is_fixed or one.kind is ItemKind.PROGRAMME), len(items))
    items.insert(min(place, fixed), item)
    db.session.add(item)
    renumber(items)
    db.session.flush()  # the log points to it
    audit.record("agenda.add", meeting, by=by, item=item.id)
    note(ChangeKind.ADD, meeting, by=None, item=item, items=[item.id])
    return item


def set_up(
    body: Body, *, begins: Sequence[Standing], criteria: Sequence[str], valid_from: date, by: audit.Doer | None, source: str = ""
) -> AgendaSetup:
    """Say how the agendas of `body` begin, end and are ordered from a day on. Agendas that are made already stay as they are.

    :param begins: the standing items in order, those that end the meeting last
    :param criteria: keys of `placement.CRITERIA`, the weightiest first; none: cases stand as they come
    :raises RuleBroken: an unknown criterion or one named twice, an own item without a title, a length outside 0–600 minutes
    """
    if len(set(criteria)) != len(criteria) or not set(criteria) <= set(CRITERIA):
        raise RuleBroken(_("Choose each criterion once."), field="first")
    for one in begins:
        if one.kind not in standing.FIRST or not 0 <= one.minutes <= LONGEST_ITEM:
            raise RuleBroken(_("Write a number of minutes, 0 to 600."))
        if one.kind == standing.OWN and not one.title.strip() and not one.is_last:
            raise RuleBroken(_("Write what the item is called."))
    ends = None
    for old in db.session.scalars(select(AgendaSetup).where(AgendaSetup.body_id == body.id).order_by(AgendaSetup.valid_from)):
        if old.valid_from == valid_from:
            db.session.delete(old)
        elif old.valid_from > valid_from:
            ends = ends or old.valid_from - timedelta(days=1)
        elif old.valid_to is None or old.valid_to >= valid_from:
            old.valid_to = valid_from - timedelta(days=1)
    db.session.flush()  # the day may have been taken
    setup = AgendaSetup(
        body_id=body.id,
        standing=[one.as_json() for one in begins],
        criteria=list(criteria),
        valid_from=valid_from,
        valid_to=ends,
        source=" ".join(source.split()),
    )
    db.session.add(setup)
    audit.record("agenda.set_up", setup, by=by, body=body.id)
    return setup

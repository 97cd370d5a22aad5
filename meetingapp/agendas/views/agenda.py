"""The agenda page: the list with its times, the queue beside it, and fixing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import flash, render_template
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.agendas import commands, queries, words
from meetingapp.agendas.forms import QueueForm
from meetingapp.agendas.models import AgendaItem
from meetingapp.agendas.views.blueprint import back, bp
from meetingapp.cases import queries as case_queries
from meetingapp.cases import words as case_words
from meetingapp.cases.models import Case
from meetingapp.core import policy
from meetingapp.core.forms import Form, OneButtonForm
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.meetings.views import find

CONFLICT = 409  # a rule said no to a button; the page shows how things are now


@bp.get("/kontor/moter/<int:meeting_id>")
def show(meeting_id: int) -> Any:
    return page(find(meeting_id))


def page(meeting: Meeting, form: Form | None = None, item: AgendaItem | None = None) -> str:
    """The agenda as it is now, for whoever is signed in.

    :param form: one that was refused, to show with its message
    :param item: the item whose row the form stands in
    """
    may_edit = policy.allows(current_user, "agenda.edit", meeting) and meeting.state in commands.OPEN
    may_fix = policy.allows(current_user, "agenda.fix", meeting)
    items = queries.items_of(meeting)
    ends, is_draft = queries.planned_end(meeting, items), meeting.state is MeetingState.PLANNED
    faults = queries.agenda_faults(meeting, items) if is_draft and may_fix else []
    queue = case_queries.ready_queue(meeting.council_id) if may_edit else []
    notice = queries.notice_today(meeting) if may_edit and meeting.state in commands.BEFORE_CALL else None
    return render_template(
        "agendas/show.html",
        meeting=meeting,
        part_name="agenda",
        shut=ngettext("%(num)d thing stands in the way", "%(num)d things stand in the way", len(faults)) if faults else "",
        form=form,
        form_item=item.id if item is not None else None,
        lines=queries.timetable(meeting, items),
        levels=_levels(items),
        ends_at=ends,
        bar=words.time_bar(meeting, items),
        time_left=words.time_left(int((meeting.ends_at - ends).total_seconds() // 60)),
        numbers=queries.number_texts(meeting, items),
        coming=queries.coming_numbers(meeting, items) if is_draft else {},
        warnings=queries.warnings(items) if may_edit else {},
        faults=faults,
        notice=notice if notice is not None and notice.is_short else None,
        titles=_titles(items),
        kinds=case_words.KINDS,
        case_states=case_words.STATES,
        queue=[(case, ends + timedelta(minutes=case.minutes_needed)) for case in queue],
        unready=_unready(meeting) if may_edit else [],
        may_edit=may_edit,
        may_fix=may_fix,
    )


def _levels(items: Sequence[AgendaItem]) -> dict[int, list[AgendaItem]]:
    """Item id → all items of the same parent, in order: what "up" and "down" are relative to."""
    found = {item.id: list(items) for item in items}
    for item in items:
        found |= {child.id: list(item.children) for child in item.children}
    return found


def _titles(items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → its title as whoever is signed in may see it."""
    lines = queries.flat(items)
    of_cases = case_queries.shown_titles(current_user, [item.case for item in lines if item.case is not None])
    return {item.id: of_cases[item.case_id] if item.case_id is not None else item.title for item in lines}


def _unready(meeting: Meeting) -> list[Case]:
    """What may come on a later agenda: cases in work, and proposals nobody has answered."""
    return [*case_queries.unready(meeting.council_id), *case_queries.proposals(meeting.council_id)]


@bp.post("/kontor/moter/<int:meeting_id>/saker")
def add_cases(meeting_id: int) -> Any:
    meeting = find(meeting_id, "agenda.edit")
    queue = case_queries.ready_queue(meeting.council_id)
    form = QueueForm()
    form.offer(queue)
    if form.validate_on_submit():
        with form.rules():
            new = commands.add_cases(meeting, [case for case in queue if case.id in (form.case.data or [])], by=current_user)
    if form.is_done:
        flash(ngettext("%(num)d case is put on the agenda.", "%(num)d cases are put on the agenda.", len(new)))
        return back(meeting_id)
    return page(meeting, form), form.status


@bp.post("/kontor/moter/<int:meeting_id>/fastsett")
def fix(meeting_id: int) -> Any:
    meeting = find(meeting_id, "agenda.fix")
    form = OneButtonForm()
    if form.validate_on_submit():
        with form.rules():
            given = commands.fix_agenda(meeting, by=current_user)
    if form.is_done:
        said = ", ".join(number.text for number in given)
        flash(_("The agenda is fixed. Numbers given: %(numbers)s. Next: the call.", numbers=said) if given else _("The agenda is fixed."))
        return back(meeting_id)
    return page(meeting, form), CONFLICT


@bp.post("/kontor/moter/<int:meeting_id>/gjenapne")
def reopen(meeting_id: int) -> Any:
    meeting = find(meeting_id, "agenda.fix")
    form = OneButtonForm()
    if form.validate_on_submit():
        with form.rules():
            commands.reopen_agenda(meeting, by=current_user)
    if form.is_done:
        flash(_("The agenda is a draft again. Numbers that were given stay."))
        return back(meeting_id)
    return page(meeting, form), CONFLICT

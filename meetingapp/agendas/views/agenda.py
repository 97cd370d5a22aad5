"""The agenda page: the list with its times, the queue beside it, and fixing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import flash, render_template, request
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.agendas import commands, placement, queries, words
from meetingapp.agendas.forms import QueueForm, whole_number
from meetingapp.agendas.models import AgendaChange, AgendaItem
from meetingapp.agendas.views.blueprint import back, bp, shown_title
from meetingapp.cases import queries as case_queries
from meetingapp.cases import words as case_words
from meetingapp.core import policy
from meetingapp.core.forms import Form, OneButtonForm, RuleBroken
from meetingapp.council import queries as council_queries
from meetingapp.council.office import number_asked
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.meetings.views import find

NOTHING = 204  # there is no news
CONFLICT = 409  # a rule said no to a button; the page shows how things are now


@bp.get("/kontor/moter/<int:meeting_id>/saksliste")
def show(meeting_id: int) -> Any:
    return page(find(meeting_id), seen=number_asked("sett"))


@bp.get("/kontor/moter/<int:meeting_id>/nytt")
def news(meeting_id: int) -> Any:
    """The agenda again, when it has changed since `?sett=`; else nothing. What an open page asks every few seconds."""
    if not current_user.is_authenticated:
        return "", 401  # as it is, not as a way to sign in: the page that asks leaves its list alone
    meeting = find(meeting_id, "agenda.edit")
    seen = number_asked("sett") or 0
    return ("", NOTHING) if queries.version_of(meeting) == seen else page(meeting, seen=seen)


def page(meeting: Meeting, form: Form | None = None, item: AgendaItem | None = None, *, seen: int | None = None) -> str:
    """The agenda as it is now, for whoever is signed in.

    :param form: one that was refused, to show with its message
    :param item: the item whose row the form stands in
    :param seen: the version that was seen last; what others have done since is told
    """
    may_edit = policy.allows(current_user, "agenda.edit", meeting) and meeting.state in commands.OPEN
    may_fix = policy.allows(current_user, "agenda.fix", meeting)
    items, papers = queries.items_and_papers(meeting)
    ends, is_draft = queries.planned_end(meeting, items), meeting.state is MeetingState.PLANNED
    faults = queries.agenda_faults(meeting, items) if is_draft and may_fix else []
    waiting = case_queries.waiting(meeting.council_id) if may_edit else case_queries.Waiting([], [])
    rules = council_queries.rules_of(meeting.council_id, "notice_days", *queries.RULES)
    notice = queries.notice_today(meeting, rules) if may_edit and meeting.state in commands.BEFORE_CALL else None
    setup, last_number = queries.setup_and_counter(meeting)
    given = queries.given_to(meeting)
    numberless = queries.without_number(meeting, items, rules, given) if is_draft else []
    titles, levels, places = _titles(items), _levels(items), _places(items)
    others = queries.by_others(meeting, after=seen, person_id=current_user.person_id) if seen is not None and may_edit else []
    state = queries.state_of(meeting, current_user.person_id) if may_edit else queries.State(0, None)
    criteria = list(setup.criteria) if setup is not None and may_edit else []
    return render_template(
        "agendas/show.html",
        meeting=meeting,
        part_name="agenda",
        shut=ngettext("%(num)d thing stands in the way", "%(num)d things stand in the way", len(faults)) if faults else "",
        form=form,
        form_item=item.id if item is not None else None,
        lines=queries.timetable(meeting, items),
        levels=levels,
        places=places,
        ends_at=ends,
        bar=words.time_bar(meeting, items),
        time_left=words.time_left(int((meeting.ends_at - ends).total_seconds() // 60)),
        numbers=queries.number_texts(meeting, items, given),
        coming=queries.coming_numbers(meeting, numberless, last_number),
        warnings=queries.warnings(items, papers) if may_edit else {},
        faults=faults,
        notice=notice if notice is not None and notice.is_short else None,
        titles=titles,
        version=state.version,
        told=[words.told(change, _title_of(change, titles)) for change in others],
        undo=state.undo,
        undo_words=words.undo(state.undo, _title_of(state.undo, titles)) if state.undo is not None else "",
        has_rule=bool(criteria),
        reasons={item_id: words.REASONS[name] for item_id, name in placement.reasons(items, criteria).items()},
        kinds=case_words.KINDS,
        case_states=case_words.STATES,
        queue=[(case, ends + timedelta(minutes=case.minutes_needed)) for case in waiting.queue],
        unready=waiting.unready,
        may_edit=may_edit,
        may_fix=may_fix,
    )


def _levels(items: Sequence[AgendaItem]) -> dict[int, list[AgendaItem]]:
    """Item id → all items of the same parent, in order: what "up" and "down" are relative to."""
    found = {item.id: list(items) for item in items}
    for item in items:
        found |= {child.id: list(item.children) for child in item.children}
    return found


def _places(items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → its place as it is written: "4", and "4.2" for a sub-item."""
    found = {}
    for number, item in enumerate(items, start=1):
        found[item.id] = str(number)
        found |= {child.id: f"{number}.{part}" for part, child in enumerate(item.children, start=1)}
    return found


def _title_of(change: AgendaChange, titles: dict[int, str]) -> str:
    """What the item of a change is called; for one that is gone, its case or the title it had. Empty for several at once."""
    if change.item_id in titles:
        return titles[change.item_id]
    if change.case is not None:
        return case_queries.shown_title(current_user, change.case)
    return str(change.facts.get("kept", {}).get("title", ""))


def _titles(items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → its title as whoever is signed in may see it."""
    lines = queries.flat(items)
    of_cases = case_queries.shown_titles(current_user, [item.case for item in lines if item.case is not None])
    return {item.id: of_cases[item.case_id] if item.case_id is not None else item.title for item in lines}


@bp.post("/kontor/moter/<int:meeting_id>/saker")
def add_cases(meeting_id: int) -> Any:
    meeting = find(meeting_id, "agenda.edit")
    queue = case_queries.ready_queue(meeting.council_id)
    form = QueueForm()
    form.offer(queue)
    if form.validate_on_submit():
        with form.rules():
            new = commands.add_cases(meeting, [case for case in queue if case.id in form.chosen], by=current_user)
    if form.is_done:
        flash(ngettext("%(num)d case is put on the agenda.", "%(num)d cases are put on the agenda.", len(new)))
        return back(meeting)
    return page(meeting, form), form.status


@bp.post("/kontor/moter/<int:meeting_id>/angre")
def undo(meeting_id: int) -> Any:
    """Undo what the person signed in did last; `change` is its id."""
    meeting = find(meeting_id, "agenda.edit")
    form = OneButtonForm()
    if form.validate_on_submit():
        with form.rules():
            change = _own_change(meeting)
            item = commands.undo(change, by=current_user)
    if form.is_done:
        flash(words.undone(change, shown_title(item) if item is not None else "", item.position + 1 if item is not None else 0))
        return back(meeting, item)
    return page(meeting, form), CONFLICT


def _own_change(meeting: Meeting) -> AgendaChange:
    change = queries.change_of(meeting, whole_number(request.form.get("change", "")) or 0)
    if change is None or change.person_id != current_user.person_id or change.kind not in queries.UNDOABLE:
        raise RuleBroken(_("There is nothing of yours to undo here."))
    return change


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
        return back(meeting)
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
        return back(meeting)
    return page(meeting, form), CONFLICT

"""The agenda page and its acts. Each act posts one intent and comes back to the page."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.agendas import commands, queries
from meetingapp.agendas.forms import ItemForm, MinutesForm
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.cases import queries as case_queries
from meetingapp.cases.words import KINDS
from meetingapp.core import clock, policy
from meetingapp.core.forms import OneButtonForm, RuleBroken
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.forms import PlanForm
from meetingapp.meetings.models import Meeting, MeetingForm
from meetingapp.meetings.views import chair_of, chairs_of, chosen_chair, offer_chairs, own_council

bp = Blueprint("agendas", __name__)


def _find(meeting_id: int, action: str) -> Meeting:
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        abort(404 if current_user.is_authenticated else 401)
    policy.require(current_user, action, meeting)
    return meeting


def _item(meeting_id: int, item_id: int) -> AgendaItem:
    item = queries.item_for(_find(meeting_id, "agenda.edit"), item_id)
    if item is None:
        abort(404)
    return item


@bp.route("/kontor/moter/nytt", methods=["GET", "POST"])
def plan() -> Any:
    council = own_council("meeting.plan")
    bodies: dict[int, Body] = {body.id: body for body in council_queries.bodies_of(council.id, clock.today())}
    form = PlanForm()
    form.bodies.choices = [(body.id, body.name) for body in bodies.values()]
    people = chairs_of(bodies.values())
    offer_chairs(form, people)
    if form.validate_on_submit():
        starts, ends = form.moments()
        chosen = [bodies[body] for body in form.bodies.data]
        with form.rules():
            meeting = commands.plan(
                council,
                bodies=chosen,
                starts_at=starts,
                ends_at=ends,
                place=form.place.data or "",
                form=MeetingForm(form.form.data),
                title=form.title.data or "",
                online_url=form.online_url.data or "",
                chair=chosen_chair(form, people) or chair_of(chosen[0]),
                by=current_user,
            )
    if form.is_done:
        flash(_("The meeting is planned. Now put cases on its agenda."))
        return _back(meeting.id)
    return render_template("meetings/plan.html", form=form, meeting=None), form.status


@bp.get("/kontor/moter/<int:meeting_id>")
def show(meeting_id: int) -> Any:
    meeting = _find(meeting_id, "meeting.read")
    may_edit = policy.allows(current_user, "agenda.edit", meeting)
    items = queries.items_of(meeting)
    lines = queries.timetable(meeting, items)
    ends = lines[-1].ends_at if lines else meeting.starts_at
    ends = max([ends, *(line.ends_at for line in lines)])
    queue = case_queries.ready_queue(meeting.council_id) if may_edit else []
    return render_template(
        "agendas/show.html",
        meeting=meeting,
        part_name="agenda",
        items=items,
        lines=lines,
        ends_at=ends,
        spare=int((meeting.ends_at - ends).total_seconds() // 60),
        numbers=queries.numbers_for(meeting),
        coming_numbers=queries.next_numbers(meeting, items) if meeting.state.value == "planned" else [],
        warnings=queries.warnings(meeting, items),
        faults=queries.faults(meeting, items),
        titles={line.item.id: _title(line.item) for line in lines},
        kinds=KINDS,
        queue=[(case, ends + timedelta(minutes=case.minutes_needed)) for case in queue],
        unready=case_queries.unready(meeting.council_id) if may_edit else [],
        may_edit=may_edit and meeting.state.value not in ("ended", "cancelled"),
    )


def _title(item: AgendaItem) -> str:
    return case_queries.shown_title(current_user, item.case) if item.case is not None else item.title


def _back(meeting_id: int, item: AgendaItem | None = None) -> Any:
    return redirect(url_for(".show", meeting_id=meeting_id) + (f"#p{item.id}" if item is not None else ""), 303)


@bp.post("/kontor/moter/<int:meeting_id>/saker")
def add_cases(meeting_id: int) -> Any:
    meeting = _find(meeting_id, "agenda.edit")
    if OneButtonForm().validate_on_submit():
        wanted = {int(given) for given in request.form.getlist("case") if given.isdecimal()}
        chosen = [case for case in case_queries.ready_queue(meeting.council_id) if case.id in wanted]
        if len(chosen) < len(wanted):
            raise RuleBroken(_("One of the cases is not in the queue any more."), next_step=_("Load the page again, and choose anew."))
        new = commands.add_cases(meeting, chosen, by=current_user)
        flash(ngettext("%(num)d case is put on the agenda.", "%(num)d cases are put on the agenda.", len(new)))
    return _back(meeting_id)


@bp.route("/kontor/moter/<int:meeting_id>/punkt", methods=["GET", "POST"])
def add_item(meeting_id: int) -> Any:
    meeting = _find(meeting_id, "agenda.edit")
    kind = request.args.get("type", "programme")
    form = ItemForm(
        kind=kind,
        title=_("Break") if kind == "break" else "",
        minutes=15,
        parent=request.args.get("under", ""),
    )
    if form.validate_on_submit():
        parent_id = form.parent.data or ""
        parent = queries.item_for(meeting, int(parent_id)) if parent_id.isdecimal() else None
        with form.rules():
            item = commands.add_item(
                meeting,
                kind=ItemKind(form.kind.data),
                title=form.title.data,
                minutes=form.minutes.data,
                speakers=form.speakers.data or "",
                parent=parent,
                by=current_user,
            )
    if form.is_done:
        return _back(meeting_id, item)
    return render_template("agendas/item.html", form=form, meeting=meeting, part_name="agenda", item=None), form.status


@bp.route("/kontor/moter/<int:meeting_id>/punkt/<int:item_id>", methods=["GET", "POST"])
def edit_item(meeting_id: int, item_id: int) -> Any:
    item = _item(meeting_id, item_id)
    if item.case_id is not None:
        return redirect(url_for("cases.show", case_id=item.case_id), 303)
    form = ItemForm(kind=item.kind.value, title=item.title, speakers=item.speakers, minutes=item.minutes)
    if item.kind is ItemKind.FOLLOW_UP:
        form.kind.choices = [(ItemKind.FOLLOW_UP.value, _("Follow-up since last time"))]
    if form.validate_on_submit():
        with form.rules():
            commands.edit_item(item, title=form.title.data, speakers=form.speakers.data or "", minutes=form.minutes.data, by=current_user)
    if form.is_done:
        return _back(meeting_id, item)
    return render_template("agendas/item.html", form=form, meeting=item.meeting, part_name="agenda", item=item), form.status


@bp.post("/kontor/moter/<int:meeting_id>/punkt/<int:item_id>/minutter")
def set_minutes(meeting_id: int, item_id: int) -> Any:
    item = _item(meeting_id, item_id)
    form = MinutesForm()
    if not form.validate_on_submit():
        raise RuleBroken(_("Write a number of minutes, 0 to 600."))
    commands.edit_item(item, title=item.title, speakers=item.speakers, minutes=form.minutes.data, by=current_user)
    return _back(meeting_id, item)


@bp.post("/kontor/moter/<int:meeting_id>/punkt/<int:item_id>/flytt")
def move(meeting_id: int, item_id: int) -> Any:
    item = _item(meeting_id, item_id)
    if OneButtonForm().validate_on_submit():
        place = _intent(item)
        flash(_("«%(title)s» is now number %(place)s.", title=_title(item), place=place))
    return _back(meeting_id, item)


def _intent(item: AgendaItem) -> int:
    """What was asked: after a named item, one up or down from where it was seen, or to a place."""
    meeting = item.meeting
    others = list(item.parent.children) if item.parent else queries.items_of(meeting)
    if "after" in request.form:
        wanted = request.form["after"]
        after = queries.item_for(meeting, int(wanted)) if wanted.isdecimal() and wanted != "0" else None
        if wanted != "0" and after is None:
            raise RuleBroken(_("The item it was to come after is not there any more."))
        return commands.move(item, after=after, by=current_user)
    place = request.form.get("place", "")
    if not place.isdecimal() or not 1 <= int(place) <= 500:
        raise RuleBroken(_("Write a place on the list, from 1 to %(last)s.", last=len(others)))
    return commands.move_to_place(item, int(place), by=current_user)


@bp.post("/kontor/moter/<int:meeting_id>/punkt/<int:item_id>/fjern")
def remove(meeting_id: int, item_id: int) -> Any:
    item = _item(meeting_id, item_id)
    if OneButtonForm().validate_on_submit():
        title = _title(item)
        commands.remove_item(item, by=current_user)
        flash(_("«%(title)s» is taken off the agenda.", title=title))
    return _back(meeting_id)


@bp.post("/kontor/moter/<int:meeting_id>/fastsett")
def fix(meeting_id: int) -> Any:
    meeting = _find(meeting_id, "agenda.fix")
    if OneButtonForm().validate_on_submit():
        given = commands.fix_agenda(meeting, by=current_user)
        said = ", ".join(number.text for number in given)
        flash(_("The agenda is fixed. Numbers given: %(numbers)s. Next: the call.", numbers=said) if given else _("The agenda is fixed."))
    return _back(meeting_id)


@bp.post("/kontor/moter/<int:meeting_id>/gjenapne")
def reopen(meeting_id: int) -> Any:
    meeting = _find(meeting_id, "agenda.fix")
    if OneButtonForm().validate_on_submit():
        commands.reopen_agenda(meeting, by=current_user)
        flash(_("The agenda is a draft again. Numbers that were given stay."))
    return _back(meeting_id)

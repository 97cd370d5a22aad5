"""The acts on one item: add, change, move, take off."""

from __future__ import annotations

from typing import Any

from flask import flash, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.agendas import commands, queries
from meetingapp.agendas.forms import ItemForm, MinutesForm, MoveForm, whole_number
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.agendas.views.agenda import CONFLICT, page
from meetingapp.agendas.views.blueprint import back, bp, find_item, shown_title
from meetingapp.core.forms import OneButtonForm, RuleBroken
from meetingapp.council.office import number_asked
from meetingapp.meetings.models import Meeting
from meetingapp.meetings.views import find


def _parent(meeting: Meeting) -> AgendaItem | None:
    """The item named in `?under=`, if it can have sub-items."""
    asked = number_asked("under")
    parent = queries.item_for(meeting, asked) if asked is not None else None
    return parent if parent is not None and parent.parent_id is None and parent.kind is not ItemKind.BREAK else None


@bp.route("/kontor/moter/<int:meeting_id>/punkt", methods=["GET", "POST"])
def add_item(meeting_id: int) -> Any:
    meeting = find(meeting_id, "agenda.edit")
    parent = _parent(meeting)
    is_break = request.args.get("type") == "break"
    form = ItemForm(kind=(ItemKind.BREAK if is_break else ItemKind.PROGRAMME).value, title=_("Break") if is_break else "")
    if form.validate_on_submit():
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
        flash(_("«%(title)s» is put on the agenda.", title=item.title))
        return back(meeting, item)
    return _form_page(form, meeting, parent=parent), form.status


def _form_page(form: ItemForm, meeting: Meeting, *, item: AgendaItem | None = None, parent: AgendaItem | None = None) -> str:
    return render_template(
        "agendas/item.html",
        form=form,
        meeting=meeting,
        part_name="agenda",
        item=item,
        title=shown_title(item) if item is not None else "",
        parent_title=shown_title(parent) if parent is not None else "",
        may_go_back=item is not None and item.by_hand and item.case_id is not None and bool(queries.criteria_of(meeting)),
        may_have_parts=item is not None and item.parent_id is None and item.kind is not ItemKind.BREAK and not item.is_fixed,
        address=url_for("agendas.show", meeting_id=meeting.id) + (f"#p{item.id}" if item is not None else ""),
    )


@bp.route("/kontor/agenda/<int:item_id>/rediger", methods=["GET", "POST"])
def edit_item(item_id: int) -> Any:
    item = find_item(item_id)
    form = ItemForm(title=item.title, speakers=item.speakers, minutes=item.minutes, seen_version=item.version)
    del form.kind
    if item.case_id is not None:
        del form.title  # a case is called what it is called, on its own page
    if form.validate_on_submit():
        with form.rules():
            commands.edit_item(
                item,
                title=form.title.data if form.title else "",
                speakers=form.speakers.data or "",
                minutes=form.minutes.data,
                seen_version=whole_number(form.seen_version.data) or 0,
                by=current_user,
            )
    if form.is_done:
        flash(_("«%(title)s» is changed.", title=shown_title(item)))
        return back(item.meeting, item)
    return _form_page(form, item.meeting, item=item), form.status


@bp.post("/kontor/agenda/<int:item_id>/minutter")
def set_minutes(item_id: int) -> Any:
    item = find_item(item_id)
    form = MinutesForm()
    if form.validate_on_submit():
        with form.rules():
            commands.edit_item(
                item,
                title=item.title,
                speakers=item.speakers,
                minutes=form.minutes.data,
                seen_version=whole_number(form.seen_version.data) or 0,
                by=current_user,
            )
    if form.is_done:
        said = ngettext(
            "«%(title)s» now takes %(num)d minute.", "«%(title)s» now takes %(num)d minutes.", item.minutes, title=shown_title(item)
        )
        flash(said)
        return back(item.meeting, item)
    form.minutes.id = f"minutes-{item.id}"
    return page(item.meeting, form, item), form.status


@bp.post("/kontor/agenda/<int:item_id>/flytt")
def move(item_id: int) -> Any:
    item = find_item(item_id)
    form, before = MoveForm(), (item.parent_id, item.position + 1)
    valid = form.validate_on_submit()
    if valid:
        with form.rules():
            place = _move(item, form)
    if form.is_done:
        told = {"title": shown_title(item), "place": place, "all": len(queries.siblings_of(item))}
        if (item.parent_id, place) == before:
            flash(_("«%(title)s» stays number %(place)d of %(all)d.", **told))
        elif item.parent is not None:
            flash(_("«%(title)s» is now sub-item %(place)d of %(all)d under «%(parent)s».", parent=shown_title(item.parent), **told))
        else:
            flash(_("«%(title)s» is now number %(place)d of %(all)d.", **told))
        return back(item.meeting, item)
    form.place.id = f"place-{item.id}"
    return page(item.meeting, form, item), CONFLICT if valid else form.status


def _move(item: AgendaItem, form: MoveForm) -> int:
    """What was asked: after a named item, to a place ("4"), or to a place under another item ("4.1")."""
    if not form.after.data:
        place, part = form.wanted
        if part is None:
            return commands.move_under(item, None, place, by=current_user)
        return commands.move_under(item, _at(item.meeting, place), part, by=current_user)
    wanted = whole_number(form.after.data)
    after = queries.item_for(item.meeting, wanted) if wanted else None
    if after is None and wanted != 0:
        raise RuleBroken(
            _("The item it was to come after is not there any more."), next_step=_("Look at the order as it is now, and move it again.")
        )
    return commands.move(item, after=after, by=current_user)


def _at(meeting: Meeting, place: int) -> AgendaItem:
    items = queries.same_level(meeting.id, None)
    if not 1 <= place <= len(items):
        raise RuleBroken(_("There is no item number %(place)d to stand under.", place=place), field="place")
    return items[place - 1]


@bp.post("/kontor/agenda/<int:item_id>/etter-regelen")
def place_by_rule(item_id: int) -> Any:
    item, form = find_item(item_id), OneButtonForm()
    if form.validate_on_submit():
        with form.rules():
            place = commands.place_by_rule(item, by=current_user)
    if form.is_done:
        flash(_("«%(title)s» stands where the rule puts it, as number %(place)d.", title=shown_title(item), place=place))
        return back(item.meeting, item)
    return page(item.meeting, form, item), CONFLICT


@bp.post("/kontor/agenda/<int:item_id>/fjern")
def remove(item_id: int) -> Any:
    item = find_item(item_id)
    meeting, title, form = item.meeting, shown_title(item), OneButtonForm()
    is_case = item.case_id is not None
    if form.validate_on_submit():
        with form.rules():
            commands.remove_item(item, by=current_user)
    if form.is_done:
        if is_case:
            flash(_("«%(title)s» is taken off the agenda, and waits in the queue.", title=title))
        else:
            flash(_("«%(title)s» is taken off the agenda.", title=title))
        return back(meeting)
    return page(meeting, form, item), CONFLICT

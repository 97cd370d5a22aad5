"""The overview of the minutes: open the meeting, who is there, the items, the steps to the lock."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import ItemKind
from meetingapp.cases.forms import number_in
from meetingapp.core import policy
from meetingapp.core.database import db
from meetingapp.core.forms import OneButtonForm
from meetingapp.council.models import Seat
from meetingapp.council.office import back_to_desk
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, queries
from meetingapp.minutes.forms import ApprovalForm, FrameForm, PresenceForm, TimeForm
from meetingapp.minutes.models import Attendance, Presence
from meetingapp.minutes.views.blueprint import WORDS, bp, everyone, find, member_seats, now_on_day, times_as_rules


@bp.get("/kontor/moter/<int:meeting_id>/motebok")
def show(meeting_id: int) -> Any:
    meeting = find(meeting_id, "meeting.read")
    minutes = queries.minutes_of(meeting)
    may_write = policy.allows(current_user, "minutes.write", meeting)
    if not may_write and not policy.allows(current_user, "minutes.read", meeting):
        return render_template("minutes/not_yet.html", meeting=meeting, part_name="minutes")
    if not may_write:
        return redirect(url_for(".read", meeting_id=meeting.id), 303)
    items = agenda_queries.items_of(meeting)
    frame = FrameForm(
        seen_version=minutes.version if minutes else 0,
        opening=minutes.opening if minutes else "",
        closing=minutes.closing if minutes else "",
    )
    time_form = TimeForm(at=now_on_day(meeting))
    elected = ApprovalForm(elected=[s.person_id for s in minutes.signatories if s.person is not meeting.chair] if minutes else [])
    elected.elected.choices = [(seat.person_id, seat.person.name) for seat in member_seats(meeting) if seat.person is not meeting.chair]
    return render_template(
        "minutes/show.html",
        meeting=meeting,
        part_name="minutes",
        minutes=minutes,
        attendance=queries.attendance_of(meeting),
        absences=queries.absences_of(meeting),
        items=[item for item in agenda_queries.flat(items) if item.kind is not ItemKind.BREAK],
        titles={item.id: agenda_queries.title_of(item, public=False) for item in agenda_queries.flat(items)},
        numbers=agenda_queries.numbers_for(meeting),
        done=queries.deliberations_of(meeting),
        lacking=queries.lacking(meeting) if minutes else [],
        form=frame,
        time_form=time_form,
        approval=elected,
        **WORDS,
    )


@bp.post("/kontor/moter/<int:meeting_id>/motebok/apne")
def open_meeting(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    form = TimeForm()
    if form.validate_on_submit():
        with form.rules(), times_as_rules():
            commands.open_meeting(meeting, by=current_user, at=form.on_day(meeting, form.at))
    if form.is_done:
        flash(_("The meeting is open. Those who accepted are noted as present."))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/open.html", meeting=meeting, part_name="minutes", form=form), form.status


@bp.post("/kontor/moter/<int:meeting_id>/motebok/slutt")
def end_meeting(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    form = TimeForm()
    if form.validate_on_submit():
        with form.rules(), times_as_rules():
            commands.end_meeting(meeting, by=current_user, at=form.on_day(meeting, form.at))
    if form.is_done:
        flash(_("The meeting is ended. Now look over the minutes and send them for approval."))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/open.html", meeting=meeting, part_name="minutes", form=form, ends=True), form.status


@bp.post("/kontor/moter/<int:meeting_id>/motebok/ramme")
def save_frame(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    form = FrameForm()
    if form.validate_on_submit():
        seen = number_in(form.seen_version.data)
        with form.rules():
            commands.save_frame(meeting, opening=form.opening.data, closing=form.closing.data, seen_version=seen, by=current_user)
    if form.is_done:
        flash(_("Saved."))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/frame_form.html", meeting=meeting, part_name="minutes", form=form), form.status


@bp.route("/kontor/moter/<int:meeting_id>/motebok/til-stede", methods=["GET", "POST"])
def let_in(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    form = PresenceForm(came=now_on_day(meeting))
    people = {person.id: person for person in everyone(meeting)}
    seats: dict[int, Seat] = {seat.id: seat for seat in member_seats(meeting)}
    items = {item.id: item for item in agenda_queries.flat(agenda_queries.items_of(meeting)) if item.case_id}
    form.person.choices = [(person.id, person.name) for person in people.values()]
    form.seat.choices = [("", _("No seat")), *((seat.id, seat.person.name) for seat in seats.values())]
    form.only_item.choices = [
        ("", _("The whole meeting")),
        *((item.id, agenda_queries.title_of(item, public=True)) for item in items.values()),
    ]
    if form.validate_on_submit():
        with form.rules(), times_as_rules():
            person, presence = people[form.person.data], Presence(form.presence.data)
            came = form.on_day(meeting, form.came)
            assert came is not None  # the field is required
            own = next((seat for seat in seats.values() if seat.person_id == person.id), None)
            commands.let_in(
                meeting,
                person,
                presence=presence,
                at=came,
                left_at=form.on_day(meeting, form.left),
                seat=own if presence is Presence.MEMBER else seats.get(form.seat.data) if form.seat.data else None,
                only_item=items.get(form.only_item.data) if form.only_item.data else None,
                by=current_user,
            )
    if form.is_done:
        flash(_("%(name)s is noted as present.", name=person.name))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/let_in.html", meeting=meeting, part_name="minutes", form=form), form.status


def _row(meeting: Meeting, row_id: int) -> Attendance:
    row = db.session.get(Attendance, row_id)
    if row is None or row.meeting_id != meeting.id:
        abort(404)
    return row


@bp.route("/kontor/moter/<int:meeting_id>/motebok/til-stede/<int:row_id>", methods=["GET", "POST"])
def let_out(meeting_id: int, row_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    row = _row(meeting, row_id)
    form = TimeForm(at=now_on_day(meeting))
    if form.validate_on_submit():
        with form.rules(), times_as_rules():
            at = form.on_day(meeting, form.at)
            assert at is not None  # the field is required
            commands.let_out(row, at=at, by=current_user)
    if form.is_done:
        flash(_("Noted when %(name)s left.", name=row.person.name))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/let_out.html", meeting=meeting, part_name="minutes", form=form, row=row), form.status


@bp.post("/kontor/moter/<int:meeting_id>/motebok/til-stede/<int:row_id>/fjern")
def remove_presence(meeting_id: int, row_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    if OneButtonForm().validate_on_submit():
        commands.remove_presence(_row(meeting, row_id), by=current_user, absent=True)
        flash(_("Taken off the list of those present."))
    return redirect(url_for(".show", meeting_id=meeting.id), 303)


@bp.post("/kontor/moter/<int:meeting_id>/motebok/minn-pa")
def remind(meeting_id: int) -> Any:
    """Ask those who have not approved once more. Back to the page the button stood on."""
    meeting = find(meeting_id, "minutes.write")
    minutes = queries.minutes_of(meeting)
    if minutes is None:
        abort(404)
    if OneButtonForm().validate_on_submit():
        asked = commands.remind(minutes, by=current_user)
        flash(ngettext("%(num)d reminder is on its way.", "%(num)d reminders are on their way.", len(asked)))
    return redirect(back_to_desk(url_for(".show", meeting_id=meeting.id)), 303)

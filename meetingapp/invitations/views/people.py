"""Who comes: answers, delivery, quorum, deputies."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy import select

from meetingapp.core import clock, policy
from meetingapp.core.database import db
from meetingapp.core.forms import OneButtonForm
from meetingapp.core.outbox import Task
from meetingapp.council.office import back_to_desk
from meetingapp.invitations import commands, queries
from meetingapp.invitations.forms import AnswerForm, DeputyForm
from meetingapp.invitations.models import Capacity, Invitation, Reply
from meetingapp.invitations.queries import Vacancy
from meetingapp.invitations.views.answers import give
from meetingapp.invitations.views.blueprint import bp
from meetingapp.meetings.models import Meeting
from meetingapp.meetings.views import find


@bp.get("/kontor/moter/<int:meeting_id>/deltakere")
def people(meeting_id: int) -> Any:
    meeting = find(meeting_id, "call.read")
    invitations = queries.invitations_of(meeting)
    letters = queries.delivery_of(invitations)
    tasks = {task.id: task for task in db.session.scalars(select(Task).where(Task.id.in_([one.task_id for one in letters.values()])))}
    return render_template(
        "invitations/people.html",
        meeting=meeting,
        part_name="people",
        rows=_rows(invitations),
        tally=Counter(one.reply for one in invitations),
        quorums=queries.quorums(meeting, invitations),
        vacancies=queries.vacancies(meeting, invitations),
        both=_both_come(invitations),
        letters=letters,
        tasks=tasks,
        true_now=clock.true_now(),
        may_answer=policy.allows(current_user, "deputy.call", meeting),
        Capacity=Capacity,
        Reply=Reply,
    )


def _rows(invitations: list[Invitation]) -> list[Invitation]:
    """Each member, then the deputies for that seat; the others last."""
    rows = []
    for one in invitations:
        if one.capacity is Capacity.MEMBER:
            rows += [one, *(other for other in invitations if other.for_seat_id is not None and other.for_seat_id == one.seat_id)]
    return rows + [one for one in invitations if one not in rows]


def _both_come(invitations: list[Invitation]) -> list[tuple[Invitation, Invitation]]:
    """Members who come after all, though a deputy has been called and not declined: (member, deputy)."""
    members = {one.seat_id: one for one in invitations if one.capacity is Capacity.MEMBER and one.reply is Reply.ACCEPTED}
    return [
        (members[one.for_seat_id], one)
        for one in invitations
        if one.capacity is Capacity.DEPUTY and one.for_seat_id in members and one.reply is not Reply.DECLINED
    ]


def _invitation(meeting: Meeting, invitation_id: int) -> Invitation:
    found = next((one for one in queries.invitations_of(meeting) if one.id == invitation_id), None)
    if found is None:
        abort(404)
    return found


@bp.route("/kontor/moter/<int:meeting_id>/deltakere/<int:invitation_id>/svar", methods=["GET", "POST"])
def answer_for(meeting_id: int, invitation_id: int) -> Any:
    """The secretary writes down an answer that came by phone."""
    meeting = find(meeting_id, "deputy.call")
    invitation = _invitation(meeting, invitation_id)
    policy.require(current_user, "invitation.answer", invitation)
    form = AnswerForm(reason=invitation.reason, comment=invitation.comment)
    give(form, invitation, via="secretary", by=current_user)
    if form.is_done:
        flash(_("The answer of %(name)s is written down.", name=invitation.person.name))
        return redirect(url_for(".people", meeting_id=meeting.id), 303)
    return render_template(
        "invitations/answer_for.html",
        meeting=meeting,
        part_name="people",
        invitation=invitation,
        form=form,
        history=queries.history_of(invitation),
    ), form.status


@bp.route("/kontor/moter/<int:meeting_id>/deltakere/<int:invitation_id>/vara", methods=["GET", "POST"])
def deputy(meeting_id: int, invitation_id: int) -> Any:
    """Call a deputy for the chair of someone who has declined."""
    meeting = find(meeting_id, "deputy.call")
    invitation = _invitation(meeting, invitation_id)
    vacancy = _vacancy(meeting, invitation)
    if vacancy is None:
        flash(_("Nobody has to be called for this seat now."), "warning")
        return redirect(url_for(".people", meeting_id=meeting.id), 303)
    form = DeputyForm(seat=vacancy.deputies[0].id if vacancy.deputies else None)
    form.seat.choices = [(seat.id, f"{seat.rank}. {seat.person.name}") for seat in vacancy.deputies]
    if form.validate_on_submit():
        chosen = next(seat for seat in vacancy.deputies if seat.id == form.seat.data)
        with form.rules():
            commands.call_deputy(invitation, chosen, by=current_user, reason=form.reason.data or "")
    if form.is_done:
        flash(_("%(name)s is called as deputy. The letter is on its way.", name=chosen.person.name))
        return redirect(url_for(".people", meeting_id=meeting.id), 303)
    return render_template("invitations/deputy.html", meeting=meeting, part_name="people", vacancy=vacancy, form=form), form.status


def _vacancy(meeting: Meeting, invitation: Invitation) -> Vacancy | None:
    chair = invitation.for_seat_id or invitation.seat_id
    return next((one for one in queries.vacancies(meeting, queries.invitations_of(meeting)) if one.seat.id == chair), None)


@bp.post("/kontor/moter/<int:meeting_id>/deltakere/<int:invitation_id>/send-igjen")
def send_again(meeting_id: int, invitation_id: int) -> Any:
    meeting = find(meeting_id, "call.send")
    invitation = _invitation(meeting, invitation_id)
    if OneButtonForm().validate_on_submit():
        commands.send_again(invitation, by=current_user)
        flash(_("The call to %(name)s is on its way again.", name=invitation.person.name))
    return redirect(url_for(".people", meeting_id=meeting.id), 303)


@bp.post("/kontor/moter/<int:meeting_id>/deltakere/minn-pa")
@bp.post("/kontor/moter/<int:meeting_id>/deltakere/<int:invitation_id>/minn-pa")
def remind(meeting_id: int, invitation_id: int | None = None) -> Any:
    """Ask those who have not answered once more: all, or one. Back to the page the button stood on."""
    meeting = find(meeting_id, "call.send")
    invitations = queries.invitations_of(meeting) if invitation_id is None else [_invitation(meeting, invitation_id)]
    if OneButtonForm().validate_on_submit():
        letters = commands.remind(invitations, by=current_user)
        flash(ngettext("%(num)d reminder is on its way.", "%(num)d reminders are on their way.", len(letters)))
    return redirect(back_to_desk(url_for(".people", meeting_id=meeting.id)), 303)

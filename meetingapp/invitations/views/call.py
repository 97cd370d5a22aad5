"""The call of a meeting: what stands in the way, who gets what, sending, and stopping."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.core.database import give_up
from meetingapp.core.forms import Form, OneButtonForm
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.pdf.compiler import PdfRefused
from meetingapp.core.web.edge import before_lock
from meetingapp.invitations import commands, mails, queries
from meetingapp.invitations.forms import CallForm, PapersForm
from meetingapp.invitations.models import Call, CallKind, Capacity
from meetingapp.invitations.pack import Pack, make_pack
from meetingapp.invitations.queries import Guest, Level, ToInvite
from meetingapp.invitations.views.blueprint import bp
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.meetings.views import find


def pack_for(meeting_id: int) -> Pack | str | None:
    """Before the lock: the papers as one PDF; the reason when they cannot become one; None for who may not call."""
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None or not policy.allows(current_user, "call.send", meeting):
        return None
    try:
        return make_pack(meeting)
    except PdfRefused as refused:
        return str(refused)


def _refused(form: Form, prepared: Pack | str | None) -> bool:
    """Whether the papers could not become a PDF; then the form says so."""
    if not isinstance(prepared, str):
        return False
    give_up()
    form.form_errors = [_("The papers could not become a PDF. Look for pictures or signs that cannot be shown."), prepared]
    return True


@bp.route("/kontor/moter/<int:meeting_id>/innkalling", methods=["GET", "POST"])
@before_lock(pack_for)
def call(meeting_id: int, prepared: Pack | str | None = None) -> Any:
    meeting = find(meeting_id, "call.read")
    is_before = meeting.state in (MeetingState.PLANNED, MeetingState.AGENDA_FIXED)
    wants_more = meeting.state is MeetingState.CALLED and (request.method == "POST" or request.args.get("flere") is not None)
    if not (is_before or wants_more) or not policy.allows(current_user, "call.send", meeting):
        if request.method == "POST":
            policy.require(current_user, "call.send", meeting)
        return _sent_page(meeting)
    guests = queries.guests_to_choose(meeting)
    form = CallForm(reason=queries.kept_reason(meeting), reply_by=queries.default_reply_by(meeting))
    form.guests.choices = [(guest.person.id, _guest_words(guest)) for guest in guests]
    if form.validate_on_submit() and not _refused(form, prepared):
        chosen = [guest.person for guest in guests if guest.person.id in (form.guests.data or [])]
        with form.rules():
            commands.call_meeting(
                meeting,
                by=current_user,
                reply_by=form.reply_by.data,
                reason=form.reason.data or "",
                publish_agenda=bool(form.publish_agenda.data),
                guests=chosen,
                pack=prepared if isinstance(prepared, Pack) else None,
            )
    if form.is_done:
        return redirect(url_for(".call", meeting_id=meeting.id), 303)
    return _form_page(meeting, form), form.status


def _guest_words(guest: Guest) -> str:
    organisation = guest.organisation.short_name if guest.organisation is not None else ""
    return ", ".join(part for part in (guest.person.name, organisation) if part)


def _form_page(meeting: Meeting, form: CallForm) -> str:
    people, checks = queries.people_to_invite(meeting), queries.preflight(meeting)
    asked = request.args.get("vis", type=int)
    shown = next((who for who in people if who.person.id == asked), people[0] if people else None)
    letter = None
    if shown is not None:
        letter = mails.preview(
            meeting,
            shown,
            reply_by=form.reply_by.data or queries.default_reply_by(meeting),
            reason=form.reason.data or "",
            sender=current_user.name,
        )
    return render_template(
        "invitations/call.html",
        meeting=meeting,
        part_name="call",
        form=form,
        checks=checks,
        may_send=not any(check.level is Level.STOP for check in checks),
        needs_reason=queries.needs_reason(meeting),
        people=people,
        counts={capacity: _count(people, capacity) for capacity in Capacity},
        shown=shown,
        letter=letter,
    )


def _count(people: list[ToInvite], capacity: Capacity) -> int:
    return sum(1 for who in people if who.capacity is capacity)


def _sent_page(meeting: Meeting, form: PapersForm | None = None) -> Any:
    """How far the sending has come, and what has come since."""
    sendings = [(one, _progress(commands.letters_of(one))) for one in queries.calls_of(meeting)]
    newest = queries.newest_call(meeting)
    letters = commands.letters_of(newest) if newest is not None else []
    seconds = max(0, int((newest.release_at - clock.true_now()).total_seconds())) if newest is not None else 0
    return render_template(
        "invitations/sent.html",
        meeting=meeting,
        part_name="call",
        sendings=sendings,
        newest=newest,
        progress=_progress(letters),
        waiting=[letter for letter in letters if letter.state is LetterState.QUEUED],
        seconds=seconds,
        can_stop=newest is not None and _can_stop(meeting, newest, letters),
        missing=queries.people_to_invite(meeting) if meeting.state is MeetingState.CALLED else [],
        news=queries.unsent(meeting) if meeting.state is MeetingState.CALLED else [],
        form=form or PapersForm(),
        pack=queries.pack_of(meeting),
        CallKind=CallKind,
    ), (form.status if form is not None else 200)


def _progress(letters: list[Letter]) -> dict[str, int]:
    handed = sum(1 for letter in letters if letter.state is LetterState.HANDED_OVER)
    queued = sum(1 for letter in letters if letter.state is LetterState.QUEUED)
    withdrawn = sum(1 for letter in letters if letter.state is LetterState.WITHDRAWN)
    return {
        "all": len(letters),
        "handed": handed,
        "queued": queued,
        "withdrawn": withdrawn,
        "trouble": len(letters) - handed - queued - withdrawn,
    }


def _can_stop(meeting: Meeting, newest: Call, letters: list[Letter]) -> bool:
    return (
        meeting.state is MeetingState.CALLED
        and bool(letters)
        and newest.stopped_at is None
        and all(letter.state is LetterState.QUEUED for letter in letters)
        and policy.allows(current_user, "call.stop", meeting)
    )


@bp.post("/kontor/moter/<int:meeting_id>/innkalling/stopp")
def stop(meeting_id: int) -> Any:
    meeting = find(meeting_id, "call.stop")
    newest = queries.newest_call(meeting)
    if OneButtonForm().validate_on_submit() and newest is not None:
        commands.stop_call(newest, by=current_user)
        flash(_("The sending is stopped. Nobody has got anything. The reason you wrote is kept."))
    return redirect(url_for(".call", meeting_id=meeting.id), 303)


@bp.post("/kontor/moter/<int:meeting_id>/innkalling/papirer")
@before_lock(pack_for)
def send_papers(meeting_id: int, prepared: Pack | str | None = None) -> Any:
    meeting = find(meeting_id, "call.send")
    form = PapersForm()
    if form.validate_on_submit() and not _refused(form, prepared):
        with form.rules():
            sent = commands.send_papers(
                meeting, by=current_user, what=form.what.data or "", pack=prepared if isinstance(prepared, Pack) else None
            )
    if form.is_done:
        count = len(commands.letters_of(sent))
        flash(ngettext("Papers are on their way to %(num)d person.", "Papers are on their way to %(num)d people.", count))
        return redirect(url_for(".call", meeting_id=meeting.id), 303)
    return _sent_page(meeting, form)

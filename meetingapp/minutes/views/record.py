"""The record: read, sent for approval, approved, locked, corrected, and as PDF."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import abort, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import clock, policy
from meetingapp.core.files import store
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import speaking
from meetingapp.core.web.edge import before_lock
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, compose, queries
from meetingapp.minutes.forms import ApprovalForm, ApproveForm, CorrectForm, LockForm
from meetingapp.minutes.models import Minutes
from meetingapp.minutes.views.blueprint import WORDS, bp, find, member_seats


def _minutes(meeting: Meeting) -> Minutes:
    minutes = queries.minutes_of(meeting)
    if minutes is None:
        abort(404)
    return minutes


@bp.get("/kontor/moter/<int:meeting_id>/motebok/les")
def read(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.read")
    document = compose.document(meeting)
    return render_template(
        "minutes/read.html",
        meeting=meeting,
        part_name="minutes",
        minutes=_minutes(meeting),
        document=document,
        fingerprint=compose.fingerprint(document),
        form=ApproveForm(seen_hash=compose.fingerprint(document)),
        **WORDS,
    )


@bp.post("/kontor/moter/<int:meeting_id>/motebok/send")
def send(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    form = ApprovalForm()
    seats = {seat.person_id: seat.person for seat in member_seats(meeting)}
    form.elected.choices = [(person.id, person.name) for person in seats.values()]
    if form.validate_on_submit():
        with form.rules():
            commands.send_for_approval(_minutes(meeting), elected=[seats[person] for person in form.elected.data or []], by=current_user)
    if form.is_done:
        flash(_("The minutes are sent for approval."))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/send.html", meeting=meeting, part_name="minutes", form=form), form.status


@bp.route("/kontor/moter/<int:meeting_id>/motebok/godkjenn", methods=["GET", "POST"])
def approve(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.read")
    minutes = _minutes(meeting)
    policy.require(current_user, "minutes.approve", minutes)
    document = compose.document(meeting)
    form = ApproveForm(seen_hash=compose.fingerprint(document))
    if form.validate_on_submit():
        with form.rules():
            commands.approve(minutes, current_user.person, seen_hash=form.seen_hash.data or "", by=current_user)
    if form.is_done:
        flash(_("Thank you. Your approval is noted."))
        return redirect(url_for(".read", meeting_id=meeting.id), 303)
    return render_template(
        "minutes/read.html",
        meeting=meeting,
        part_name="minutes",
        minutes=minutes,
        document=document,
        fingerprint=compose.fingerprint(document),
        form=form,
        **WORDS,
    ), form.status


def make_record(meeting_id: int) -> tuple[str, int] | None:
    """Before the lock: the PDF of the record as it is now. (sha256, size); None when the minutes are not the person's to lock."""
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    minutes = queries.minutes_of(meeting) if meeting is not None else None
    if meeting is None or minutes is None or not policy.allows(current_user, "minutes.lock", minutes):
        return None
    made = record_pdf(minutes, request.form.get("correction", "")[:500])
    return store.keep_bytes(made), len(made)


def record_pdf(minutes: Minutes, correction: str = "") -> bytes:
    """The record as PDF with its approvals; a draft says that it is one.

    :param correction: what this edition corrects, besides what earlier ones did
    """
    document = compose.document(minutes.meeting)
    whole = compose.with_approvals(document, minutes)
    is_whole = bool(minutes.signatories) and all(s.approved_at for s in minutes.signatories)
    now = clock.now()
    with speaking(document["language"]) as language:
        lead = _("Approved %(day)s.", day=dates.full_date(clock.local(now), language=language)) if is_whole else _("Draft, not approved.")
    return compose.make_pdf(
        document,
        at=now,
        fingerprint=compose.fingerprint(document),
        lead=lead,
        approvals=whole["approvals"] if is_whole else [],
        corrections=[said for said in [*(edition.correction for edition in minutes.editions), correction] if said],
    )


@bp.route("/kontor/moter/<int:meeting_id>/motebok/las", methods=["GET", "POST"])
@before_lock(make_record)
def lock(meeting_id: int, prepared: tuple[str, int] | None = None) -> Any:
    meeting = find(meeting_id, "minutes.write")
    minutes = _minutes(meeting)
    policy.require(current_user, "minutes.lock", minutes)
    form = LockForm()
    if form.validate_on_submit() and prepared is not None:
        with form.rules():
            pdf = store.register(prepared[0], media_type="application/pdf", size=prepared[1])
            commands.lock(minutes, by=current_user, pdf=pdf, correction=form.correction.data or "")
    if form.is_done:
        flash(_("The minutes are locked. Now they can be published."))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/lock.html", meeting=meeting, part_name="minutes", minutes=minutes, form=form), form.status


@bp.route("/kontor/moter/<int:meeting_id>/motebok/rett", methods=["GET", "POST"])
def correct(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.write")
    minutes = _minutes(meeting)
    form = CorrectForm()
    if form.validate_on_submit():
        with form.rules():
            commands.correct(minutes, what=form.what.data, by=current_user)
    if form.is_done:
        flash(_("The minutes can be corrected now. The edition that is locked stays."))
        return redirect(url_for(".show", meeting_id=meeting.id), 303)
    return render_template("minutes/correct.html", meeting=meeting, part_name="minutes", form=form), form.status


@bp.get("/kontor/moter/<int:meeting_id>/motebok.pdf")
def pdf(meeting_id: int) -> Any:
    meeting = find(meeting_id, "minutes.read")
    minutes = _minutes(meeting)
    name = f"motebok-{meeting.slug}.pdf"
    edition = minutes.edition
    if edition is not None and edition.pdf_file is not None and minutes.state.value == "locked":
        return send_file(store.path_of(edition.pdf_file), mimetype="application/pdf", as_attachment=True, download_name=name)
    return send_file(BytesIO(record_pdf(minutes)), mimetype="application/pdf", as_attachment=True, download_name=f"utkast-{name}")

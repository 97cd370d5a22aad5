"""What is public and what waits; publishing a meeting; taking something back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_login import current_user

from meetingapp.agendas import queries as agenda_queries
from meetingapp.core import policy
from meetingapp.core.database import db
from meetingapp.core.forms import OneButtonForm
from meetingapp.council.models import Council
from meetingapp.council.office import own_council, page_behind
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.minutes import queries as minutes_queries
from meetingapp.publishing import commands, queries
from meetingapp.publishing.forms import RecallForm
from meetingapp.publishing.models import Publication, PublicationState, SnapshotKind
from meetingapp.publishing.render.content import case_path, meeting_path

bp = Blueprint("publishing", __name__)
STATES: dict[PublicationState, tuple[LazyString, str, str]] = {
    PublicationState.ASKED: (_l("On its way"), "clock", ""),
    PublicationState.HELD: (_l("Held back"), "warn", "danger"),
    PublicationState.PUBLIC: (_l("Public"), "check", ""),
    PublicationState.REPLACED: (_l("Replaced"), "right", ""),
    PublicationState.RECALLED: (_l("Taken back"), "undo", ""),
}
KINDS: dict[SnapshotKind, LazyString] = {
    SnapshotKind.MEETING: _l("Meeting"),
    SnapshotKind.CASE: _l("Case"),
    SnapshotKind.ACTIONS: _l("Follow-up"),
    SnapshotKind.BODY: _l("Body"),
    SnapshotKind.AGREEMENT: _l("Agreement"),
    SnapshotKind.PLAN: _l("Meeting plan"),
}
FOUND: dict[str, LazyString] = {
    "identity_number": _l("An identity number stands in the text."),
    "internal_title": _l("The internal title of an exempt case stands in the text."),
    "closed_word": _l("A word that must never be public stands in the text."),
    "closed_text": _l("Words from a closed part stand in the text."),
    "closed_attachment": _l("The name of a closed attachment stands in the text."),
    "unreadable_file": _l("An attachment cannot be read: it is damaged, or locked with a password. Add it again, or keep it off the net."),
    "restored": _l("It was waiting when the backup was made that we restored from. See that it shall be public, and publish it anew."),
    "not_ready": _l("The facts have changed since it was asked for."),
}


@bp.app_context_processor
def _public() -> dict[str, Any]:
    """What the frame of a meeting's pages asks: whether its minutes are out."""
    return {"minutes_are_public": queries.minutes_are_public}


def _council(action: str) -> Council:
    council = own_council()
    policy.require(current_user, action, council)
    return council


@bp.get("/kontor/kunngjoringer")
def index() -> Any:
    council = _council("publication.list")
    return render_template(
        "publishing/index.html",
        page=queries.list_page(council.id, page_behind()),
        states=STATES,
        kinds=KINDS,
        found_words=FOUND,
    )


@bp.post("/kontor/kunngjoringer/oppfolging")
def publish_actions() -> Any:
    council = _council("publication.list")
    if OneButtonForm().validate_on_submit():
        commands.publish_actions(council, by=current_user)
        flash(_("The follow-up page is on its way."))
    return redirect(url_for(".index"), 303)


def _meeting(meeting_id: int) -> Meeting:
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, "publication.make", meeting)
    return meeting


@bp.route("/kontor/moter/<int:meeting_id>/kunngjor", methods=["GET", "POST"])
def publish(meeting_id: int) -> Any:
    meeting = _meeting(meeting_id)
    form = OneButtonForm()
    if form.validate_on_submit():
        with form.rules():
            commands.publish_meeting(meeting, by=current_user)
    if form.is_done:
        flash(_("It is on its way. The gate looks at every word first."))
        return redirect(url_for(".publish", meeting_id=meeting.id), 303)
    numbers = agenda_queries.numbers_for(meeting)
    cases = [item.case for item in agenda_queries.flat(agenda_queries.items_of(meeting)) if item.case is not None]
    return render_template(
        "publishing/publish.html",
        meeting=meeting,
        part_name="minutes",
        form=form,
        cases=cases,
        numbers=numbers,
        paths={row.case_id: case_path(row) for row in numbers.values()},
        address=meeting_path(meeting),
        edition=minutes_queries.latest_edition(meeting),
        last=queries.last_of(SnapshotKind.MEETING, meeting.id),
        can=meeting.state is not MeetingState.PLANNED,
        states=STATES,
        found_words=FOUND,
    ), form.status


@bp.route("/kontor/kunngjoringer/<int:publication_id>/trekk", methods=["GET", "POST"])
def recall(publication_id: int) -> Any:
    publication = db.session.get(Publication, publication_id)
    if publication is None or not current_user.is_authenticated:
        policy.mark_asked()
        policy.absent(current_user)
    policy.require_visible(current_user, "publication.recall", publication)
    form = RecallForm()
    if form.validate_on_submit():
        with form.rules():
            commands.recall(publication, reason=form.reason.data or "", by=current_user)
    if form.is_done:
        flash(_("Taken back. The address says why."))
        return redirect(url_for(".index"), 303)
    return render_template("publishing/recall.html", form=form, publication=publication), form.status

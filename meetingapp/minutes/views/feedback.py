"""«How useful was the meeting to you?»: asked on Min side and by the link of the call; shown to the secretary as figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import format_decimal
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.core import policy
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.council.models import Person
from meetingapp.invitations.views.answers import invited_by
from meetingapp.meetings import words as meeting_words
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, feedback
from meetingapp.minutes.forms import FeedbackForm
from meetingapp.minutes.views.blueprint import bp, find


@bp.app_context_processor
def _asked() -> dict[str, Any]:
    """`asks_how_useful(meeting, person_id)`: whether the pages of the call lead to the question."""
    return {"asks_how_useful": lambda meeting, person_id: feedback.is_open(meeting) and feedback.took_part(meeting.id, person_id)}


def _form_for(meeting: Meeting, person: Person, by: Any) -> FeedbackForm:
    """The form with what the person has said; written down if it was sent, `form.is_done` tells."""
    said = feedback.answer_of(meeting.id, person.id)
    form = FeedbackForm(score=str(said.score) if said is not None else None, comment=said.comment if said is not None else "")
    if form.validate_on_submit():
        with form.rules():
            commands.say_how_useful(meeting, person, score=int(form.score.data), comment=form.comment.data or "", by=by)
    if form.is_done:
        flash(_thanks(meeting))
    return form


def _thanks(meeting: Meeting) -> str:
    last = feedback.last_day(meeting)
    if last is None:
        return _("Thank you. You can change the answer until some days after the minutes are locked.")
    return _("Thank you. You can change the answer until %(day)s.", day=dates.full_date(last, language=spoken()))


@bp.route("/min-side/moter/<int:meeting_id>/tilbakemelding", methods=["GET", "POST"])
def say_how_useful(meeting_id: int) -> Any:
    meeting = feedback.attended(current_user.person_id, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, "feedback.say", meeting)
    form = _form_for(meeting, current_user.person, current_user)
    if form.is_done:
        return redirect(url_for("desk.home"), 303)
    is_open = feedback.is_open(meeting)
    return render_template(
        "minutes/feedback_form.html", meeting=meeting, form=form, is_open=is_open, back=url_for("desk.home")
    ), form.status


@bp.route("/g/<secret>/tilbakemelding", methods=["GET", "POST"])
@policy.open("the link itself is the proof; what it may do is asked of the policy")
def say_how_useful_by_link(secret: str) -> Any:
    opened = invited_by(secret)
    if opened is None:
        return render_template("invitations/link_gone.html"), 404
    actor, invitation = opened
    policy.require(actor, "invitation.answer", invitation)
    meeting, back = invitation.meeting, url_for("invitations.by_link", secret=secret)
    form = _form_for(meeting, invitation.person, actor)
    if form.is_done:
        return redirect(back, 303)
    may = feedback.is_open(meeting) and policy.allows(actor, "feedback.say", meeting)
    return render_template("minutes/feedback_form.html", meeting=meeting, form=form, is_open=may, back=back), form.status


def _decimal(figure: float) -> str:
    """With one decimal, as it is written in the language that is spoken: "4,3"."""
    return format_decimal(figure, format="0.0")


def _finding(shown: Sequence[tuple[Meeting, float]]) -> str:
    """What the picture of the year shows, in words."""
    if not shown:
        return ""
    best, average = max(shown, key=lambda one: one[1])
    return _(
        "The average of each meeting, from 1 to 5. The most useful was %(meeting)s, with %(figure)s.",
        meeting=meeting_words.short_heading(best),
        figure=_decimal(average),
    )


@bp.get("/kontor/moter/<int:meeting_id>/tilbakemelding")
def how_useful(meeting_id: int) -> Any:
    meeting = find(meeting_id, "feedback.read")
    year = feedback.year_of(meeting)
    shown = [(one, figures.average) for one, figures in year if figures.is_shown]
    return render_template(
        "minutes/feedback.html",
        meeting=meeting,
        part_name="feedback",
        figures=feedback.figures_of(meeting),
        year=year,
        points=[(dates.short_date(one.starts_at)[:5], average) for one, average in shown],
        finding=_finding(shown),
        decimal=_decimal,
        last_day=feedback.last_day(meeting),
        is_open=feedback.is_open(meeting),
        scores=feedback.SCORES,
        fewest=feedback.FEWEST,
    )

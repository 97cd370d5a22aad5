"""Saying how useful a meeting was."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.core import audit
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Person
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import feedback
from meetingapp.minutes.models import Feedback


def say_how_useful(meeting: Meeting, person: Person, *, score: int, by: audit.Doer | None, comment: str = "") -> Feedback:
    """Write down or change the one answer of `person`. The log tells that somebody answered, not what.

    :param score: 1 (of little use) to 5 (very useful)
    :param comment: one line
    :raises RuleBroken: when the person was not there, the meeting has not ended, or the time to answer is over
    """
    if not feedback.took_part(meeting.id, person.id):
        raise RuleBroken(_("Only those who were there can say how useful the meeting was."))
    if meeting.ended_at is None:
        raise RuleBroken(_("The meeting has not ended yet."), next_step=_("Come back when it has."))
    if not feedback.is_open(meeting):
        raise RuleBroken(_("The time to answer is over."), next_step=_("Tell the secretary what should be different."))
    if score not in feedback.SCORES:
        raise RuleBroken(_("Choose a number from 1 to 5."), field="score")
    answer = feedback.answer_of(meeting.id, person.id)
    if answer is None:
        answer = Feedback(meeting_id=meeting.id, person_id=person.id)
        db.session.add(answer)
    answer.score, answer.comment = score, " ".join(comment.split())
    audit.record("feedback.say", meeting, by=by)
    return answer

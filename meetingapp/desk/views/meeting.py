"""The meeting page: a meeting with its whole life, each thing with the way to change it, and the one next step."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from meetingapp.cases import queries as case_queries
from meetingapp.cases.words import EXEMPTIONS, KINDS
from meetingapp.core import policy
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.council import queries as council_queries
from meetingapp.desk import history
from meetingapp.desk.checklist import Act, Way, way_of
from meetingapp.desk.queries.meetings import facts_of
from meetingapp.desk.queries.room import Room, room_of
from meetingapp.desk.views.blueprint import bp
from meetingapp.followups import queries as followup_queries
from meetingapp.followups import words as followup_words
from meetingapp.invitations.models import Reply
from meetingapp.invitations.views.answers import is_open
from meetingapp.meetings.commands import BEFORE_CALL
from meetingapp.meetings.models import MeetingState
from meetingapp.meetings.views import find
from meetingapp.meetings.words import FORMS
from meetingapp.minutes.models import MinutesState
from meetingapp.minutes.words import OUTCOMES
from meetingapp.minutes.words import STATES as MINUTES_STATES
from meetingapp.publishing.views import STATES as PUBLICATION_STATES

LAST_LINES = 5  # of the history


@bp.get("/kontor/moter/<int:meeting_id>")
def meeting(meeting_id: int) -> Any:
    """Some sixty queries, however long the agenda is and however many are called."""
    found = find(meeting_id)
    room = room_of(current_user, found)
    looks_after = policy.allows(current_user, "desk.secretary", found.council) and found.state is not MeetingState.CANCELLED
    hidden = case_queries.closed_to(current_user, [action.case for action in room.actions if action.case is not None])
    return render_template(
        "desk/meeting.html",
        meeting=found,
        part_name="overview",
        published=room.shows_minutes,
        days_of_steps=_days(room),
        room=room,
        way=_way(room) if looks_after else None,
        own=_own_act(room),
        is_before=found.state in BEFORE_CALL,
        history=history.of_meeting(found, None, most=LAST_LINES).items if policy.allows(current_user, "history.meeting", found) else [],
        numbers=followup_queries.numbers_of(room.actions),
        action_title=lambda action: followup_queries.title_shown(current_user, action, reads_closed=action.case_id not in hidden),
        words=followup_words,
        forms=FORMS,
        kinds=KINDS,
        exemptions=EXEMPTIONS,
        outcomes=OUTCOMES,
        minutes_states=MINUTES_STATES,
        publication_states=PUBLICATION_STATES,
        Reply=Reply,
    )


def _way(room: Room) -> Way:
    """The checklist of the desk, for this meeting alone."""
    council_id = room.meeting.council_id
    proposals = len(case_queries.proposals(council_id))
    return way_of(facts_of([room.meeting])[0], council_queries.rules_of(council_id), proposals=proposals, is_public=room.shows_minutes)


def _days(room: Room) -> list[str]:
    """When each of the six steps was taken, or is to be; empty where nobody knows yet."""
    meeting = room.meeting
    has_fixed = meeting.state is not MeetingState.PLANNED
    public = room.public.published_at if room.public is not None and room.shows_minutes else None
    moments = [meeting.created_at, room.fixed_at if has_fixed else None, meeting.called_at, meeting.starts_at, meeting.recorded_at, public]
    return [_day(moment) for moment in moments]


def _day(moment: datetime | None) -> str:
    return dates.day_month(moment, language=spoken()) if moment is not None else ""


def _own_act(room: Room) -> Act | None:
    """What the meeting waits for from whoever is signed in: an answer to the call, or an approval of the minutes."""
    own = next((one for one in room.invitations if one.person_id == current_user.person_id), None)
    if own is not None and own.reply is Reply.NEEDS_ACTION and is_open(room.meeting):
        return Act(_("Answer the call"), url_for("invitations.own", invitation_id=own.id))
    signatories = room.minutes.signatories if room.minutes is not None and room.minutes.state is MinutesState.SENT else []
    if any(one.person_id == current_user.person_id and one.approved_at is None for one in signatories):
        return Act(_("Approve the minutes"), f"/kontor/moter/{room.meeting.id}/motebok/godkjenn")
    return None

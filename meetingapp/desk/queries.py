"""What the pages people live in read, across all floors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.council.models import Council
from meetingapp.followups import queries as followup_queries
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting, MeetingState
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.models import MinutesState


@dataclass(frozen=True)
class NextStep:
    """The one thing that a meeting waits for, and where it is done."""

    meeting: Meeting
    what: str
    href: str
    days: int  # to the meeting; negative when it has been


def next_steps(actor: Any, council: Council) -> list[NextStep]:
    """One line for each meeting that is not finished, nearest first."""
    meetings: Sequence[Meeting] = [*meeting_queries.upcoming(actor, council.id), *unfinished(council.id)]
    seen: dict[int, Meeting] = {meeting.id: meeting for meeting in meetings}
    today = clock.today()
    steps = []
    for meeting in sorted(seen.values(), key=lambda m: (m.starts_at, m.id)):
        what, href = _step(meeting)
        steps.append(NextStep(meeting, what, href, (clock.local(meeting.starts_at).date() - today).days))
    return steps


def unfinished(council_id: int) -> Sequence[Meeting]:
    """Meetings that are over, but whose minutes are not locked. One query."""
    rows = db.session.scalars(
        select(Meeting)
        .where(Meeting.council_id == council_id, Meeting.state.in_([MeetingState.IN_SESSION, MeetingState.ENDED]))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()
    return [meeting for meeting in rows if (m := minutes_queries.minutes_of(meeting)) is None or m.state is not MinutesState.LOCKED]


def _step(meeting: Meeting) -> tuple[str, str]:
    base = f"/kontor/moter/{meeting.id}"
    match meeting.state:
        case MeetingState.PLANNED:
            return _("Draft the agenda"), base
        case MeetingState.AGENDA_FIXED:
            return _("Send the call"), f"{base}/innkalling"
        case MeetingState.CALLED:
            has_begun = clock.now() >= meeting.starts_at
            return (_("Open the meeting"), f"{base}/motebok") if has_begun else (_("See who comes"), f"{base}/deltakere")
        case MeetingState.IN_SESSION:
            return _("Write the minutes"), f"{base}/motebok"
        case _:
            return _("Finish the minutes"), f"{base}/motebok"


def failed_letters(council_id: int) -> int:
    """How many letters did not get through and wait for a person. One query."""
    return db.session.scalar(select(func.count(Letter.id)).where(Letter.realm == council_id, Letter.state == LetterState.FAILED)) or 0


def late_actions(council_id: int) -> int:
    """How many open actions are over their deadline."""
    today = clock.today()
    return sum(action.days_over(today) > 0 for action in followup_queries.open_actions(council_id))

"""The blueprint, and what its views share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, abort
from flask_login import current_user
from wtforms.validators import ValidationError

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem
from meetingapp.core import clock, policy
from meetingapp.core.forms import RuleBroken
from meetingapp.core.i18n.dates import parse_time
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Person, Seat, SeatRole
from meetingapp.meetings import queries as meeting_queries
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import queries, words
from meetingapp.minutes.models import Deliberation

bp = Blueprint("minutes", __name__)
WORDS: dict[str, Any] = {
    "outcomes": words.OUTCOMES,
    "presences": words.PRESENCES,
    "proposal_words": words.PROPOSALS,
    "minutes_states": words.STATES,
}


def find(meeting_id: int, action: str) -> Meeting:
    """The meeting, if the person may do `action` with its minutes; absent and hidden give the same 404."""
    meeting = meeting_queries.meeting_for(current_user, meeting_id)
    if meeting is None:
        policy.absent(current_user)
    policy.require(current_user, action, meeting)
    return meeting


def find_item(meeting_id: int, item_id: int) -> tuple[Meeting, AgendaItem, Deliberation]:
    """An item that has its place in the minutes, for whoever writes them."""
    meeting = find(meeting_id, "minutes.write")
    item = agenda_queries.item_for(meeting, item_id)
    done = queries.deliberation_of(item) if item is not None else None
    if item is None or done is None:
        abort(404)
    return meeting, item, done


def member_seats(meeting: Meeting) -> list[Seat]:
    """The members' seats on the day of the meeting. One query a body."""
    day = clock.local(meeting.starts_at).date()
    return [seat for body in meeting.bodies for seat in council_queries.seats_on(body, day, SeatRole.MEMBER)]


def everyone(meeting: Meeting) -> list[Person]:
    """Whoever has a seat in the bodies, by name."""
    day = clock.local(meeting.starts_at).date()
    found = {seat.person_id: seat.person for body in meeting.bodies for seat in council_queries.seats_on(body, day)}
    return sorted(found.values(), key=lambda person: (person.sort_name, person.id))


@contextmanager
def times_as_rules() -> Iterator[None]:
    """Let an impossible time show in the form like a broken rule."""
    try:
        yield
    except ValidationError as error:
        raise RuleBroken(str(error)) from None


def now_on_day(meeting: Meeting) -> Any:
    """The clock time to fill in: now, if the meeting is today; else its start."""
    local = clock.local(clock.now())
    start = clock.local(meeting.starts_at)
    return parse_time((local if local.date() == start.date() else start).strftime("%H.%M"))

"""One meeting with its whole life, gathered over the floors: what its page shows, as far as the reader may see it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem
from meetingapp.cases import queries as case_queries
from meetingapp.core.database import db
from meetingapp.core.database.pages import looked_at
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.desk.history import last_done
from meetingapp.followups import queries as followup_queries
from meetingapp.followups.models import Action
from meetingapp.invitations import queries as call_queries
from meetingapp.invitations.models import Call, Invitation, Reply
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingState
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.models import Absence, Attendance, Deliberation, Minutes, Presence
from meetingapp.minutes.policy import is_readable
from meetingapp.publishing import queries as publications
from meetingapp.publishing.models import Publication, SnapshotKind

NOT_ARRIVED = (LetterState.FAILED, LetterState.UNKNOWN, LetterState.DELAYED, LetterState.HELD)
IN_THE_ROOM = (Presence.MEMBER, Presence.DEPUTY)


@dataclass
class Room:
    """One meeting, and what has become of it so far."""

    meeting: Meeting
    lines: list[agenda_queries.TimedItem] = field(default_factory=list)
    titles: dict[int, str] = field(default_factory=dict)  # item id → its title as the reader may see it
    numbers: dict[int, str] = field(default_factory=dict)  # item id → "RR 13/26"
    closed: set[int] = field(default_factory=set)  # ids of cases whose words are not for the reader
    fixed_at: datetime | None = None
    calls: Sequence[Call] = ()  # that were not stopped, oldest first
    invitations: Sequence[Invitation] = ()
    quorums: Sequence[call_queries.Quorum] = ()
    letters: dict[int, Letter] = field(default_factory=dict)  # invitation id → the letter that called the person
    has_pack: bool = False
    minutes: Minutes | None = None  # None as well while it is not the reader's to read
    done: dict[int, Deliberation] = field(default_factory=dict)  # item id → what happened with it; no votes or proposals
    attendance: Sequence[Attendance] = ()
    absences: Sequence[Absence] = ()
    actions: Sequence[Action] = ()
    asked: Publication | None = None  # the newest decision to publish it
    public: Publication | None = None  # what is public now
    approved_in: AgendaItem | None = None  # where its own minutes are taken up
    following: Meeting | None = None  # the next one of the leading body

    @property
    def tally(self) -> Counter[Reply]:
        return Counter(one.reply for one in self.invitations)

    @property
    def unanswered(self) -> list[Invitation]:
        return [one for one in self.invitations if one.reply in (Reply.NEEDS_ACTION, Reply.TENTATIVE)]

    @property
    def declined(self) -> list[Invitation]:
        return [one for one in self.invitations if one.reply is Reply.DECLINED]

    @property
    def not_arrived(self) -> list[tuple[Invitation, Letter | None]]:
        """Those whom the call has not reached, as far as is known; without a letter where the person has no address."""
        if not self.calls:
            return []
        found = [(one, self.letters.get(one.id)) for one in self.invitations]
        return [(one, letter) for one, letter in found if letter is None or letter.state in NOT_ARRIVED]

    @property
    def present(self) -> list[Attendance]:
        """Members and deputies who were there, each once."""
        return list({row.person_id: row for row in self.attendance if row.presence in IN_THE_ROOM}.values())

    @property
    def shows_minutes(self) -> bool:
        """Whether the public page has the minutes, and not the agenda alone."""
        return self.public is not None and self.public.snapshot is not None and bool(self.public.snapshot.data.get("edition"))

    @property
    def public_path(self) -> str:
        return self.public.snapshot.path if self.public is not None and self.public.snapshot is not None else ""


def room_of(actor: Any, meeting: Meeting) -> Room:
    """All of `meeting` that `actor`, who is inside its council, may see. Some thirty queries, however much of it there is."""
    room = Room(meeting, fixed_at=last_done("agenda.fix", "meeting", meeting.id))
    _add_agenda(room, actor)
    _add_call(room)
    _add_minutes(room, actor)
    room.actions = followup_queries.actions_from_meeting(meeting.id)
    room.asked = publications.last_of(SnapshotKind.MEETING, meeting.id)
    room.public = publications.current(SnapshotKind.MEETING, meeting.id)
    room.following = _following(meeting)
    return room


def _add_agenda(room: Room, actor: Any) -> None:
    items = agenda_queries.items_of(room.meeting)
    lines = agenda_queries.flat(items)
    cases = [item.case for item in lines if item.case is not None]
    of_cases = case_queries.shown_titles(actor, cases)
    room.lines = agenda_queries.timetable(room.meeting, items)
    room.titles = {item.id: of_cases[item.case_id] if item.case_id is not None else item.title for item in lines}
    room.numbers = agenda_queries.number_texts(room.meeting, items, agenda_queries.given_to(room.meeting))
    room.closed = case_queries.closed_to(actor, cases)


def _add_call(room: Room) -> None:
    room.calls = call_queries.live_calls(room.meeting)
    if not room.calls:
        return
    room.invitations = call_queries.invitations_of(room.meeting)
    room.quorums = call_queries.quorums(room.meeting, room.invitations)
    room.letters = call_queries.delivery_of(room.invitations)
    room.has_pack = call_queries.pack_of(room.meeting) is not None


def _add_minutes(room: Room, actor: Any) -> None:
    """The minutes, where they are the reader's to read."""
    minutes = minutes_queries.minutes_of(room.meeting)
    if minutes is None or not is_readable(actor, room.meeting, minutes):
        return
    room.minutes = minutes
    rows = db.session.scalars(
        select(Deliberation).join(AgendaItem, AgendaItem.id == Deliberation.item_id).where(AgendaItem.meeting_id == room.meeting.id)
    )
    room.done = {row.item_id: row for row in rows}
    room.attendance = minutes_queries.attendance_of(room.meeting)
    room.absences = minutes_queries.absences_of(room.meeting)
    room.approved_in = agenda_queries.approval_of(room.meeting)


def _following(meeting: Meeting) -> Meeting | None:
    """The next meeting of the leading body. Two queries."""
    return db.session.scalar(
        select(Meeting)
        .join(MeetingBody, MeetingBody.meeting_id == Meeting.id)
        .where(
            looked_at(MeetingBody.body_id) == meeting.body.id,
            Meeting.starts_at > meeting.starts_at,
            Meeting.state != MeetingState.CANCELLED,
        )
        .options(selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at, Meeting.id)
        .limit(1)
    )

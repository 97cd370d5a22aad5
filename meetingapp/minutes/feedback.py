"""How useful a meeting was to those who were there: who may say, until when, and what they said as figures without names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n.dates import at_oslo
from meetingapp.council import queries as council_queries
from meetingapp.invitations.models import Invitation
from meetingapp.meetings.models import Meeting, MeetingBody
from meetingapp.minutes.models import Attendance, Feedback, Presence

SCORES = (1, 2, 3, 4, 5)
FEWEST = 3  # answers; of fewer, one could guess whose they are
LOOK_BACK = timedelta(days=90)  # for what waits on Min side


def took_part(meeting_id: int, person_id: int) -> bool:
    """Whether somebody was there at any time, as more than a listener. One query."""
    there = select(Attendance.id).where(
        Attendance.meeting_id == meeting_id, Attendance.person_id == person_id, Attendance.presence != Presence.AUDIENCE
    )
    return db.session.scalar(there.limit(1)) is not None


def is_called_by(invitation_id: int | None, meeting: Meeting) -> bool:
    """Whether an invitation is to `meeting`. One query."""
    return db.session.scalar(select(Invitation.meeting_id).where(Invitation.id == invitation_id)) == meeting.id


def last_day(meeting: Meeting) -> date | None:
    """The last day to answer: so many days after the minutes were locked as the body has set; None until they are. At most one query."""
    if meeting.recorded_at is None:
        return None
    locked = clock.local(meeting.recorded_at).date()
    return locked + timedelta(days=council_queries.days("feedback_days", body=meeting.body, on=locked))


def is_open(meeting: Meeting) -> bool:
    """Whether answers are taken: from the end of the meeting until some days after its minutes were locked. At most one query."""
    last = last_day(meeting)
    return meeting.ended_at is not None and (last is None or clock.today() <= last)


def answer_of(meeting_id: int, person_id: int) -> Feedback | None:
    """What one person said. One query."""
    return db.session.scalar(select(Feedback).where(Feedback.meeting_id == meeting_id, Feedback.person_id == person_id))


def attended(person_id: int, meeting_id: int) -> Meeting | None:
    """A meeting that `person_id` was at. Two queries; bodies come loaded."""
    if not took_part(meeting_id, person_id):
        return None
    return db.session.get(Meeting, meeting_id)


def asked_of(person_id: int) -> list[tuple[Meeting, bool]]:
    """The meetings that somebody was at and can say something about now, newest first, and whether they have. Three queries, and one
    for each meeting of the last months.
    """
    was_at = select(Attendance.meeting_id).where(Attendance.person_id == person_id, Attendance.presence != Presence.AUDIENCE)
    rows = db.session.scalars(
        select(Meeting)
        .where(Meeting.id.in_(was_at), Meeting.ended_at > clock.now() - LOOK_BACK)
        .options(selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at.desc(), Meeting.id.desc())
    ).all()
    found = [meeting for meeting in rows if is_open(meeting)]
    said = set(
        db.session.scalars(
            select(Feedback.meeting_id).where(Feedback.person_id == person_id, Feedback.meeting_id.in_([meeting.id for meeting in found]))
        )
    )
    return [(meeting, meeting.id in said) for meeting in found]


@dataclass
class Figures:
    """What those who were at one meeting said."""

    asked: int  # how many were there
    counts: list[int] = field(default_factory=lambda: [0] * len(SCORES))  # the first is how many said 1
    comments: list[str] = field(default_factory=list)  # by the alphabet, so that the order tells nothing

    @property
    def answered(self) -> int:
        return sum(self.counts)

    @property
    def is_shown(self) -> bool:
        """Whether there are so many answers that nobody can be recognised."""
        return self.answered >= FEWEST

    @property
    def average(self) -> float:
        """Of the scores; only where there are any."""
        return sum(score * count for score, count in zip(SCORES, self.counts, strict=True)) / self.answered


def figures_of(meeting: Meeting) -> Figures:
    """The figures of one meeting, with its comments. Three queries."""
    found = _figures([meeting.id])[meeting.id]
    if found.is_shown:
        comments = db.session.scalars(select(Feedback.comment).where(Feedback.meeting_id == meeting.id, Feedback.comment != ""))
        found.comments = sorted(comments, key=str.casefold)
    return found


def _figures(meeting_ids: Iterable[int]) -> dict[int, Figures]:
    ids = list(meeting_ids)
    there = db.session.execute(
        select(Attendance.meeting_id, func.count(Attendance.person_id.distinct()))
        .where(Attendance.meeting_id.in_(ids), Attendance.presence != Presence.AUDIENCE)
        .group_by(Attendance.meeting_id)
    )
    found = {meeting_id: Figures(0) for meeting_id in ids}
    for meeting_id, people in there:
        found[meeting_id].asked = people
    said = db.session.execute(
        select(Feedback.meeting_id, Feedback.score, func.count())
        .where(Feedback.meeting_id.in_(ids))
        .group_by(Feedback.meeting_id, Feedback.score)
    )
    for meeting_id, score, count in said:
        found[meeting_id].counts[score - 1] = count
    return found


def year_of(meeting: Meeting) -> Sequence[tuple[Meeting, Figures]]:
    """The council's meetings of the same year that have ended, in order, with their figures. Five queries."""
    first = clock.local(meeting.starts_at).date().replace(month=1, day=1)
    begins, ends = (at_oslo(day, time(0)) for day in (first, first.replace(year=first.year + 1)))
    held = db.session.scalars(
        select(Meeting)
        .where(
            Meeting.council_id == meeting.council_id, Meeting.starts_at >= begins, Meeting.starts_at < ends, Meeting.ended_at.is_not(None)
        )
        .options(selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at, Meeting.id)
    ).all()
    figures = _figures(one.id for one in held)
    return [(one, figures[one.id]) for one in held]

"""Who is in the room: opened with what the answers said, then changed as people come and go."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Person, Seat, SeatRole
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Capacity, Invitation, Reply
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import queries
from meetingapp.minutes.models import Absence, Attendance, Deliberation, Minutes, MinutesState, Presence

PRESENCES = {Capacity.MEMBER: Presence.MEMBER, Capacity.DEPUTY: Presence.DEPUTY, Capacity.GUEST: Presence.GUEST}


def open_meeting(meeting: Meeting, *, by: audit.Doer | None, at: datetime | None = None) -> Minutes:
    """Open the meeting: attendance is filled in from the answers, and each item gets its place in the minutes.

    Those who accepted are present from now; members who declined are absent with notice; those who have not answered are neither.

    :param at: when it was opened, aware; now by default
    :raises RuleBroken: unless the meeting is called
    """
    at = at or clock.now()
    meeting_commands.mark_opened(meeting, at)
    minutes = Minutes(meeting=meeting, state=MinutesState.DRAFT, created_at=clock.now())
    db.session.add(minutes)
    for invitation in invitation_queries.invitations_of(meeting):
        if invitation.reply is Reply.ACCEPTED:
            db.session.add(
                Attendance(
                    meeting=meeting,
                    person=invitation.person,
                    presence=_presence(invitation),
                    seat_id=invitation.for_seat_id or (invitation.seat_id if invitation.capacity is Capacity.MEMBER else None),
                    came_at=at,
                )
            )
        elif invitation.reply is Reply.DECLINED and invitation.capacity is Capacity.MEMBER and invitation.seat_id is not None:
            db.session.add(Absence(meeting_id=meeting.id, seat_id=invitation.seat_id, gave_notice=True))
    _note_items(meeting)
    audit.record("meeting.open", meeting, by=by)
    return minutes


def _presence(invitation: Invitation) -> Presence:
    if invitation.seat is not None and invitation.seat.role is SeatRole.SECRETARY:
        return Presence.SECRETARY
    return PRESENCES.get(invitation.capacity, Presence.STAFF)


def _note_items(meeting: Meeting) -> None:
    """A place for each item that is no break."""
    for item in agenda_queries.flat(agenda_queries.items_of(meeting)):
        if item.kind is not ItemKind.BREAK and queries.deliberation_of(item) is None:
            db.session.add(Deliberation(item=item, saved_at=clock.now()))
    db.session.flush()  # the desk links to them


def end_meeting(meeting: Meeting, *, by: audit.Doer | None, at: datetime | None = None) -> None:
    """End the meeting; whoever is still there left then.

    :raises RuleBroken: when it is not in session, or would end before it was opened
    """
    at = at or clock.now()
    if meeting.opened_at is not None and at < meeting.opened_at:
        raise RuleBroken(_("The meeting cannot end before it was opened."), field="at")
    meeting_commands.mark_ended(meeting, at)
    for row in queries.attendance_of(meeting):
        if row.left_at is None:
            row.left_at = max(at, row.came_at)
    audit.record("meeting.end", meeting, by=by)


def check_open(meeting: Meeting) -> Minutes:
    """The minutes, while they can be written.

    :raises RuleBroken: before the meeting is opened, or once the minutes are locked
    """
    minutes = queries.minutes_of(meeting)
    if minutes is None:
        raise RuleBroken(_("The meeting has not been opened."), next_step=_("Open it on the page of the minutes."))
    if minutes.state is MinutesState.LOCKED:
        raise RuleBroken(_("The minutes are locked."), next_step=_("A fault is mended by a correction."))
    return minutes


def touch(meeting: Meeting) -> None:
    """Something in the minutes has changed: approvals of the text as it was do not hold any more."""
    minutes = check_open(meeting)
    minutes.version += 1
    for signatory in minutes.signatories:
        signatory.approved_at, signatory.approved_hash = None, ""


def let_in(
    meeting: Meeting,
    person: Person,
    *,
    presence: Presence,
    at: datetime,
    by: audit.Doer | None,
    seat: Seat | None = None,
    only_item: AgendaItem | None = None,
    left_at: datetime | None = None,
    is_remote: bool = False,
) -> Attendance:
    """Note that `person` came at `at` (aware).

    :param seat: the member seat they fill: their own, or the one a deputy stands in for
    :param only_item: the one case a deputy came for
    :raises RuleBroken: when they are there already, or leave before they come
    """
    touch(meeting)
    if left_at is not None and left_at < at:
        raise RuleBroken(_("They cannot leave before they come."), field="left")
    for row in queries.attendance_of(meeting):
        if row.person_id == person.id and row.covers(at):
            raise RuleBroken(_("%(name)s is in the room already.", name=person.name))
    _check_seat(meeting, presence, seat, at)
    new = Attendance(
        meeting=meeting, person=person, presence=presence, seat=seat, came_at=at, left_at=left_at, only_item=only_item, is_remote=is_remote
    )
    db.session.add(new)
    if presence is Presence.MEMBER and seat is not None:
        absence = db.session.scalar(select(Absence).where(Absence.meeting_id == meeting.id, Absence.seat_id == seat.id))
        if absence is not None:
            db.session.delete(absence)
    audit.record("minutes.attendance", meeting, by=by, person=person.id, came=True)
    return new


def _check_seat(meeting: Meeting, presence: Presence, seat: Seat | None, at: datetime) -> None:
    """Whoever votes fills a seat, and a seat is filled by one at a time."""
    if presence not in queries.VOTING:
        return
    if seat is None:
        raise RuleBroken(_("Choose whose seat it is: only a seat gives a vote."), field="seat")
    for row in queries.attendance_of(meeting):
        if row.presence in queries.VOTING and row.seat_id == seat.id and row.covers(at):
            raise RuleBroken(_("%(name)s has this seat at that time.", name=row.person.name), field="seat")


def let_out(row: Attendance, *, at: datetime, by: audit.Doer | None) -> None:
    """Note that someone left at `at` (aware).

    :raises RuleBroken: before they came
    """
    touch(row.meeting)
    if at < row.came_at:
        raise RuleBroken(_("They cannot leave before they come."))
    row.left_at = at
    audit.record("minutes.attendance", row.meeting, by=by, person=row.person_id, came=False)


def remove_presence(row: Attendance, *, by: audit.Doer | None, absent: bool = False) -> None:
    """Take back a presence that was noted by mistake; a member who was not there at any time is noted as absent without notice."""
    touch(row.meeting)
    was_there = any(other.person_id == row.person_id and other.id != row.id for other in queries.attendance_of(row.meeting))
    if absent and not was_there and row.presence is Presence.MEMBER and row.seat_id is not None:
        db.session.add(Absence(meeting_id=row.meeting_id, seat_id=row.seat_id, gave_notice=False))
    audit.record("minutes.attendance", row.meeting, by=by, person=row.person_id, removed=True)
    db.session.delete(row)

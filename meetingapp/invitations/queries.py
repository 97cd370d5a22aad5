"""Reads of calls: who is to be invited, what stands in the way, who has answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from meetingapp.agendas import queries as agenda_queries
from meetingapp.cases.models import Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter
from meetingapp.core.mail.post import letters_about
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Affiliation, Organisation, Person, Seat, SeatRole
from meetingapp.invitations.models import Call, CallKind, CallPaper, Capacity, Invitation, Reply
from meetingapp.meetings.models import Meeting

KIND = "invitation"  # of letters
CAPACITIES = {
    SeatRole.MEMBER: Capacity.MEMBER,
    SeatRole.SECRETARY: Capacity.ADMINISTRATION,
    SeatRole.CASE_OFFICER: Capacity.ADMINISTRATION,
    SeatRole.ATTENDEE: Capacity.ADMINISTRATION,
    SeatRole.OBSERVER: Capacity.ADMINISTRATION,
}


@dataclass(frozen=True)
class Invitee:
    """One person to be invited, in which capacity, by which seat."""

    person: Person
    capacity: Capacity
    seat: Seat | None


@dataclass(frozen=True)
class Check:
    """One line of the pre-flight. `blocks`: it stops the call; `needs_reason`: a reason must be written."""

    text: str
    detail: str = ""
    href: str = ""
    is_fine: bool = False
    blocks: bool = False
    needs_reason: bool = False


def _day(meeting: Meeting) -> date:
    return clock.local(meeting.starts_at).date()


def people_to_invite(meeting: Meeting, guests: Sequence[Person] = ()) -> list[Invitee]:
    """Whom a call now would invite: members in seat order, administration, then guests; those invited already are left out."""
    there = set(db.session.scalars(select(Invitation.person_id).where(Invitation.meeting_id == meeting.id)))
    found: dict[int, Invitee] = {}
    for body in meeting.bodies:
        for seat in council_queries.seats_on(body, _day(meeting), *CAPACITIES):
            if seat.person_id not in there:
                found.setdefault(seat.person_id, Invitee(seat.person, CAPACITIES[seat.role], seat))
    for guest in guests:
        if guest.id not in there:
            found.setdefault(guest.id, Invitee(guest, Capacity.GUEST, None))
    order = list(Capacity)
    return sorted(found.values(), key=lambda who: order.index(who.capacity))


def possible_guests(meeting: Meeting) -> Sequence[Person]:
    """People of the council's partners: LO, NHO, the State Administrator, the delegation … One query."""
    partners = select(Affiliation.organisation_id).where(
        Affiliation.council_id == meeting.council_id, Affiliation.is_participant.is_(False)
    )
    seated = {seat.person_id for body in meeting.bodies for seat in council_queries.seats_on(body, _day(meeting), *CAPACITIES)}
    people = db.session.scalars(
        select(Person)
        .join(Organisation, Organisation.id == Person.organisation_id)
        .options(contains_eager(Person.organisation))
        .where(Person.organisation_id.in_(partners), Person.is_active)
        .order_by(Organisation.name, Person.sort_name, Person.id)
    ).all()
    return [person for person in people if person.id not in seated]


def notice_days(meeting: Meeting, today: date | None = None) -> int:
    """Whole calendar days from today (Oslo) to the meeting."""
    return (_day(meeting) - (today or clock.today())).days


def is_short_notice(meeting: Meeting) -> bool:
    return notice_days(meeting) < council_queries.days("notice_days", body=meeting.body, on=_day(meeting))


def preflight(meeting: Meeting) -> list[Check]:
    """What to look at before the call goes: faults first, then what is in order."""
    base = f"/kontor/moter/{meeting.id}"
    checks: list[Check] = []
    items = agenda_queries.items_of(meeting)
    if meeting.state.value == "planned":
        checks.append(Check(_("The agenda is not fixed"), _("The call carries the agenda."), base, blocks=True))
    else:
        numbers = ", ".join(number.text for number in agenda_queries.numbers_for(meeting).values())
        checks.append(Check(_("The agenda is fixed"), numbers, base, is_fine=True))
    for fault in agenda_queries.faults(meeting, items):
        checks.append(Check(fault.text, "", fault.href, blocks=True))
    for item in agenda_queries.flat(items):
        if item.case is not None and item.case.paper(Part.OPEN) is None:
            title = item.case.public_title
            checks.append(
                Check(
                    _("The paper of «%(title)s» is missing", title=title),
                    _("The call can go without it; it is sent later."),
                    f"/kontor/saker/{item.case_id}",
                )
            )
    checks.append(_notice_check(meeting))
    checks += _people_checks(meeting)
    if meeting.chair is None:
        checks.append(Check(_("Nobody is set to lead the meeting"), "", f"{base}/rediger"))
    return sorted(checks, key=lambda check: (check.is_fine, not check.blocks))


def _notice_check(meeting: Meeting) -> Check:
    days, needed = notice_days(meeting), council_queries.days("notice_days", body=meeting.body, on=_day(meeting))
    said = ngettext("Notice: %(num)d day", "Notice: %(num)d days", days)
    if days < 0:
        return Check(_("The meeting is in the past"), "", f"/kontor/moter/{meeting.id}/rediger", blocks=True)
    if days < needed:
        detail = _("The council's own deadline is %(days)s days. Write a reason below (kommuneloven § 11-3).", days=needed)
        return Check(said, detail, "#reason", needs_reason=True)
    return Check(said, _("The council's own deadline is %(days)s days.", days=needed), is_fine=True)


def _people_checks(meeting: Meeting) -> list[Check]:
    checks = []
    for body in meeting.bodies:
        members = council_queries.seats_on(body, _day(meeting), SeatRole.MEMBER)
        empty = body.voting_seats - len(members)
        alone = [seat.person.name for seat in members if not council_queries.deputies_for(seat, _day(meeting))]
        if empty > 0:
            said = ngettext("%(num)d seat in %(body)s is empty", "%(num)d seats in %(body)s are empty", empty, body=body.name)
            checks.append(Check(said, "", f"/kontor/folk/utvalg/{body.id}"))
        elif alone and body.voting_seats:
            checks.append(Check(_("No deputy stands ready for %(names)s", names=", ".join(alone)), "", f"/kontor/folk/utvalg/{body.id}"))
        elif members:
            checks.append(Check(_("All seats in %(body)s have a member and at least one deputy", body=body.name), is_fine=True))
    return checks


def calls_of(meeting: Meeting) -> Sequence[Call]:
    """All sendings of a meeting, oldest first; stopped ones too. Two queries; pinned papers come loaded."""
    return db.session.scalars(
        select(Call)
        .where(Call.meeting_id == meeting.id)
        .options(selectinload(Call.papers).joinedload(CallPaper.paper), joinedload(Call.sent_by))
        .order_by(Call.id)
    ).all()


def latest_call(meeting: Meeting) -> Call | None:
    """The newest sending that was not stopped. One query."""
    return db.session.scalar(select(Call).where(Call.meeting_id == meeting.id, Call.stopped_at.is_(None)).order_by(Call.id.desc()).limit(1))


def latest_pack(meeting: Meeting) -> Call | None:
    """The newest sending that carried the papers as one PDF. One query."""
    return db.session.scalar(
        select(Call)
        .where(Call.meeting_id == meeting.id, Call.stopped_at.is_(None), Call.pack_file_id.is_not(None))
        .order_by(Call.id.desc())
        .limit(1)
    )


def next_supplement(meeting: Meeting) -> int:
    """The number of the next supplement, from 1. One query."""
    given = db.session.scalars(select(Call.number).where(Call.meeting_id == meeting.id, Call.kind == CallKind.SUPPLEMENT)).all()
    return len(given) + 1


def invitations_of(meeting: Meeting) -> Sequence[Invitation]:
    """All invitations, members in seat order, their deputies, administration, guests. One query; people and seats come loaded."""
    rows = db.session.scalars(
        select(Invitation)
        .where(Invitation.meeting_id == meeting.id, Invitation.withdrawn_at.is_(None))
        .options(
            joinedload(Invitation.person).joinedload(Person.organisation),
            joinedload(Invitation.seat).joinedload(Seat.organisation),
            joinedload(Invitation.for_seat).joinedload(Seat.person),
        )
        .order_by(Invitation.id)
    ).all()
    order = list(Capacity)
    return sorted(rows, key=lambda row: (order.index(row.capacity), row.seat_id or 0, row.id))


def invitation_of(meeting: Meeting, person_id: int) -> Invitation | None:
    """One person's invitation to a meeting. One query."""
    return db.session.scalar(select(Invitation).where(Invitation.meeting_id == meeting.id, Invitation.person_id == person_id))


def own_invitations(actor: Any, *, after: datetime) -> Sequence[Invitation]:
    """`actor`'s invitations to meetings that end after `after` (UTC), nearest first. Two queries; meetings come loaded."""
    return db.session.scalars(
        select(Invitation)
        .join(Invitation.meeting)
        .options(contains_eager(Invitation.meeting).selectinload(Meeting.hosts), joinedload(Invitation.call))
        .where(Invitation.person_id == actor.person_id, Invitation.withdrawn_at.is_(None), Meeting.ends_at > after)
        .order_by(Meeting.starts_at, Invitation.id)
    ).all()


def letters_of(invitations: Sequence[Invitation]) -> dict[int, Letter]:
    """Invitation id → its newest letter. One query."""
    return {letter.about: letter for letter in letters_about(KIND, [invitation.id for invitation in invitations])}


def next_deputies(declined: Invitation) -> list[Seat]:
    """The deputies who can be called for a declined member, in the elected order, those invited already left out (kommuneloven § 7-10)."""
    if declined.seat is None:
        return []
    meeting = declined.meeting
    there = set(db.session.scalars(select(Invitation.person_id).where(Invitation.meeting_id == meeting.id)))
    return [seat for seat in council_queries.deputies_for(declined.seat, _day(meeting)) if seat.person_id not in there]


def called_deputies(meeting: Meeting) -> dict[int, list[Invitation]]:
    """Member seat id → the deputies called for it, in order. One query."""
    found: dict[int, list[Invitation]] = {}
    for row in invitations_of(meeting):
        if row.for_seat_id is not None:
            found.setdefault(row.for_seat_id, []).append(row)
    return found


@dataclass(frozen=True)
class Tally:
    """How it stands: voting seats, how many votes are sure, who has not answered."""

    seats: int
    sure: int
    unanswered: int
    declined: int


def tally(meeting: Meeting, invitations: Sequence[Invitation]) -> Tally:
    """Count votes from members and called deputies who have accepted."""
    voters = [row for row in invitations if row.capacity in (Capacity.MEMBER, Capacity.DEPUTY)]
    return Tally(
        seats=sum(body.voting_seats for body in meeting.bodies),
        sure=sum(row.reply is Reply.ACCEPTED for row in voters),
        unanswered=sum(row.reply is Reply.NEEDS_ACTION for row in voters),
        declined=sum(row.reply is Reply.DECLINED for row in voters),
    )

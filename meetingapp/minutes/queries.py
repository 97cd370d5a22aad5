"""Reads of minutes: attendance, what happened with each item, editions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.agendas.queries import Fault
from meetingapp.cases.models import Case
from meetingapp.core.database import db
from meetingapp.council.models import Matter, Organisation, Person, Seat
from meetingapp.meetings.models import Meeting
from meetingapp.minutes.models import (
    Absence,
    Attendance,
    Closing,
    Deliberation,
    Edition,
    Minutes,
    Outcome,
    Presence,
    Proposal,
    RecordStatement,
    Recusal,
    Signatory,
    Vote,
)

VOTING = (Presence.MEMBER, Presence.DEPUTY)


def minutes_of(meeting: Meeting) -> Minutes | None:
    """The minutes of a meeting, once it has been opened. Two queries; signatories and editions come loaded."""
    return db.session.scalar(
        select(Minutes)
        .where(Minutes.meeting_id == meeting.id)
        .options(selectinload(Minutes.signatories).joinedload(Signatory.person), selectinload(Minutes.editions))
    )


def attendance_of(meeting: Meeting) -> Sequence[Attendance]:
    """All stretches of presence: members in seat order, deputies, others. One query; people and seats come loaded."""
    rows = db.session.scalars(
        select(Attendance)
        .where(Attendance.meeting_id == meeting.id)
        .options(
            joinedload(Attendance.person).joinedload(Person.organisation),
            joinedload(Attendance.seat).joinedload(Seat.person),
            joinedload(Attendance.seat).joinedload(Seat.organisation),
        )
        .order_by(Attendance.came_at, Attendance.id)
    ).all()
    order = list(Presence)
    return sorted(rows, key=lambda row: (order.index(row.presence), row.seat_id or 0, row.came_at, row.id))


def absences_of(meeting: Meeting) -> Sequence[Absence]:
    """Members who did not come. One query; seats and people come loaded."""
    return db.session.scalars(
        select(Absence)
        .where(Absence.meeting_id == meeting.id)
        .options(joinedload(Absence.seat).joinedload(Seat.person), joinedload(Absence.seat).joinedload(Seat.organisation))
        .order_by(Absence.seat_id)
    ).all()


def deliberations_of(meeting: Meeting) -> dict[int, Deliberation]:
    """Item id → what happened with it. Some eight queries, however many items; all parts come loaded."""
    rows = db.session.scalars(
        select(Deliberation)
        .join(AgendaItem, AgendaItem.id == Deliberation.item_id)
        .where(AgendaItem.meeting_id == meeting.id)
        .options(
            selectinload(Deliberation.proposals).joinedload(Proposal.by),
            selectinload(Deliberation.votes).selectinload(Vote.ballots),
            selectinload(Deliberation.recusals).joinedload(Recusal.person),
            selectinload(Deliberation.recusals).joinedload(Recusal.basis),
            selectinload(Deliberation.closings).joinedload(Closing.basis),
            selectinload(Deliberation.breaks),
            selectinload(Deliberation.statements).joinedload(RecordStatement.by),
        )
    )
    return {row.item_id: row for row in rows}


def deliberation_of(item: AgendaItem) -> Deliberation | None:
    """What happened with one item. One query."""
    return db.session.scalar(select(Deliberation).where(Deliberation.item_id == item.id))


def minutes_of_meetings(meeting_ids: Iterable[int]) -> dict[int, Minutes]:
    """Meeting id → its minutes, where it has been opened. Two queries; editions come loaded."""
    query = select(Minutes).where(Minutes.meeting_id.in_(list(meeting_ids))).options(selectinload(Minutes.editions))
    return {minutes.meeting_id: minutes for minutes in db.session.scalars(query)}


def decisions_of(case: Case) -> Sequence[Deliberation]:
    """Everything decided or said about a case, oldest first. Three queries; items, meetings, votes and ballots come loaded."""
    return db.session.scalars(
        select(Deliberation)
        .join(Deliberation.item)
        .join(AgendaItem.meeting)
        .where(AgendaItem.case_id == case.id)
        .options(
            joinedload(Deliberation.item).joinedload(AgendaItem.meeting),
            selectinload(Deliberation.votes).options(joinedload(Vote.chair), joinedload(Vote.about), selectinload(Vote.ballots)),
        )
        .order_by(Meeting.starts_at, Deliberation.id)
    ).all()


def latest_edition(meeting: Meeting) -> Edition | None:
    """The newest locked edition. One query."""
    return db.session.scalar(
        select(Edition).join(Edition.minutes).where(Minutes.meeting_id == meeting.id).order_by(Edition.number.desc()).limit(1)
    )


def waiting_for(actor: Any) -> Sequence[Minutes]:
    """Minutes that wait for `actor`'s approval. One query; meetings come loaded."""
    return db.session.scalars(
        select(Minutes)
        .join(Signatory, Signatory.minutes_id == Minutes.id)
        .where(Signatory.person_id == actor.person_id, Signatory.approved_at.is_(None), Minutes.sent_at.is_not(None))
        .options(joinedload(Minutes.meeting).selectinload(Meeting.hosts))
        .order_by(Minutes.id)
    ).all()


def people(ids: Sequence[int]) -> dict[int, Person]:
    """People by id. One query."""
    return {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(list(ids))))} if ids else {}


def voters_at(meeting: Meeting, moment: datetime, item: AgendaItem, *, without: Sequence[int] = ()) -> list[Attendance]:
    """Who may vote on `item` at `moment`: members and called deputies in the room with a vote in this kind of matter.

    :param without: ids of people who may not (recused, or whose recusal is being decided)
    """
    matter = item.case.matter if item.case is not None else Matter.GENERAL
    rows = [
        row
        for row in attendance_of(meeting)
        if row.presence in VOTING
        and row.covers(moment)
        and row.person_id not in without
        and (row.only_item_id is None or row.only_item_id == item.id)
        and (row.seat is None or row.seat.may("v", matter))
    ]
    return list({row.person_id: row for row in rows}.values())


def present_at(meeting: Meeting, moment: datetime) -> list[Attendance]:
    """Everybody in the room but the audience."""
    return [row for row in attendance_of(meeting) if row.covers(moment) and row.presence is not Presence.AUDIENCE]


def home_of(row: Attendance) -> Organisation | None:
    """Whom someone sat for: the seat's organisation, else their own."""
    return row.seat.organisation if row.seat is not None and row.seat.organisation is not None else row.person.organisation


def lacking(meeting: Meeting) -> list[Fault]:
    """What the law wants in the minutes and is not there (kommuneloven § 11-4), with where it is mended."""
    base = f"/kontor/moter/{meeting.id}/motebok"
    found = []
    if not any(row.presence in VOTING for row in attendance_of(meeting)):
        found.append(Fault(_("Nobody is noted as present."), base))
    if meeting.ended_at is None:
        found.append(Fault(_("The meeting has not been ended."), base))
    deliberations = deliberations_of(meeting)
    numbers = agenda_queries.numbers_for(meeting)
    for item in agenda_queries.flat(agenda_queries.items_of(meeting)):
        if item.kind is not ItemKind.CASE:
            continue
        done = deliberations.get(item.id)
        name = numbers[item.case_id].text if item.case_id in numbers else agenda_queries.title_of(item, public=True)
        where = f"{base}/{item.id}"
        if done is None or done.outcome is Outcome.NOT_DEALT_WITH:
            found.append(Fault(_("%(case)s has no outcome.", case=name), where))
            continue
        decides = done.outcome in (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED, Outcome.POSTPONED, Outcome.SENT_BACK)
        if decides and not done.decision:
            found.append(Fault(_("%(case)s has no decision text.", case=name), where))
        if done.outcome in (Outcome.ADOPTED, Outcome.ADOPTED_AMENDED) and not done.votes:
            found.append(Fault(_("%(case)s has no vote.", case=name), where))
        if any(closing.ended_at is None for closing in done.closings):
            found.append(Fault(_("%(case)s: the doors have not been opened again.", case=name), where))
    return found

"""Who changed what, of a case, a meeting and a person: what belongs to each, gathered over the floors."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from meetingapp.accounts.models import PersonalLink
from meetingapp.agendas.models import AgendaItem
from meetingapp.cases.models import Case
from meetingapp.core.audit import AuditEntry
from meetingapp.core.database import db
from meetingapp.core.database.pages import Page
from meetingapp.council import history
from meetingapp.council.models import Person, Seat
from meetingapp.invitations.models import Invitation
from meetingapp.meetings.models import Meeting
from meetingapp.minutes.models import Deliberation, Minutes
from meetingapp.publishing.models import Publication, SnapshotKind


def of_case(case: Case, behind: int | None) -> Page[history.Line]:
    """What was done to a case: its papers, who was given access, who opened what is closed, and its publication. Four queries."""
    return history.lines_of([("case", [case.id]), ("publication", _publications(SnapshotKind.CASE, case.id))], behind=behind)


def of_meeting(meeting: Meeting, behind: int | None, *, most: int = history.PAGE) -> Page[history.Line]:
    """What was done to a meeting: agenda, calls and answers, minutes, publication. Seven queries."""
    invitations = db.session.scalars(select(Invitation.id).where(Invitation.meeting_id == meeting.id)).all()
    minutes = db.session.scalars(select(Minutes.id).where(Minutes.meeting_id == meeting.id)).all()
    done = db.session.scalars(select(Deliberation.id).join(Deliberation.item).where(AgendaItem.meeting_id == meeting.id)).all()
    about: list[history.About] = [
        ("meeting", [meeting.id]),
        ("invitation", invitations),
        ("minutes", minutes),
        ("deliberation", done),
        ("publication", _publications(SnapshotKind.MEETING, meeting.id)),
    ]
    return history.lines_of(about, behind=behind, most=most)


def of_person(person: Person, behind: int | None) -> Page[history.Line]:
    """What was done to a person, their seats and links; and what they did themselves. Five queries."""
    seats = db.session.scalars(select(Seat.id).where(Seat.person_id == person.id)).all()
    links = db.session.scalars(select(PersonalLink.id).where(PersonalLink.person_id == person.id)).all()
    about: list[history.About] = [("person", [person.id]), ("seat", seats), ("personal_link", links)]
    return history.lines_of(about, by_person=person.id, behind=behind)


def last_done(action: str, thing: str, thing_id: int) -> datetime | None:
    """When something was last done to a thing, named by its table and id. One query."""
    return db.session.scalar(
        select(AuditEntry.at)
        .where(AuditEntry.thing == thing, AuditEntry.thing_id == thing_id, AuditEntry.action == action)
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )


def _publications(kind: SnapshotKind, about: int) -> list[int]:
    return list(db.session.scalars(select(Publication.id).where(Publication.kind == kind, Publication.about == about)))

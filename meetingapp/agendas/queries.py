"""Reads of an agenda: items in order, when each begins, numbers, and what stands in the way of fixing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.agendas.models import AgendaItem, CaseNumber, ItemKind
from meetingapp.cases.models import Case, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.database.numbers import last_number
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body
from meetingapp.meetings.models import Meeting, MeetingForm


@dataclass(frozen=True)
class TimedItem:
    """One line of the programme. Moments are UTC; `label` is "a)" for sub-items."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime
    label: str


@dataclass(frozen=True)
class Fault:
    """Something that stands in the way, and where it is mended."""

    text: str
    href: str


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """The top-level items in order. Three queries; children and cases with their papers come loaded."""
    return list(
        db.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == meeting.id, AgendaItem.parent_id.is_(None))
            .options(
                joinedload(AgendaItem.case).selectinload(Case.papers),
                selectinload(AgendaItem.children).joinedload(AgendaItem.case).selectinload(Case.papers),
            )
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def item_for(meeting: Meeting, item_id: int) -> AgendaItem | None:
    """One item of this meeting."""
    return db.session.scalar(select(AgendaItem).where(AgendaItem.id == item_id, AgendaItem.meeting_id == meeting.id))


def flat(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """Each item, then its sub-items."""
    return [one for item in items for one in (item, *item.children)]


def timetable(meeting: Meeting, items: Sequence[AgendaItem] | None = None) -> list[TimedItem]:
    """When each item is planned to begin: one after the other. An item with sub-items lasts at least as long as they do."""
    at, lines = meeting.starts_at, []
    for item in items if items is not None else items_of(meeting):
        own = max(item.minutes, sum(child.minutes for child in item.children))
        ends = at + timedelta(minutes=own)
        lines.append(TimedItem(item, at, ends, ""))
        inner = at
        for number, child in enumerate(item.children):
            lines.append(TimedItem(child, inner, inner + timedelta(minutes=child.minutes), f"{chr(ord('a') + number % 26)})"))
            inner += timedelta(minutes=child.minutes)
        at = ends
    return lines


def number_of(case: Case, body: Body) -> CaseNumber | None:
    """The newest number of a case in a body. One query."""
    return db.session.scalar(
        select(CaseNumber).where(CaseNumber.case_id == case.id, CaseNumber.body_id == body.id).order_by(CaseNumber.id.desc()).limit(1)
    )


def numbers_for(meeting: Meeting) -> dict[int, CaseNumber]:
    """Case id → its newest number in the leading body. One query."""
    rows = db.session.scalars(
        select(CaseNumber)
        .join(AgendaItem, AgendaItem.case_id == CaseNumber.case_id)
        .where(AgendaItem.meeting_id == meeting.id, CaseNumber.body_id == meeting.body.id)
        .order_by(CaseNumber.id)
    )
    return {row.case_id: row for row in rows}


def numbers_of_cases(case_ids: Iterable[int]) -> dict[int, list[CaseNumber]]:
    """Case id → all its numbers, oldest first. One query; bodies come loaded."""
    found: dict[int, list[CaseNumber]] = {}
    wanted = list(case_ids)
    if not wanted:
        return found
    for row in db.session.scalars(
        select(CaseNumber).where(CaseNumber.case_id.in_(wanted)).options(joinedload(CaseNumber.body)).order_by(CaseNumber.id)
    ):
        found.setdefault(row.case_id, []).append(row)
    return found


def items_of_case(case: Case) -> Sequence[AgendaItem]:
    """Where a case has been or is on an agenda, oldest meeting first. One query; meetings come loaded."""
    return db.session.scalars(
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(AgendaItem.case_id == case.id)
        .options(joinedload(AgendaItem.meeting).selectinload(Meeting.hosts))
        .order_by(Meeting.starts_at, AgendaItem.id)
    ).all()


def title_of(item: AgendaItem, *, public: bool) -> str:
    """What an item is called. In public: the case's public title, never another."""
    if item.case is not None:
        return item.case.title_for_public if public else item.case.title
    return item.title


def series_key(body: Body, year: int) -> str:
    """The counter row that a body's case numbers of one year come from."""
    return f"case:{body.id}:{body.series}:{year}"


def is_numbered(item: AgendaItem) -> bool:
    """Cases get numbers; formal items, programme and breaks do not."""
    return item.kind is ItemKind.CASE


def next_numbers(meeting: Meeting, items: Sequence[AgendaItem]) -> list[str]:
    """The numbers that fixing the agenda now would give, in order. Two queries."""
    year = clock.local(meeting.starts_at).year
    has = numbers_for(meeting)
    last = last_number(series_key(meeting.body, year))
    waiting = [item for item in flat(items) if is_numbered(item) and item.case_id not in has]
    return [written(meeting.body, year, last + n) for n in range(1, len(waiting) + 1)]


def written(body: Body, year: int, number: int) -> str:
    """A number as the body writes it: "RR 13/26"."""
    return body.number_pattern.format(series=body.series, n=number, yy=f"{year % 100:02}", yyyy=year)


def faults(meeting: Meeting, items: Sequence[AgendaItem]) -> list[Fault]:
    """What stops it from being fixed: nothing on it, a case without a public title, a must-close case on screen (§ 11-7)."""
    found = []
    cases = [item.case for item in flat(items) if item.case is not None]
    if not any(item.kind in (ItemKind.CASE, ItemKind.PROGRAMME) for item in items):
        found.append(Fault(_("There is nothing on the agenda yet."), f"/kontor/moter/{meeting.id}"))
    for case in cases:
        if not case.public_title:
            found.append(Fault(_("«%(title)s» has no public title.", title=case.title), f"/kontor/saker/{case.id}/rediger"))
        if meeting.form is MeetingForm.REMOTE and case.legal_basis is not None and case.legal_basis.is_duty:
            found.append(
                Fault(
                    _("«%(title)s» must be dealt with behind closed doors, so it cannot be in a meeting on screen.", title=case.title),
                    f"/kontor/moter/{meeting.id}/rediger",
                )
            )
    return found


def warnings(meeting: Meeting, items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → what is not as it should be, but stops nothing."""
    found = {}
    for item in flat(items):
        if item.case is not None:
            paper = item.case.paper(Part.OPEN)
            if paper is None:
                found[item.id] = _("The case paper is missing")
            elif not paper.recommendation and item.case.kind.value in ("decision", "statement", "application"):
                found[item.id] = _("The recommendation is missing")
    return found


def keeps_number(meeting: Meeting) -> bool:
    """Whether a postponed case keeps its number in this body."""
    on = clock.local(meeting.starts_at).date()
    return council_queries.setting("postponed_case_number", body=meeting.body, on=on) == "keep_number"

"""Reads of an agenda: items in order, when each begins, numbers, and what stands in the way of fixing it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from meetingapp.agendas.models import AgendaItem, CaseNumber, ItemKind
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.database.numbers import last_number
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body
from meetingapp.meetings.models import Meeting, MeetingForm
from meetingapp.meetings.queries import LARGEST_ID


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
    """The top-level items in order. Three queries; children, and cases with officer, legal basis and papers, come loaded."""
    case, child = joinedload(AgendaItem.case), selectinload(AgendaItem.children)
    of_child = child.joinedload(AgendaItem.case)
    return list(
        db.session.scalars(
            select(AgendaItem)
            .where(AgendaItem.meeting_id == meeting.id, AgendaItem.parent_id.is_(None))
            .options(
                joinedload(AgendaItem.formal_number),
                case.joinedload(Case.officer),
                case.joinedload(Case.legal_basis),
                case.selectinload(Case.papers),
                of_child.joinedload(Case.legal_basis),
                of_child.selectinload(Case.papers),
            )
            .order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def siblings_of(item: AgendaItem) -> list[AgendaItem]:
    """All items of the same parent in order, `item` among them. One query."""
    return same_level(item.meeting_id, item.parent_id)


def same_level(meeting_id: int, parent_id: int | None) -> list[AgendaItem]:
    """The items of one parent (None: the top level) in order. One query."""
    parent = AgendaItem.parent_id.is_(None) if parent_id is None else AgendaItem.parent_id == parent_id
    return list(
        db.session.scalars(
            select(AgendaItem).where(AgendaItem.meeting_id == meeting_id, parent).order_by(AgendaItem.position, AgendaItem.id)
        )
    )


def item_for(meeting: Meeting, item_id: int) -> AgendaItem | None:
    """One item of this meeting. One query."""
    return db.session.scalar(select(AgendaItem).where(AgendaItem.id == min(item_id, LARGEST_ID), AgendaItem.meeting_id == meeting.id))


def meeting_id_of(item_id: int) -> int | None:
    """The meeting that an item belongs to. One query."""
    return db.session.scalar(select(AgendaItem.meeting_id).where(AgendaItem.id == min(item_id, LARGEST_ID)))


def flat(items: Iterable[AgendaItem]) -> list[AgendaItem]:
    """Each item, then its sub-items."""
    return [one for item in items for one in (item, *item.children)]


def timetable(meeting: Meeting, items: Sequence[AgendaItem] | None = None) -> list[TimedItem]:
    """When each item is planned to begin: one after the other. An item with sub-items lasts at least as long as they do."""
    at, lines = meeting.starts_at, []
    for item in items if items is not None else items_of(meeting):
        ends = at + timedelta(minutes=length_of(item))
        lines.append(TimedItem(item, at, ends, ""))
        inner = at
        for number, child in enumerate(item.children):
            after = inner + timedelta(minutes=child.minutes)
            lines.append(TimedItem(child, inner, after, f"{label(number)})"))
            inner = after
        at = ends
    return lines


def label(number: int) -> str:
    """The letter of a sub-item counted from 0: a, b … z, aa, ab …"""
    return (label(number // 26 - 1) if number >= 26 else "") + chr(ord("a") + number % 26)


def length_of(item: AgendaItem) -> int:
    """The minutes an item takes, its sub-items with it."""
    return max(item.minutes, sum(child.minutes for child in item.children))


def planned_end(meeting: Meeting, items: Sequence[AgendaItem]) -> datetime:
    """When the meeting ends if every item takes the time it is given."""
    return meeting.starts_at + timedelta(minutes=sum(length_of(item) for item in items))


def title_of(item: AgendaItem, *, public: bool) -> str:
    """What an item is called. In public: the case's public title, never another; empty until someone has written it."""
    if item.case is not None:
        return item.case.title_for_public if public else item.case.title
    return item.title


def items_of_case(case: Case) -> Sequence[AgendaItem]:
    """Where a case has been or is on an agenda, oldest meeting first. One query; meetings come loaded."""
    return db.session.scalars(
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(AgendaItem.case_id == case.id)
        .options(joinedload(AgendaItem.meeting).selectinload(Meeting.hosts))
        .order_by(Meeting.starts_at, AgendaItem.id)
    ).all()


# ---- Numbers ----


def number_of(case: Case, body: Body) -> CaseNumber | None:
    """The newest number of a case in a body. One query."""
    return db.session.scalar(
        select(CaseNumber).where(CaseNumber.case_id == case.id, CaseNumber.body_id == body.id).order_by(CaseNumber.id.desc()).limit(1)
    )


def numbers_for(meeting: Meeting) -> dict[int, CaseNumber]:
    """Case id → its number in the leading body as it was in this meeting: the one given here, else the newest from before. One query."""
    rows = db.session.execute(
        select(CaseNumber, Meeting.starts_at)
        .join(AgendaItem, AgendaItem.case_id == CaseNumber.case_id)
        .outerjoin(Meeting, Meeting.id == CaseNumber.meeting_id)
        .where(AgendaItem.meeting_id == meeting.id, CaseNumber.body_id == meeting.body.id)
        .order_by(CaseNumber.id)
    ).all()
    found = {number.case_id: number for number, given_for in rows if given_for is None or given_for <= meeting.starts_at}
    return found | {number.case_id: number for number, _given_for in rows if number.meeting_id == meeting.id}


def number_texts(meeting: Meeting, items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → its number as written, formal items that have one among them. One query."""
    numbers, found = numbers_for(meeting), {}
    for item in flat(items):
        if item.case_id in numbers:
            found[item.id] = numbers[item.case_id].text
        elif item.formal_number is not None:
            found[item.id] = item.formal_number.text
    return found


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


def series_key(body: Body, year: int) -> str:
    """The counter row that a body's numbers of one year come from."""
    return f"case:{body.id}:{body.series}:{year}"


def written(body: Body, year: int, number: int) -> str:
    """A number as the body writes it: "RR 13/26"."""
    return body.number_pattern.format(series=body.series, n=number, yy=f"{year % 100:02}", yyyy=year)


def meeting_day(meeting: Meeting) -> date:
    """The calendar day of the meeting in Oslo."""
    return clock.local(meeting.starts_at).date()


def without_number(meeting: Meeting, items: Sequence[AgendaItem]) -> list[AgendaItem]:
    """The items that get a number when the agenda is fixed, in order: cases, and formal items where the body numbers them.

    A case that has a number in the leading body keeps it, or gets a new one, as the body has set. Three queries.

    :param items: top-level items
    """
    on = meeting_day(meeting)
    keeps = council_queries.setting("postponed_case_number", body=meeting.body, on=on) == "keep_number"
    formal_too = council_queries.setting("formal_items_numbered", body=meeting.body, on=on) == "yes"
    lines = flat(items)
    numbers = numbers_of_cases(item.case_id for item in lines if item.case_id is not None)
    found = []
    for item in lines:
        if item.case_id is not None:
            given = [number for number in numbers.get(item.case_id, []) if number.body_id == meeting.body.id]
            if not any(keeps or number.meeting_id == meeting.id for number in given):
                found.append(item)
        elif formal_too and item.kind is ItemKind.FORMAL and item.parent_id is None and item.formal_number is None:
            found.append(item)
    return found


def coming_numbers(meeting: Meeting, items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → the number that fixing the agenda now would give it, in order. Four queries."""
    year = meeting_day(meeting).year
    last = last_number(series_key(meeting.body, year))
    waiting = without_number(meeting, items)
    return {item.id: written(meeting.body, year, last + n) for n, item in enumerate(waiting, start=1)}


# ---- What is not as it should be ----


def agenda_faults(meeting: Meeting, items: Sequence[AgendaItem] | None = None) -> list[Fault]:
    """What stops it from being fixed: nothing on it, a case without a public title, a case that must be dealt with behind closed doors
    in a meeting on screen.

    :source: kommuneloven §§ 11-3, 11-7
    """
    items = items if items is not None else items_of(meeting)
    lines = flat(items)
    found = []
    if not any(item.kind is ItemKind.CASE or (item.kind is ItemKind.PROGRAMME and not item.is_fixed) for item in lines):
        found.append(Fault(_("There is nothing on the agenda yet but the standing items."), f"/kontor/moter/{meeting.id}"))
    for item in lines:
        if item.case is not None:
            found += case_faults(meeting, item.case)
    return found


def case_faults(meeting: Meeting, case: Case) -> list[Fault]:
    """What stops one case from being on the fixed agenda of `meeting`. Names an exempt case by its public title only."""
    found = []
    if not case.public_title:
        found.append(Fault(_("«%(title)s» has no public title.", title=case.title), f"/kontor/saker/{case.id}/rediger"))
    if meeting.form is MeetingForm.REMOTE and case.is_exempt and case.legal_basis is not None and case.legal_basis.is_duty:
        found.append(
            Fault(
                _(
                    "«%(title)s» must be dealt with behind closed doors (%(ground)s), so it cannot be in a meeting on screen.",
                    title=case.public_title,
                    ground=case.legal_basis.label,
                ),
                f"/kontor/moter/{meeting.id}/rediger",
            )
        )
    return found


def warnings(items: Sequence[AgendaItem]) -> dict[int, str]:
    """Item id → what is not as it should be, but stops nothing."""
    found = {}
    for item in flat(items):
        if item.case is not None:
            paper = item.case.paper(Part.OPEN)
            if paper is None or not paper.text:
                found[item.id] = _("The case paper is missing")
            elif not paper.recommendation and item.case.kind in case_queries.NEEDS_RECOMMENDATION:
                found[item.id] = _("The recommendation is missing")
    return found


@dataclass(frozen=True)
class Notice:
    """How long before the meeting a call would come if it were sent today. All in calendar days."""

    days: int
    limit: int  # the body's own
    last_day: date

    @property
    def is_short(self) -> bool:
        return self.days < self.limit


def notice_today(meeting: Meeting) -> Notice:
    """One query.

    :source: kommuneloven § 11-3 (reasonable notice); the number is the body's own
    """
    day = meeting_day(meeting)
    limit = council_queries.days("notice_days", body=meeting.body, on=day)
    return Notice((day - clock.today()).days, limit, day - timedelta(days=limit))

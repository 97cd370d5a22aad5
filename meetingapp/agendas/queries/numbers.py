"""The numbers that cases and formal items have, and those they would get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from meetingapp.agendas.models import AgendaItem, CaseNumber, ItemKind
from meetingapp.agendas.queries.items import flat
from meetingapp.cases.models import Case
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.database.numbers import last_number
from meetingapp.core.database.pages import looked_at
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body
from meetingapp.meetings.models import Meeting


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
        .where(AgendaItem.meeting_id == meeting.id, looked_at(CaseNumber.body_id) == meeting.body.id)
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


def case_with_number(council_id: int, text: str) -> Case | None:
    """The case that has this number in one of a council's bodies, as it is written: "RR 13/26". One query."""
    return db.session.scalar(
        select(Case)
        .join(CaseNumber, CaseNumber.case_id == Case.id)
        .where(Case.council_id == council_id, CaseNumber.text == " ".join(text.replace("\x00", "").split()))
        .order_by(CaseNumber.id.desc())
        .limit(1)
    )

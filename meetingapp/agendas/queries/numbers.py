"""The numbers that cases and formal items have, and those they would get."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import joinedload

from meetingapp.agendas.models import AgendaItem, CaseNumber, ItemKind
from meetingapp.agendas.queries.items import flat
from meetingapp.cases.models import Case
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.database.pages import looked_at
from meetingapp.council.models import Body
from meetingapp.council.queries import Rules
from meetingapp.meetings.models import Meeting


def number_of(case: Case, body: Body) -> CaseNumber | None:
    """The newest number of a case in a body. One query."""
    return db.session.scalar(
        select(CaseNumber).where(CaseNumber.case_id == case.id, CaseNumber.body_id == body.id).order_by(CaseNumber.id.desc()).limit(1)
    )


_GIVEN = (
    select(CaseNumber, Meeting.starts_at)
    .join(AgendaItem, AgendaItem.case_id == CaseNumber.case_id)
    .outerjoin(Meeting, Meeting.id == CaseNumber.meeting_id)
    .where(AgendaItem.meeting_id == bindparam("meeting"), looked_at(CaseNumber.body_id) == bindparam("body"))
    .order_by(CaseNumber.id)
)


def numbers_for(meeting: Meeting) -> dict[int, CaseNumber]:
    """Case id → its number in the leading body as it was in this meeting: the one given here, else the newest from before. One query."""
    return numbers_then(meeting, given_to(meeting))


Given = tuple[CaseNumber, datetime | None]  # a number, and when the meeting whose agenda gave it begins


def given_to(meeting: Meeting) -> Sequence[Given]:
    """All numbers that the cases of this meeting have in its leading body, oldest first. One query."""
    rows = db.session.execute(_GIVEN, {"meeting": meeting.id, "body": meeting.body.id}).all()
    return [(number, given_for) for number, given_for in rows]


def numbers_then(meeting: Meeting, given: Sequence[Given]) -> dict[int, CaseNumber]:
    """As `numbers_for`, of numbers that are read already."""
    found = {number.case_id: number for number, given_for in given if given_for is None or given_for <= meeting.starts_at}
    return found | {number.case_id: number for number, _given_for in given if number.meeting_id == meeting.id}


def number_texts(meeting: Meeting, items: Sequence[AgendaItem], given: Sequence[Given]) -> dict[int, str]:
    """Item id → its number as written, formal items that have one among them.

    :param given: as `given_to` reads them
    """
    numbers, found = numbers_then(meeting, given), {}
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


RULES = ("postponed_case_number", "formal_items_numbered")  # the settings that decide what gets a number


def without_number(meeting: Meeting, items: Sequence[AgendaItem], rules: Rules, given: Sequence[Given]) -> list[AgendaItem]:
    """The items that get a number when the agenda is fixed, in order: cases, and formal items where the body numbers them.

    A case that has a number in the leading body keeps it, or gets a new one, as the body has set.

    :param items: top-level items
    :param rules: with those named in `RULES`
    :param given: as `given_to` reads them
    """
    on = meeting_day(meeting)
    keeps = rules.value("postponed_case_number", body=meeting.body, on=on) == "keep_number"
    formal_too = rules.value("formal_items_numbered", body=meeting.body, on=on) == "yes"
    numbered = {number.case_id for number, _given_for in given if keeps or number.meeting_id == meeting.id}
    found = []
    for item in flat(items):
        if item.case_id is not None:
            if item.case_id not in numbered:
                found.append(item)
        elif formal_too and item.kind is ItemKind.FORMAL and item.parent_id is None and item.formal_number is None:
            found.append(item)
    return found


def coming_numbers(meeting: Meeting, waiting: Sequence[AgendaItem], last: int) -> dict[int, str]:
    """Item id → the number that fixing the agenda now would give it, in order.

    :param waiting: as `without_number` finds them
    :param last: the last number that the leading body gave in the year of the meeting
    """
    year = meeting_day(meeting).year
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

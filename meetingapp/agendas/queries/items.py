"""The items of an agenda in order, and when each begins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask_babel import ngettext
from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased, joinedload
from sqlalchemy.orm.attributes import set_committed_value

from meetingapp.agendas.models import AgendaItem
from meetingapp.cases.models import Case, CasePaper, Part
from meetingapp.core.database import db
from meetingapp.meetings.models import Meeting, MeetingBody
from meetingapp.meetings.queries import LARGEST_ID


@dataclass(frozen=True)
class TimedItem:
    """One line of the programme. Moments are UTC; `label` is "3.1" for a sub-item of the third item, "3" for what has sub-items."""

    item: AgendaItem
    starts_at: datetime
    ends_at: datetime
    label: str


# Written out once, for nearly all pages of a meeting ask them.
_case, _version = joinedload(AgendaItem.case), aliased(CasePaper)
_ITEMS = (
    select(AgendaItem)
    .where(AgendaItem.meeting_id == bindparam("meeting"))
    .options(
        joinedload(AgendaItem.formal_number),
        joinedload(AgendaItem.approves).joinedload(Meeting.hosts).joinedload(MeetingBody.body),
        _case.joinedload(Case.officer),
        _case.joinedload(Case.legal_basis),
    )
    .order_by(AgendaItem.position, AgendaItem.id)
)
_ITEMS_WITH_ALL = _ITEMS.options(joinedload(AgendaItem.case).selectinload(Case.papers))
_newest_open = (
    select(_version.id)
    .where(_version.case_id == AgendaItem.case_id, _version.part == Part.OPEN)
    .order_by(_version.version.desc())
    .limit(1)
    .scalar_subquery()
)
_ITEMS_AND_PAPERS = _ITEMS.outerjoin(CasePaper, CasePaper.id == _newest_open).add_columns(
    CasePaper.id, CasePaper.text != "", CasePaper.recommendation != ""
)


def items_of(meeting: Meeting) -> list[AgendaItem]:
    """The top-level items in order. Two queries; children, cases with officer, legal basis and
    papers, and the meetings whose minutes are to be approved, come loaded."""
    return _in_levels(db.session.scalars(_ITEMS_WITH_ALL, {"meeting": meeting.id}).unique().all())


@dataclass(frozen=True)
class OpenPaper:
    """What the newest open part of a case's paper holds."""

    has_text: bool
    has_recommendation: bool


def items_and_papers(meeting: Meeting) -> tuple[list[AgendaItem], dict[int, OpenPaper]]:
    """As `items_of`, with a word on each paper instead of all versions of all papers. One query.

    :return: the top-level items; and case id → its paper, for cases that have one
    """
    rows = db.session.execute(_ITEMS_AND_PAPERS, {"meeting": meeting.id}).unique().all()
    papers = {item.case_id: OpenPaper(has_text, has_recommendation) for item, paper_id, has_text, has_recommendation in rows if paper_id}
    return _in_levels([row[0] for row in rows]), papers


def _in_levels(items: Sequence[AgendaItem]) -> list[AgendaItem]:
    """Those of the top level, each with its sub-items, which nobody has to ask for any more."""
    below: dict[int | None, list[AgendaItem]] = {}
    for item in items:
        below.setdefault(item.parent_id, []).append(item)
    for item in items:
        set_committed_value(item, "children", below.get(item.id, []))
    return below.get(None, [])


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
    for number, item in enumerate(items if items is not None else items_of(meeting), start=1):
        ends = at + timedelta(minutes=length_of(item))
        lines.append(TimedItem(item, at, ends, str(number) if item.children else ""))
        inner = at
        for part, child in enumerate(item.children, start=1):
            after = inner + timedelta(minutes=child.minutes)
            lines.append(TimedItem(child, inner, after, f"{number}.{part}"))
            inner = after
        at = ends
    return lines


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


def text_of(title: str, speakers: str, minutes: int) -> str:
    """What an item says, one thing a line: for comparing two versions."""
    length = ngettext("%(num)d minute", "%(num)d minutes", minutes)
    return "\n".join(line for line in (title, speakers, length) if line)


def items_of_case(case: Case) -> Sequence[AgendaItem]:
    """Where a case has been or is on an agenda, oldest meeting first. Two queries; meetings and their bodies come loaded."""
    return db.session.scalars(
        select(AgendaItem)
        .join(AgendaItem.meeting)
        .where(AgendaItem.case_id == case.id)
        .options(joinedload(AgendaItem.meeting).selectinload(Meeting.hosts).joinedload(MeetingBody.body))
        .order_by(Meeting.starts_at, AgendaItem.id)
    ).all()

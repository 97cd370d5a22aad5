"""What stands in the way of fixing an agenda, what is not as it should be, and how short the notice would be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _

from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.agendas.queries.items import OpenPaper, flat, items_of
from meetingapp.agendas.queries.numbers import meeting_day
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case
from meetingapp.core import clock
from meetingapp.council.queries import Rules
from meetingapp.meetings.models import Meeting, MeetingForm


@dataclass(frozen=True)
class Fault:
    """Something that stands in the way, and where it is mended."""

    text: str
    href: str


def agenda_faults(meeting: Meeting, items: Sequence[AgendaItem] | None = None) -> list[Fault]:
    """What stops it from being fixed: nothing on it, a case without a public title, a case that must be dealt with behind closed doors
    in a meeting on screen.

    :source: kommuneloven §§ 11-3, 11-7
    """
    items = items if items is not None else items_of(meeting)
    lines = flat(items)
    found = []
    if not any(item.kind is ItemKind.CASE or (item.kind is ItemKind.PROGRAMME and not item.is_fixed) for item in lines):
        found.append(Fault(_("There is nothing on the agenda yet but the standing items."), f"/kontor/moter/{meeting.id}/saksliste"))
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


def warnings(items: Sequence[AgendaItem], papers: Mapping[int, OpenPaper]) -> dict[int, str]:
    """Item id → what is not as it should be, but stops nothing.

    :param papers: case id → its paper, as `items_and_papers` gives them
    """
    found = {}
    for item in flat(items):
        if item.case is not None:
            paper = papers.get(item.case.id)
            if paper is None or not paper.has_text:
                found[item.id] = _("The case paper is missing")
            elif not paper.has_recommendation and item.case.kind in case_queries.NEEDS_RECOMMENDATION:
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


def notice_today(meeting: Meeting, rules: Rules) -> Notice:
    """:source: kommuneloven § 11-3 (reasonable notice); the number is the body's own"""
    day = meeting_day(meeting)
    limit = rules.days("notice_days", body=meeting.body, on=day)
    return Notice((day - clock.today()).days, limit, day - timedelta(days=limit))

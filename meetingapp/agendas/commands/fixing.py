"""Fixing an agenda, and the numbers that come with it."""

from __future__ import annotations

from collections.abc import Sequence

from meetingapp.agendas import queries
from meetingapp.agendas.commands.order import check_not_over, note
from meetingapp.agendas.models import AgendaItem, CaseNumber, ChangeKind, FormalNumber
from meetingapp.core import audit, clock
from meetingapp.core.database import db, next_number
from meetingapp.core.forms import RuleBroken
from meetingapp.council import queries as council_queries
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting


def fix_agenda(meeting: Meeting, *, by: audit.Doer | None) -> list[CaseNumber]:
    """Fix the agenda: each case gets its number, gap-free in the order of the list; formal items too, where the body numbers them.

    Order may still change, numbers not.

    :return: the numbers that cases got now, in order
    :raises RuleBroken: while there are faults (`queries.agenda_faults`), or unless the meeting is planned
    :source: kommuneloven § 11-3
    """
    check_not_over(meeting)
    items = queries.items_of(meeting)
    found = queries.agenda_faults(meeting, items)
    if found:
        raise RuleBroken(" ".join(fault.text for fault in found))
    meeting_commands.mark_fixed(meeting)
    given = give_numbers(meeting, items)
    audit.record("agenda.fix", meeting, by=by, numbers=[number.text for number in given])
    note(ChangeKind.FIX, meeting, by=by)
    return [number for number in given if isinstance(number, CaseNumber)]


def give_numbers(meeting: Meeting, items: Sequence[AgendaItem]) -> list[CaseNumber | FormalNumber]:
    """Give those of `items` that lack one their numbers in the leading body, in order. Returns them."""
    body, year = meeting.body, queries.meeting_day(meeting).year
    given: list[CaseNumber | FormalNumber] = []
    rules = council_queries.rules_of(meeting.council_id, *queries.RULES)
    for item in queries.without_number(meeting, items, rules, queries.given_to(meeting)):
        number = next_number(queries.series_key(body, year))
        facts = {
            "body_id": body.id,
            "series": body.series,
            "year": year,
            "number": number,
            "text": queries.written(body, year, number),
            "given_at": clock.now(),
        }
        if item.case is not None:
            given.append(CaseNumber(case=item.case, meeting_id=meeting.id, **facts))
        else:
            given.append(FormalNumber(item=item, **facts))
        db.session.add(given[-1])
    db.session.flush()  # the log and the page name them
    return given


def reopen_agenda(meeting: Meeting, *, by: audit.Doer | None) -> None:
    """Make the agenda a draft again while nobody has been called. Numbers that were given stay with their cases.

    :raises RuleBroken: unless the agenda is fixed and nobody has been called
    """
    check_not_over(meeting)
    meeting_commands.reopen_agenda(meeting)
    audit.record("agenda.reopen", meeting, by=by)
    note(ChangeKind.REOPEN, meeting, by=by)

"""Agendas to begin with."""

from __future__ import annotations

from typing import Any

from meetingapp.agendas import commands, queries
from meetingapp.cases.models import Case, Exemption
from meetingapp.core.database import db
from meetingapp.council import queries as council_queries
from meetingapp.meetings.models import Meeting
from tests.factories import TestCouncil, a_case, a_legal_basis, a_meeting, saved

SECRET_TITLE = "Ansettelse av Kari Nordmann"


def an_agenda(council: TestCouncil, *cases: str | Case, **given: Any) -> Meeting:
    """A planned meeting with the standing items, and these cases (or new ones with these titles) between them."""
    meeting = a_meeting(council, **given)
    commands.standing_items(meeting)
    db.session.flush()
    if cases:
        commands.add_cases(meeting, [a_case(council.council, one) if isinstance(one, str) else one for one in cases], by=None)
    return saved(meeting)


def a_secret_case(council: TestCouncil, *, is_duty: bool = True, exemption: Exemption = Exemption.WHOLLY) -> Case:
    """A case whose internal title nobody outside may see; with `is_duty` it must be dealt with behind closed doors."""
    basis = a_legal_basis(is_duty=is_duty)
    return a_case(council.council, SECRET_TITLE, public_title="Personalsak", exemption=exemption, legal_basis=basis)


def order(meeting: Meeting) -> list[str]:
    """The public titles of the top-level items, in order."""
    return [queries.title_of(item, public=True) for item in queries.items_of(meeting)]


def numbers_on(meeting: Meeting) -> dict[int, str]:
    """Item id → its number, as the page shows them."""
    return queries.number_texts(meeting, queries.items_of(meeting), queries.given_to(meeting))


def coming_on(meeting: Meeting) -> dict[int, str]:
    """Item id → the number it would get if the agenda were fixed now, as the page shows them."""
    rules = council_queries.rules_of(meeting.council_id, *queries.RULES)
    waiting = queries.without_number(meeting, queries.items_of(meeting), rules, queries.given_to(meeting))
    _setup, last = queries.setup_and_counter(meeting)
    return queries.coming_numbers(meeting, waiting, last)


def cases_of(meeting: Meeting) -> list[Case]:
    """The cases of the top level, in order."""
    return [item.case for item in queries.items_of(meeting) if item.case is not None]

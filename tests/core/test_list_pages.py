"""A long list is turned from row to row: all stand in it once, in order, whatever happens to them meanwhile."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from meetingapp.core.database import db
from meetingapp.core.database.pages import Page, Stretch, page_of
from meetingapp.followups.models import Action
from tests.factories import TestCouncil, a_council, an_action

DATED = Stretch((Action.due, Action.id), where=Action.due.is_not(None))
UNDATED = Stretch((Action.id,), backwards=True, where=Action.due.is_(None))


def _page(council: TestCouncil, behind: int | None, title: str = "") -> Page[Any]:
    known = select(Action).where(Action.council_id == council.council.id)
    query = known.where(Action.title.contains(title))
    return page_of(query, DATED, UNDATED, known=known, behind=behind, size=2)


@pytest.fixture
def actions(council: TestCouncil) -> list[Action]:
    """Three with a deadline, two of them the same, and two without; in the order of the list."""
    day = date(2026, 12, 1)
    made = [an_action(council, council.chair, f"Punkt {n}") for n in range(5)]
    for action, due in zip(made, (day, day, day + timedelta(days=9), None, None), strict=True):
        action.due = due
    db.session.commit()
    return [*made[:3], made[4], made[3]]


def test_all_stand_in_it_once_and_in_order(council: TestCouncil, actions: list[Action]) -> None:
    pages = [_page(council, None)]
    while pages[-1].following is not None:
        pages.append(_page(council, pages[-1].following))

    assert [row.id for page in pages for row in page.items] == [row.id for row in actions]
    assert [(len(page.items), page.is_first, page.is_whole) for page in pages] == [(2, True, False), (2, False, False), (1, False, False)]


def test_a_row_that_has_left_the_list_still_tells_the_place(council: TestCouncil, actions: list[Action]) -> None:
    actions[1].title = "Ferdig"
    db.session.commit()

    assert [row.id for row in _page(council, actions[1].id, "Punkt").items] == [actions[2].id, actions[3].id]


def test_a_row_of_others_or_of_nobody_tells_nothing(council: TestCouncil, actions: list[Action]) -> None:
    neighbour = a_council("Naboregionen IPR")
    foreign = an_action(neighbour, neighbour.chair)

    for key in (foreign.id, 0, 10**30):
        page = _page(council, key)
        assert [row.id for row in page.items] == [actions[0].id, actions[1].id]
        assert page.is_first


def test_its_length_is_known_where_all_of_it_is_shown(council: TestCouncil, actions: list[Action]) -> None:
    assert _page(council, None, "Punkt 3").is_whole
    assert not _page(council, None).is_whole

"""Many at once, on both databases: no number twice and none left out, no item lost or doubled."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from meetingapp.agendas import queries
from meetingapp.agendas.models import CaseNumber
from meetingapp.core.database import db
from meetingapp.council.models import Person
from tests import crowd
from tests.agendas.support import an_agenda
from tests.factories import TestCouncil, a_case, together

pytestmark = pytest.mark.slow
CLIENTS, CASES = 40, 2
MOVERS, ITEMS = 100, 20


def _cookie(app: Flask, signed_in: Any, person: Person) -> tuple[str, str]:
    name = app.config["SESSION_COOKIE_NAME"]
    return name, signed_in(person).get_cookie(name).value


@pytest.mark.shows("promise-5")
def test_forty_at_once_get_each_number_once(house: Any, app: Flask, council: TestCouncil, signed_in: Any) -> None:
    """Each fixes an agenda of their own in the same series, and presses twice, in both processes, whichever comes first."""
    with together():
        meetings = [an_agenda(council, *(f"Sak {number}-{n}" for n in range(CASES)), slug=f"mote-{number}").id for number in range(CLIENTS)]
    posts = [[(f"/kontor/moter/{meeting}/fastsett", {"_key": f"key-{meeting}"})] for meeting in meetings]
    found = crowd.answers(crowd.start(house[1], _cookie(app, signed_in, council.secretary), [*posts, *reversed(posts)]))

    assert Counter(status for status, _place, _taken in found) == {303: 2 * CLIENTS}
    db.session.rollback()
    numbers = sorted(db.session.scalars(select(CaseNumber.number)))
    assert numbers == list(range(1, CLIENTS * CASES + 1))
    assert set(Counter(db.session.scalars(select(CaseNumber.meeting_id))).values()) == {CASES}


@pytest.mark.shows("promise-6")
@pytest.mark.parametrize("moves", [2, pytest.param(5, marks=pytest.mark.soak)])
def test_a_hundred_at_once_reorder_one_agenda(house: Any, app: Flask, council: TestCouncil, signed_in: Any, moves: int) -> None:
    with together():
        cases = [a_case(council.council, f"Sak {number}") for number in range(ITEMS)]
        meeting = an_agenda(council, *cases)
    items = queries.items_of(meeting)
    before = {item.id for item in items}
    movable, dice = [item.id for item in items if item.case_id is not None], random.Random(5)
    people = []
    for mover in range(MOVERS):
        pairs = [dice.sample(movable, 2) for _ in range(moves)]
        people.append(
            [(f"/kontor/agenda/{one}/flytt", {"after": str(other), "_key": f"{mover}-{n}"}) for n, (one, other) in enumerate(pairs)]
        )
    found = crowd.answers(crowd.start(house[1], _cookie(app, signed_in, council.secretary), people))

    assert Counter(status for status, _place, _taken in found) == {303: MOVERS * moves}
    taken = sorted(milliseconds for _status, _place, milliseconds in found)
    print(f"promise-6: {len(taken)} moves, 95 of 100 within {taken[len(taken) * 95 // 100]:.0f} ms")  # noqa: T201
    db.session.rollback()
    db.session.expire_all()
    after = queries.items_of(meeting)
    assert {item.id for item in after} == before
    assert [item.position for item in after] == list(range(len(before)))

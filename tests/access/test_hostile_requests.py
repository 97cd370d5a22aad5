"""No input gives a server error, a traceback or a closed word: generated requests to every address, of the office and of the portal."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.access.hostile_requests import Attacker, Hostile
from tests.access.roles import World

OUTSIDE = ("stranger", "outsider", "attendee", "portal", "partner link", "reply link", "action link")
MAY_SEE = {"attendee": {"phone", "note on organisation", "note on action"}}


@pytest.fixture
def attacked(world: World) -> Iterator[World]:
    """The house with forms that are taken without a token, so that what is sent comes as far as it can."""
    world.app.config["WTF_CSRF_ENABLED"] = False
    yield world
    world.app.config["WTF_CSRF_ENABLED"] = True


def _attack(world: World, count: int, seed: int) -> list[Hostile]:
    """First those who may little, while everything closed is closed; then those who may much."""
    attacker = Attacker(world, seed)
    return [*attacker.requests(OUTSIDE, count // 2), *attacker.requests(("secretary", "member", "secretary"), count - count // 2)]


def _reached(sent: list[Hostile]) -> dict[str, int]:
    """Who sent → how many of the requests got past the door: to a page, to a form that refused or took what was in it."""
    return Counter(one.who for one in sent if one.status in (200, 303, 409, 422))


def _assert_harmless(sent: list[Hostile]) -> None:
    broken = [one for one in sent if one.status >= 500 or one.has_trace]
    leaks = [f"{one} {sorted(one.closed)}" for one in sent if one.who in OUTSIDE and one.closed - MAY_SEE.get(one.who, {"note on action"})]

    assert not broken, "\n".join(map(str, broken))
    assert not leaks, "\n".join(leaks)


@pytest.mark.slow
@pytest.mark.shows("promise-33")
def test_a_thousand_hostile_requests_break_and_tell_nothing(attacked: World) -> None:
    sent = _attack(attacked, 1000, seed=33)

    _assert_harmless(sent)
    statuses = Counter(one.status for one in sent)
    assert statuses[200] > 50, statuses
    assert statuses[422] > 20, statuses  # they came as far as the forms
    assert {who for who, count in _reached(sent).items() if count >= 10} >= {"portal", "partner link", "secretary", "member"}
    assert set(_reached(sent)) == {*OUTSIDE, "secretary", "member"}


@pytest.mark.soak
@pytest.mark.shows("promise-33")
def test_ten_thousand_hostile_requests_break_and_tell_nothing(attacked: World) -> None:
    began = time.perf_counter()
    sent = _attack(attacked, 10_000, seed=int(began * 1000))

    figures = sorted(Counter(one.status for one in sent).items())
    sys.stdout.write(f"\n10000 hostile requests in {time.perf_counter() - began:.0f} s: {figures}\n")
    _assert_harmless(sent)

"""What ballots give: pure rules, without a database."""

from __future__ import annotations

import pytest

from meetingapp.minutes.votes import Result, count, has_quorum

CHAIR = 1


def ballots(for_: str, against: str) -> list[tuple[int, bool]]:
    """Ballots by person: "123" are those for, and so on."""
    return [(int(person), True) for person in for_] + [(int(person), False) for person in against]


@pytest.mark.parametrize(
    ("for_", "against", "result", "is_adopted"),
    [
        ("12345", "", Result.UNANIMOUS, True),
        ("123", "45", Result.MAJORITY, True),
        ("12", "345", Result.REJECTED, False),
        ("", "12345", Result.REJECTED, False),
        ("12", "34", Result.CASTING_VOTE, True),
        ("34", "12", Result.REJECTED_BY_CASTING_VOTE, False),
        ("23", "45", Result.UNDECIDED, False),
        ("", "", Result.UNDECIDED, False),
    ],
)
def test_the_ballots_and_the_chairs_own_give_the_result(for_: str, against: str, result: Result, is_adopted: bool) -> None:
    counted = count(ballots(for_, against), CHAIR)

    assert (counted.for_, counted.against) == (len(for_), len(against))
    assert (counted.result, counted.is_adopted) == (result, is_adopted)


def test_a_tie_without_a_chair_decides_nothing() -> None:
    assert count(ballots("1", "2"), None).result is Result.UNDECIDED


@pytest.mark.parametrize(("votes", "seats", "met"), [(5, 10, True), (4, 10, False), (5, 9, True), (4, 9, False), (0, 10, False)])
def test_half_of_all_seats_is_a_quorum(votes: int, seats: int, met: bool) -> None:
    assert has_quorum(votes, seats) is met


def test_a_body_may_ask_for_more_than_half() -> None:
    assert not has_quorum(6, 10, "2/3")
    assert has_quorum(7, 10, "2/3")

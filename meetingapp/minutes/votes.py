"""What a vote gives: pure rules over ballots (kommuneloven § 11-9). Nobody abstains (§ 8-1)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


class Result(enum.Enum):
    UNANIMOUS = "unanimous"
    MAJORITY = "majority"
    CASTING_VOTE = "casting_vote"  # a tie, decided by the vote the chair had cast
    REJECTED = "rejected"
    REJECTED_BY_CASTING_VOTE = "rejected_by_casting_vote"
    UNDECIDED = "undecided"  # a tie where the chair has no vote


@dataclass(frozen=True)
class Counted:
    """The numbers and what follows from them."""

    for_: int
    against: int
    result: Result

    @property
    def is_adopted(self) -> bool:
        return self.result in (Result.UNANIMOUS, Result.MAJORITY, Result.CASTING_VOTE)


def count(ballots: Sequence[tuple[int, bool]], chair_id: int | None) -> Counted:
    """Count ballots of (person id, is for). In a tie the chair's own ballot decides; there is no second choice."""
    for_ = sum(is_for for _person, is_for in ballots)
    against = len(ballots) - for_
    if for_ > against:
        return Counted(for_, against, Result.UNANIMOUS if not against else Result.MAJORITY)
    if against > for_:
        return Counted(for_, against, Result.REJECTED)
    own = next((is_for for person, is_for in ballots if person == chair_id), None)
    if own is None:
        return Counted(for_, against, Result.UNDECIDED)
    return Counted(for_, against, Result.CASTING_VOTE if own else Result.REJECTED_BY_CASTING_VOTE)


def has_quorum(votes: int, seats: int, share: str = "1/2") -> bool:
    """Whether enough of the body's seats took part. Counted from all seats, not from those called."""
    return Fraction(votes) >= Fraction(share) * seats

"""What every meeting of a body begins and ends with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

MINUTES, CALL, FOLLOW_UP, OWN = "minutes", "call", "follow_up", "own"
FIRST = (MINUTES, CALL, FOLLOW_UP, OWN)  # what can stand at the beginning


@dataclass(frozen=True)
class Standing:
    """One standing item. `kind` is one of `FIRST`; an empty title is the house's own words in the body's language."""

    kind: str
    title: str = ""
    minutes: int = 0
    is_last: bool = False

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


# Where a body has set nothing. The minutes of the last meeting come only when there are some to approve.
DEFAULT = (
    Standing(MINUTES, minutes=5),
    Standing(CALL, minutes=5),
    Standing(FOLLOW_UP, minutes=20),
    Standing(OWN, minutes=10, is_last=True),
)


def read(stored: Sequence[dict[str, Any]]) -> list[Standing]:
    """:param stored: as `Standing.as_json` gave it"""
    return [Standing(**one) for one in stored]

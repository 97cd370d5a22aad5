"""Reads the table of who gets in where, as people read it: `docs/reference/access.md`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.access.roles import INSIDE, LINKS, ROLES

FILE = Path(__file__).parents[2] / "docs" / "reference" / "access.md"
STAFF = {"officer", "secretary"}
WORDS = {
    "everybody": set(ROLES),
    "signed in": set(ROLES) - {"stranger"},
    "inside": set(INSIDE),
    "staff": STAFF,
    "read closed": {"member", "called deputy", "chair", "signatory"} | STAFF,
    "nobody": set(),
    **{role: {role} for role in (*ROLES, *LINKS)},
}


@dataclass(frozen=True)
class Row:
    """One line: an address, its methods, which thing, and the roles (or links) that get in or are told no."""

    address: str  # with `<name>` for each value
    methods: tuple[str, ...]
    when: str  # empty where nothing depends on it
    gets_in: frozenset[str]
    told_no: frozenset[str]

    def __str__(self) -> str:
        return f"{self.address} ({self.when})" if self.when else self.address


def rows() -> list[Row]:
    """All lines, in order.

    :raises KeyError: for a word that the page does not explain
    """
    found = []
    for line in FILE.read_text().splitlines():
        if line.startswith("| `/"):
            address, methods, when, gets_in, told_no = ("" if cell.strip() == "–" else cell.strip() for cell in line.strip("|").split("|"))
            inside = _roles(gets_in, set())
            if not when and "secretary" in inside:
                inside |= {"neighbour"}  # she is a secretary too, at home in her own council's office
            found.append(Row(address.strip("`"), tuple(methods.split()), when, frozenset(inside), frozenset(_roles(told_no, inside))))
    return found


def _roles(words: str, gets_in: set[str]) -> set[str]:
    known = WORDS | {"others inside": set(INSIDE) - gets_in}
    return {role for word in words.split(", ") if word for role in known[word]}


def address_of(rule: str) -> str:
    """A rule of the URL map as the table writes it: without converters."""
    return re.sub(r"<(?:[^<>]+:)?(\w+)>", r"<\1>", rule)

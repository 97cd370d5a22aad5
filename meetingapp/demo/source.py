"""The demo's data files, and the rows that have been made of them so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

import yaml

from meetingapp.accounts.actor import Actor
from meetingapp.cases.models import Case
from meetingapp.core.database import db
from meetingapp.core.i18n.dates import at_oslo
from meetingapp.council.models import Body, Council, Organisation, Person, Seat
from meetingapp.meetings.models import Meeting
from meetingapp.strategy.models import Commitment, StrategyArea

T = TypeVar("T")
A_DATE_FIRST = re.compile(r"^(\d+)\. (?=[a-zæøå])", flags=re.MULTILINE)  # "24. april …" begins a paragraph, not a list
DATA = Path(__file__).parent / "data"


@dataclass
class Source:
    """Facts by key, and the rows made of them. Rows are kept by id and read anew in each transaction."""

    facts: dict[str, Any]
    planned: dict[str, Any]
    ids: dict[tuple[type, str], int] = field(default_factory=dict)

    @classmethod
    def read(cls) -> Source:
        """The files as they lie in the package."""
        return cls(*(yaml.load((DATA / name).read_text(), yaml.CSafeLoader) for name in ("hamarregionen-2026.yaml", "planned.yaml")))

    def keep(self, key: str, row: Any) -> None:
        """Remember `row` (flushed) under the key it has in the files."""
        self.ids[type(row), key] = row.id

    def row(self, kind: type[T], key: str) -> T:
        """The row of `kind` that was kept under `key`."""
        return db.session.get_one(kind, self.ids[kind, key])

    def council(self) -> Council:
        return self.row(Council, "council")

    def person(self, key: str) -> Person:
        return self.row(Person, key)

    def organisation(self, key: str) -> Organisation:
        return self.row(Organisation, key)

    def body(self, key: str) -> Body:
        return self.row(Body, key)

    def seat(self, key: str) -> Seat:
        return self.row(Seat, key)

    def area(self, code: str) -> StrategyArea:
        return self.row(StrategyArea, code)

    def case(self, number: str) -> Case:
        return self.row(Case, number)

    def commitment(self, key: str) -> Commitment:
        return self.row(Commitment, key)

    def has_case(self, number: str) -> bool:
        """Whether the case that has or gets this number is made already."""
        return (Case, number) in self.ids

    def meeting_row(self, key: str) -> Meeting:
        """The meeting as it is kept."""
        return self.row(Meeting, key)

    def has_meeting(self, key: str) -> bool:
        """Whether the meeting is planned."""
        return (Meeting, key) in self.ids

    def meeting(self, key: str) -> dict[str, Any]:
        """The facts of one meeting."""
        found: dict[str, Any] = next(meeting for meeting in self.facts["meetings"] if meeting["id"] == key)
        return found

    def case_facts(self, number: str) -> dict[str, Any]:
        """The facts of one case."""
        found: dict[str, Any] = next(case for case in self.facts["cases"] if case["id"] == number)
        return found


def secretary_of(source: Source) -> Actor:
    """Whoever writes, calls and publishes in the demo."""
    return Actor(source.person("p13"))


def moment(day: date, clock_time: str) -> datetime:
    """A local clock time like "09:05" on `day`, as UTC."""
    return at_oslo(day, time.fromisoformat(clock_time))


def whole_text(path: str) -> str:
    """A text without the front matter, the first heading and the notice under it."""
    text = (DATA / path).read_text().split("---", 2)[2]
    text = re.sub(r"\A\s*# .*\n+(?:\*.*\*\n)?", "", text).strip()
    return A_DATE_FIRST.sub(r"\1\\. ", text)


def paper_text(path: str) -> str:
    """As `whole_text`, without the proposed decision (a field of its own)."""
    text = whole_text(path)
    return re.split(r"^## (?:Innstilling|Tilråding)\s*$", text, maxsplit=1, flags=re.MULTILINE)[0].strip()


def opening_of(path: str) -> str:
    """What a minutes file says between attendance and the first item, after the sentence on the quorum, which the product makes itself."""
    found = re.search(r"^Da møtet ble satt, .*\n+([\s\S]*?)(?=^## )", (DATA / path).read_text(), flags=re.MULTILINE)
    return found[1].strip() if found is not None else ""


def deliberations(path: str) -> dict[str, str]:
    """The prose of each item in a minutes file, by case number or title."""
    found = {}
    for heading, body in re.findall(r"^### (.+)\n([\s\S]*?)(?=^### |^## |\Z)", (DATA / path).read_text(), flags=re.MULTILINE):
        number = re.match(r"[A-Z]+ \d+/\d+", heading)
        found[number.group() if number else heading.strip()] = re.split(r"^#### ", body, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return found

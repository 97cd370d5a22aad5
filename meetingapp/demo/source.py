"""The demo's data files, and the rows that have been made of them so far."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import yaml

from meetingapp.cases.models import Case
from meetingapp.core.database import db
from meetingapp.core.i18n.dates import at_oslo
from meetingapp.council.models import Body, Council, Organisation, Person, Seat
from meetingapp.strategy.models import StrategyArea

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
        facts = yaml.safe_load((DATA / "hamarregionen-2026.yaml").read_text())
        return cls(facts, yaml.safe_load((DATA / "planned.yaml").read_text()))

    def keep(self, key: str, row: Any) -> None:
        """Remember `row` (flushed) under the key it has in the files."""
        self.ids[type(row), key] = row.id

    def _get(self, kind: type, key: str) -> Any:
        return db.session.get_one(kind, self.ids[kind, key])

    def council(self) -> Council:
        found: Council = self._get(Council, "council")
        return found

    def person(self, key: str) -> Person:
        found: Person = self._get(Person, key)
        return found

    def organisation(self, key: str) -> Organisation:
        found: Organisation = self._get(Organisation, key)
        return found

    def body(self, key: str) -> Body:
        found: Body = self._get(Body, key)
        return found

    def seat(self, key: str) -> Seat:
        found: Seat = self._get(Seat, key)
        return found

    def area(self, code: str) -> StrategyArea:
        found: StrategyArea = self._get(StrategyArea, code)
        return found

    def case(self, number: str) -> Case:
        found: Case = self._get(Case, number)
        return found

    def meeting(self, key: str) -> dict[str, Any]:
        """The facts of one meeting."""
        found: dict[str, Any] = next(meeting for meeting in self.facts["meetings"] if meeting["id"] == key)
        return found

    def case_facts(self, number: str) -> dict[str, Any]:
        """The facts of one case."""
        found: dict[str, Any] = next(case for case in self.facts["cases"] if case["id"] == number)
        return found


def moment(day: date, clock_time: str) -> datetime:
    """A local clock time like "09:05" on `day`, as UTC."""
    return at_oslo(day, time.fromisoformat(clock_time))


def paper_text(path: str) -> str:
    """A paper's text: without the front matter, the first heading, the notice under it, and the proposed decision (a field of its own)."""
    text = (DATA / path).read_text().split("---", 2)[2]
    text = re.sub(r"\A\s*# .*\n+(?:\*.*\*\n)?", "", text)
    return re.split(r"^## (?:Innstilling|Tilråding)\s*$", text, maxsplit=1, flags=re.MULTILINE)[0].strip()


def deliberations(path: str) -> dict[str, str]:
    """The prose of each item in a minutes file, by case number or title."""
    found = {}
    for heading, body in re.findall(r"^### (.+)\n([\s\S]*?)(?=^### |^## |\Z)", (DATA / path).read_text(), flags=re.MULTILINE):
        number = re.match(r"[A-Z]+ \d+/\d+", heading)
        found[number.group() if number else heading.strip()] = re.split(r"^#### ", body, maxsplit=1, flags=re.MULTILINE)[0].strip()
    return found

"""What the pages of the office ask the database: it costs no more when a council's years have filled the tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import event, func
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import GenerativeSelect

from meetingapp.core.database import db
from meetingapp.followups.models import Action
from tests.access.table import rows
from tests.access.walk import path_of
from tests.access.world import World

pytestmark = pytest.mark.slow
GROWING = {  # the tables that get longer with each meeting, and are never emptied
    *(
        "meeting",
        "meeting_body",
        "agenda_item",
        "agenda_change",
        "case",
        "case_number",
        "case_paper",
        "attachment",
        "paper_access",
        "paper_request",
    ),
    *("call", "call_paper", "invitation", "reply_history", "minutes", "attendance", "deliberation", "signatory", "edition"),
    *("action", "action_owner", "action_update", "commitment_status", "letter", "letter_event", "outbox_task", "audit_entry", "reminded"),
    *("publication", "snapshot", "note", "personal_link", "web_session", "stored_file"),
}
# What is found by these alone becomes more with the years.
WIDE = {"council_id", "body_id", "realm", "state", "kind", "organisation_id", "starts_at", "ends_at", "due", "at", "<expr>"}
BOUNDED = {  # index → why what is found by it stays few
    "ix_action_owner_state": "what is open: closed parts have another state",
    "ix_action_owner_organisation_id": "what one organisation has promised",
    "ix_case_state": "cases on their way: what has been treated has another state",
    "ix_letter_trouble": "letters that wait, are held or did not arrive",
    "ix_meeting_state": "meetings that go on",
    "ix_meeting_ends_at": "meetings to come, and those of the last weeks",
    "ix_meeting_starts_at": "meetings to come",
    "ix_minutes_state": "minutes that are not locked",
}
SORTS = tuple(f"USE TEMP B-TREE FOR {what}" for what in ("ORDER BY", "GROUP BY", "DISTINCT"))
READ_BACKWARDS = "letter_event.at <"  # from the newest step of a letter back to midnight
LISTS = [  # as the links and filters of the lists ask for them; search is measured by itself
    *("/kontor/saker?etter=3", "/kontor/saker?tilstand=ready&q=sak&etter=3", "/kontor/moter?etter=2", "/kontor/moter?utvalg=1&etter=2"),
    *("/kontor/oppfolging?vis=all", "/kontor/oppfolging?vis=all&etter=1", "/kontor/oppfolging?vis=late", "/kontor/oppfolging?vis=mine"),
    *("/kontor/oppfolging?vis=all&eier=p1", "/kontor/oppfolging?eier=o1&etter=1", "/kontor/utgaende-post?vis=feil&etter=4"),
    *("/kontor/utgaende-post?etter=4", "/kontor/kunngjoringer?etter=2", "/kontor/folk?sok=a&etter=2"),
]


@dataclass(frozen=True)
class Asked:
    """One SELECT, as it was sent, and the first page that sent it."""

    statement: str
    values: Any
    expression: Any
    page: str

    def plan(self) -> list[str]:
        """How SQLite goes about it, a step a line."""
        with db.engine.connect() as connection:
            return [step[3] for step in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {self.statement}", self.values)]

    @property
    def skips(self) -> bool:
        """Whether rows are found only to be passed over."""
        parts = visitors.iterate(self.expression) if self.expression is not None else ()
        return any(isinstance(part, GenerativeSelect) and part._offset_clause is not None for part in parts)


@contextmanager
def listening() -> Iterator[tuple[dict[str, Asked], list[str]]]:
    """The SELECTs of the office meanwhile, each once, by their text; and a list whose last word is the page that is opened."""
    found: dict[str, Asked] = {}
    pages = [""]

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, context: Any, _many: bool) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")):
            expression = context.compiled.statement if context.compiled is not None else None
            found.setdefault(statement, Asked(statement, values, expression, pages[-1]))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield found, pages
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def _is_wide(step: str) -> bool:
    """Whether a step of a plan reads rows that become more with the years."""
    match = re.match(r"(SCAN|SEARCH) (\w+?)(?:_\d+)?(?: (.*))?$", step)
    if not match or match[2] not in GROWING:
        return False
    using = match[3] or ""
    if match[1] == "SCAN":
        return True
    if any(re.search(rf"\b{name}\b", using) for name in BOUNDED):
        return False
    equal = set(re.findall(r"([\w<>]+?)=\?", using))
    between = any(f"{column}>?" in using and f"{column}<?" in using for column in re.findall(r"(\w+)[<>]\?", using))
    return not (equal - WIDE or between)


def costs(statement: str, plan: list[str]) -> list[str]:
    """The steps of a plan that will take longer with the years. A list read from an index in its order stops at its page's end."""
    wide = [step for step in plan if _is_wide(step)]
    is_sorted = any(step in SORTS for step in plan)
    stops = "LIMIT" in statement and not is_sorted
    scans = [step for step in wide if re.match(r"SCAN \w+$", step)]
    return scans if stops else wide


@pytest.mark.shows("BG2")
def test_no_page_skips_sorts_or_reads_a_growing_table(world: World) -> None:
    browser, opened = world.browser("secretary"), 0
    with listening() as (asked, pages):
        for row in rows():
            if "GET" in row.methods and "secretary" in row.gets_in and "<secret>" not in row.address:
                pages.append(str(row))
                browser.get(path_of(row.address, world.things.get(row.when, {})))
                opened += 1
        for address in LISTS:
            pages.append(address)
            assert browser.get(address).status_code == 200, address

    assert opened > 50
    assert len(asked) > 150
    assert {one.page: one.statement for one in asked.values() if one.skips} == {}
    found = {
        f"{one.page}: {step}": one.statement
        for one in asked.values()
        for step in costs(one.statement, one.plan())
        if READ_BACKWARDS not in one.statement
    }
    assert found == {}


def test_a_page_that_skips_sorts_counts_or_scans_would_be_found(world: World) -> None:
    by_council = db.select(Action).where(Action.council_id == 1)
    skipping = by_council.order_by(Action.due, Action.id).limit(25).offset(50)
    bad = {
        "skips": skipping,
        "sorts": by_council.order_by(Action.title).limit(25),
        "counts": db.select(func.count()).select_from(by_council.subquery()),
        "scans": db.select(Action).where(Action.title == "x").limit(25),
        "reads all": by_council,
    }
    with listening() as (asked, pages):
        for name, query in bad.items():
            pages.append(name)
            db.session.execute(query).all()

    assert [one.page for one in asked.values() if one.skips] == ["skips"]
    assert {one.page for one in asked.values() if costs(one.statement, one.plan())} == bad.keys() - {"skips"}

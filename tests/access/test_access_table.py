"""Who gets in where: every role asks for every address of the office, and the answers are those of the table that people read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client

from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from tests.access.table import FILE, Row, address_of, rows
from tests.access.world import LINKS, ROLES, World

pytestmark = pytest.mark.slow
WRITERS = ("stranger", "outsider", "neighbour", "owner", "member", "chair", "officer", "secretary")  # who sends the forms of pages
OPENINGS = ("case.open_closed",)  # what a look at a closed paper writes


@pytest.fixture(scope="module")
def open_house(world: World) -> Iterator[World]:
    """The house with forms that are never valid: whoever gets in is told so, and nothing is written."""
    world.app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # each form still looks for its token, after the policy was asked
    yield world
    world.app.config["WTF_CSRF_CHECK_DEFAULT"] = True


def _answer(browser: Client, path: str, method: str) -> str:
    """ "in", "no" (403), "absent" (404) or "sign in"."""
    answer = browser.open(path, method=method)
    assert answer.status_code < 500, f"{method} {path}: {answer.status_code}"
    if answer.status_code == 401 or (answer.status_code == 303 and str(answer.location).startswith("/logg-inn?")):
        return "sign in"
    return {403: "no", 404: "absent"}.get(answer.status_code, "in")


def _expected(row: Row, role: str) -> str:
    if role in row.gets_in:
        return "in"
    if role == "stranger":
        return "sign in"
    return "no" if role in row.told_no else "absent"


def _path(row: Row, values: dict[str, object]) -> str:
    return re.sub(r"<(\w+)>", lambda match: str(values[match[1]]), row.address)


@pytest.mark.shows("promise-13")
def test_every_address_stands_in_the_table(world: World) -> None:
    listed = {(row.address, method) for row in rows() for method in row.methods}
    there = {(address_of(rule.rule), method) for rule in _rules(world) for method in rule.methods - {"HEAD", "OPTIONS"}}
    missing, gone = sorted(there - listed), sorted(listed - there)

    assert not missing, f"Write a line for each of these in {FILE.name}: who gets in, and who is told no. {missing}"
    assert not gone, f"These are no addresses any more: take them out of {FILE.name}. {gone}"


def test_every_role_gets_the_answer_of_the_table(open_house: World) -> None:
    browsers = {role: open_house.browser(role) for role in ROLES}
    before = _acts()
    wrong = []
    for row in rows():
        if "<secret>" in row.address or row.address == "/logg-inn/ut":
            continue
        path = _path(row, open_house.things.get(row.when, {}))
        for method in row.methods:
            for role in ROLES if method == row.methods[0] else WRITERS:
                found, wanted = _answer(browsers[role], path, method), _expected(row, role)
                if found != wanted:
                    wrong.append(f"{role} {method} {row}: {found}, not {wanted}")

    assert not wrong, "\n".join(wrong)
    assert _acts() == before


def test_a_personal_link_opens_its_own_pages_and_no_others(open_house: World) -> None:
    stranger, wrong = open_house.browser("stranger"), []
    attachment = open_house.things["a partly exempt case"]["attachment_id"]
    for row in (row for row in rows() if "<secret>" in row.address):
        for method in row.methods:
            for kind in (*LINKS, "made up"):
                values = {"secret": open_house.links.get(kind, "x" * 64), "attachment_id": attachment}
                found, wanted = _answer(stranger, _path(row, values), method), "in" if kind in row.gets_in else "absent"
                if found != wanted:
                    wrong.append(f"{kind} {method} {row}: {found}, not {wanted}")

    assert not wrong, "\n".join(wrong)


def test_being_signed_in_makes_no_link_wider(open_house: World) -> None:
    for role in ("secretary", "partner", "member"):
        browser = open_house.browser(role)
        for kind in ("dead link", "reply link"):
            assert browser.get(f"/g/{open_house.links[kind]}").status_code == 404


def test_another_councils_things_exist_for_nobody(open_house: World) -> None:
    """The neighbour's ids in every address, read and written, by those who may the most at home."""
    values, before, wrong = open_house.things["the neighbour's"], _acts(), []
    for role in ("secretary", "chair", "member"):
        browser = open_house.browser(role)
        for rule in _rules(open_house):
            if rule.arguments and rule.arguments <= set(values):
                path = re.sub(r"<(?:[^<>]+:)?(\w+)>", lambda match: str(values[match[1]]), rule.rule)
                for method in rule.methods - {"HEAD", "OPTIONS"}:
                    if (found := _answer(browser, path, method)) != "absent":
                        wrong.append(f"{role} {method} {rule.rule}: {found}")

    assert not wrong, "\n".join(wrong)
    assert _acts() == before


def test_whoever_leaves_is_out(open_house: World) -> None:
    browser = open_house.browser("member")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get("/logg-inn/konto").get_data(as_text=True))
    assert token is not None
    assert browser.post("/logg-inn/ut", data={"csrf_token": token[1]}).status_code == 303

    assert _answer(browser, "/min-side", "GET") == "sign in"


def _rules(world: World) -> list[Any]:
    """The office's own addresses. Style and script are the same for everyone, and answered before the office is asked."""
    return [rule for rule in world.app.url_map.iter_rules() if rule.endpoint != "static"]


def _acts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action.not_in(OPENINGS))) or 0

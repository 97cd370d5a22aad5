"""Who gets in where, and what they get to read: the answers are those of the table, and no closed word comes to those it is closed to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

import pytest
from sqlalchemy import func, select

from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import db
from meetingapp.council.models import Person
from tests.access.roles import CANARIES, INSIDE, ROLES, World
from tests.access.table import FILE, Row, address_of, rows
from tests.access.walk import Seen, ask, canaries_in, hosts_in, listening, over_the_table, path_of, words_of
from tests.forms import Page

pytestmark = pytest.mark.slow
OFFICE = ("/static", "/logg-inn", "/min-side", "/kontor")
OPENINGS = ("case.open_closed",)  # what a look at a closed paper writes
STAFF = {"officer", "secretary"}
READS_CLOSED = {"member", "called deputy", "chair", "signatory"} | STAFF
MAY_READ = {  # canary → who may read it; what does not stand here is for those who read what is closed
    "closed word": STAFF,
    "wider access": STAFF,
    "comment of forfall": {"secretary"},
    "recusal statement": {"secretary"},
    "draft of minutes": {"secretary"},
    "draft decision": {"secretary"},
    "draft proposal": {"secretary"},
    "proposal": STAFF | {"member"},  # she proposed it
    "answer": STAFF | {"member"},
    "own note": {"member"},
    "words to the writer": STAFF | {"write link"},
    "phone": set(INSIDE),
    "note on organisation": set(INSIDE),
    "action of exempt case": READS_CLOSED | {"owner", "partner"},  # who must know what to do
    "note on action": set(INSIDE) | {"owner", "action link"},
    "neighbour": {"neighbour"},
}


@pytest.fixture(scope="module")
def open_house(world: World) -> Iterator[World]:
    """The house with forms that are never valid: whoever gets in is told so, and nothing is written."""
    world.app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # each form still looks for its token, after the policy was asked
    yield world
    world.app.config["WTF_CSRF_CHECK_DEFAULT"] = True


@pytest.fixture(scope="module")
def log() -> list[str]:
    """What was logged during the walk."""
    return []


@pytest.fixture(scope="module")
def seen(open_house: World, log: list[str]) -> list[Seen]:
    """Every role at every address."""
    before = _acts()
    with listening() as lines:
        found = over_the_table(open_house)
    log += lines
    assert _acts() == before, "The walk wrote something."
    return found


def _expected(row: Row, who: str) -> str:
    if who in row.gets_in:
        return "in"
    if who == "stranger":
        return "sign in"
    return "no" if who in row.told_no else "absent"


def _leaks(who: str, closed: frozenset[str]) -> list[str]:
    return sorted(name for name in closed if who not in MAY_READ.get(name, READS_CLOSED))


@pytest.mark.shows("promise-13")
def test_every_address_stands_in_the_table(world: World) -> None:
    listed = {(row.address, method) for row in rows() for method in row.methods}
    there = {(address_of(rule.rule), method) for rule in _rules(world) for method in rule.methods - {"HEAD", "OPTIONS"}}
    missing, gone = sorted(there - listed), sorted(listed - there)

    assert not missing, f"Write a line for each of these in {FILE.name}: who gets in, and who is told no. {missing}"
    assert not gone, f"These are no addresses any more: take them out of {FILE.name}. {gone}"


def test_every_role_gets_the_answer_of_the_table(seen: list[Seen]) -> None:
    wrong = [f"{one}: {one.outcome}, not {_expected(one.row, one.who)}" for one in seen if one.outcome != _expected(one.row, one.who)]

    assert not wrong, "\n".join(wrong)
    assert {one.who for one in seen} >= set(ROLES)


def test_no_closed_word_comes_to_those_it_is_closed_to(seen: list[Seen]) -> None:
    wrong = [f"{one}: {leaks}" for one in seen if (leaks := _leaks(one.who, one.closed))]

    assert not wrong, "\n".join(wrong)


@pytest.mark.shows("promise-34")
def test_no_page_leads_to_a_foreign_host(seen: list[Seen]) -> None:
    assert {f"{one}: {sorted(one.outside)}" for one in seen if one.outside} == set()
    assert len({str(one.row) for one in seen if one.outcome == "in"}) > 100


def test_every_closed_word_is_there_for_those_who_may_read_it(seen: list[Seen]) -> None:
    """Else the test above could not fail."""
    read = {name for one in seen if one.who in ("secretary", "neighbour") for name in one.closed}

    assert read == set(CANARIES) - {"recusal statement", "own note"}  # the one is on no page, the other is a member's


def test_a_search_finds_no_closed_word_for_those_it_is_closed_to(open_house: World) -> None:
    """That a search finds something tells that it is there, even under another title."""
    for role in ("attendee", "deputy", "recused", "neighbour"):
        browser = open_house.browser(role)
        for word in CANARIES.values():
            everywhere = browser.get(f"/kontor/sok?q={word}").get_data(as_text=True).replace(word, "")
            assert not [name for name in _leaks(role, canaries_in(everywhere)) if name != "neighbour"], f"{role} finds {word}"
        for word in (CANARIES["title"], CANARIES["whole title"], CANARIES["closed part"]):
            absent = browser.get("/kontor/saker?q=finnesikke").get_data(as_text=True)
            page = browser.get(f"/kontor/saker?q={word}").get_data(as_text=True)
            assert page.replace(word, "finnesikke") == absent, f"{role} learns that {word} is there"


def test_the_public_pages_hold_no_closed_word(open_house: World) -> None:
    stranger, waiting, done = open_house.browser("stranger"), ["/", "/robots.txt"], set()
    while waiting:
        path = waiting.pop()
        if path in done:
            continue
        done.add(path)
        answer = stranger.get(path)
        assert canaries_in(words_of(answer)) == frozenset(), path
        if "html" in str(answer.content_type):
            hrefs = [href.partition("#")[0] for href, _text in Page(answer.get_data(as_text=True)).links]
            waiting += [href for href in hrefs if href.startswith("/") and not href.startswith(OFFICE)]

    assert len(done) > 15


@pytest.mark.shows("promise-34")
def test_the_letters_hold_no_word_that_is_closed_to_who_gets_them(open_house: World) -> None:
    roles = {person.email: role for role, person in _people(open_house).items()}
    files = sorted(open_house.mail.glob("*.eml"))
    for file in files:
        letter = message_from_bytes(file.read_bytes(), policy=SMTP)
        assert isinstance(letter, EmailMessage)
        said = [str(letter.items())]
        for part in letter.walk():
            payload = part.get_payload(decode=True)
            said += [part.get_filename() or "", payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""]
        who = roles.get(str(letter["To"].addresses[0].addr_spec), "somebody")
        allowed = {"member": {"answer"}, "owner": {"note on action", "words to the writer"}}.get(who, set())
        assert hosts_in(" ".join(said)) == frozenset(), file.name
        found = canaries_in(" ".join(said)) - ({"neighbour"} if CANARIES["neighbour"] in str(letter["From"]) else set())
        assert found <= allowed, f"{file.name} to {who}: {found}"

    assert len(files) > 20


def _people(world: World) -> dict[str, Any]:
    return {role: db.session.get_one(Person, person_id) for role, person_id in world.ids.items()}


def test_the_log_holds_no_closed_word_and_no_link(seen: list[Seen], log: list[str], open_house: World) -> None:
    said = "\n".join(log)

    assert len(log) > 1000
    assert canaries_in(said) == frozenset()
    assert [kind for kind, secret in open_house.links.items() if secret in said] == []


def test_being_signed_in_makes_no_link_wider(open_house: World) -> None:
    for role in ("secretary", "partner", "member"):
        browser = open_house.browser(role)
        for kind in ("dead link", "reply link"):
            assert ask(browser, f"/g/{open_house.links[kind]}")[0] == "absent"


def test_another_councils_things_exist_for_nobody(open_house: World) -> None:
    """The neighbour's ids in every address, read and written, by those who may the most at home."""
    values, before, wrong = open_house.things["the neighbour's"], _acts(), []
    for role in ("secretary", "chair", "member"):
        browser = open_house.browser(role)
        for rule in _rules(open_house):
            if rule.arguments and rule.arguments <= set(values):
                for method in rule.methods - {"HEAD", "OPTIONS"}:
                    found, closed, _outside = ask(browser, path_of(rule.rule, values), method)
                    if found != "absent" or closed:
                        wrong.append(f"{role} {method} {rule.rule}: {found} {closed}")

    assert not wrong, "\n".join(wrong)
    assert _acts() == before


@pytest.mark.shows("promise-13")
def test_a_stranger_cannot_tell_which_ids_are_there(open_house: World) -> None:
    stranger, wrong = open_house.browser("stranger"), []
    theirs = open_house.things["the neighbour's"]
    for rule in _rules(open_house):
        numbers = {name for name in rule.arguments if name.endswith("_id")}
        if numbers and rule.arguments <= set(theirs) and "GET" in rule.methods:
            there = stranger.get(path_of(rule.rule, theirs))
            absent = stranger.get(path_of(rule.rule, theirs | dict.fromkeys(numbers, 2_000_000)))
            if (there.status_code, absent.status_code) not in ((303, 303), (401, 401)):  # 401 as it is: what a page asks by itself
                wrong.append(f"{rule.rule}: {there.status_code} and {absent.status_code}")

    assert not wrong, "\n".join(wrong)


def test_whoever_leaves_is_out(open_house: World) -> None:
    browser = open_house.browser("member")
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', browser.get("/logg-inn/konto").get_data(as_text=True))
    assert token is not None
    assert browser.post("/logg-inn/ut", data={"csrf_token": token[1]}).status_code == 303

    assert ask(browser, "/min-side")[0] == "sign in"


def _rules(world: World) -> list[Any]:
    """The office's own addresses. Style and script are the same for everyone, and answered before the office is asked."""
    return [rule for rule in world.app.url_map.iter_rules() if rule.endpoint != "static"]


def _acts() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(AuditEntry).where(AuditEntry.action.not_in(OPENINGS))) or 0

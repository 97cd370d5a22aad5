"""The log of acts: nothing in it can be changed through the house, and whatever is changed past the house is found."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import event, inspect, select, text
from sqlalchemy.exc import IntegrityError

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import CaseKind, Scope
from meetingapp.core import audit, clock
from meetingapp.core.audit import anchors
from meetingapp.core.audit.chain import HEAD, LINKS
from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.audit.verify import verify
from meetingapp.core.database import db, short_write, write
from tests import factories
from tests.databases import superuser

FACTS: dict[str, Any] = {"kind": CaseKind.DECISION, "scope": Scope.REGIONAL}
MIDDLE = 4  # an entry with others before and after it


@pytest.fixture
def log(app: Flask, council: factories.TestCouncil, secretary: Actor) -> Iterator[list[int]]:
    """Ten acts in five transactions, anchored after the eighth; the ids of the entries. No anchors of other tests."""
    anchors.place().unlink(missing_ok=True)
    for number in range(5):
        case = case_commands.create_case(council.council, title=f"Sak {number}", by=secretary, **FACTS)
        case_commands.withdraw(case, by=secretary)
        db.session.commit()
        if number == 3:
            anchors.write()
    entries = list(db.session.scalars(select(LINKS.c.entry_id).order_by(LINKS.c.place)))
    db.session.commit()
    yield entries
    anchors.place().unlink(missing_ok=True)


@contextmanager
def past_the_house() -> Iterator[Callable[[str], None]]:
    """Run SQL as someone who owns the server: no triggers, no foreign keys."""
    if db.engine.dialect.name == "postgresql":
        with superuser(db.engine) as connection:
            connection.execute("SET session_replication_role = replica")
            yield lambda sql: connection.execute(sql) and None  # type: ignore[call-overload]
        return
    raw = db.engine.raw_connection()
    cursor = raw.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.execute("PRAGMA query_only=OFF")
    triggers = cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        cursor.execute(f'DROP TRIGGER "{name}"')
    yield lambda sql: cursor.execute(sql) and None
    for _name, sql in triggers:
        cursor.execute(sql)
    cursor.execute("PRAGMA foreign_keys=ON")
    raw.commit()
    raw.close()


def tamper(*sql: str) -> list[str]:
    """What `verify` says after `sql` was run past the house."""
    with past_the_house() as run:
        for statement in sql:
            run(statement)
    return verify().faults


def run_cli(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *words])


def test_an_untouched_log_is_whole(app: Flask, log: list[int]) -> None:
    report = verify()

    assert (report.faults, report.count, report.anchors) == ([], len(log), 1)
    said = run_cli(app, "verify")
    assert said.exit_code == 0
    assert f"The log is whole: {len(log)} entries, 1 anchors" in said.output


CHANGES = {
    "id": "id = id + 100000",
    "at": "at = '2026-11-23 07:00:01'",
    "action": "action = 'case.create2'",
    "thing": "thing = 'meeting'",
    "thing_id": "thing_id = thing_id + 1",
    "person_id": "person_id = 4711",
    "details": """details = '{"kind": "information"}'""",
}


@pytest.mark.shows("promise-26")
def test_every_column_of_an_entry_can_be_changed_only_to_be_found(app: Flask, log: list[int]) -> None:
    assert set(CHANGES) == {column["name"] for column in inspect(db.engine).get_columns("audit_entry")}
    for place, (column, change) in enumerate(CHANGES.items(), 1):
        entry = log[place - 1]
        faults = tamper(f"UPDATE audit_entry SET {change} WHERE id = {entry}")
        assert any(f"place {place}" in fault for fault in faults), column


@pytest.mark.shows("promise-26")
@pytest.mark.parametrize(
    ("what", "sql", "said"),
    [
        ("a link's hash", "UPDATE audit_link SET hash = '{zeros}' WHERE place = 4", "place 4"),
        ("a link's place", "UPDATE audit_link SET place = 400 WHERE place = 4", "Place 4 in the chain is missing"),
        ("a link's entry", "UPDATE audit_link SET entry_id = 900 WHERE place = 4", "The entry at place 4 is gone"),
        ("the head's count", "UPDATE audit_head SET count = count - 1", "its head speaks of"),
        ("the head's hash", "UPDATE audit_head SET hash = '{zeros}'", "its head speaks of"),
        ("the head itself", "DELETE FROM audit_head", "The head of the chain is gone"),
        ("an entry removed", "DELETE FROM audit_entry WHERE id = {entry}", "The entry at place 4 is gone"),
        ("an entry and its link removed", "DELETE FROM audit_link WHERE place = 4; DELETE FROM audit_entry WHERE id = {entry}", "Place 4"),
        (
            "two links swapped",
            "UPDATE audit_link SET place = 99 WHERE place = 4; UPDATE audit_link SET place = 4 WHERE place = 5;"
            " UPDATE audit_link SET place = 5 WHERE place = 99",
            "place 4",
        ),
        (
            "two entries swapped",
            "UPDATE audit_entry SET id = 99999 WHERE id = {entry}; UPDATE audit_entry SET id = {entry} WHERE id = {next};"
            " UPDATE audit_entry SET id = {next} WHERE id = 99999",
            "place 4",
        ),
        (
            "an entry put in",
            "INSERT INTO audit_entry (id, at, action, thing, thing_id, details) VALUES (900, '2026-11-23 07:00:00', 'a', 'b', 1, '{{}}')",
            "Entry 900 stands outside the chain",
        ),
        (
            "an entry put in with a link",
            "INSERT INTO audit_entry (id, at, action, thing, thing_id, details) VALUES (900, '2026-11-23 07:00:00', 'a', 'b', 1, '{{}}');"
            " INSERT INTO audit_link (place, entry_id, hash) VALUES ({after}, 900, '{zeros}');"
            " UPDATE audit_head SET count = {after}, hash = '{zeros}'",
            "Entry 900 at place",
        ),
        (
            "an unreadable time or text",
            "UPDATE audit_entry SET details = '[1' WHERE id = {entry}",
            "place 4",
        ),
    ],
)
def test_whatever_is_done_past_the_house_is_found_and_named(app: Flask, log: list[int], what: str, sql: str, said: str) -> None:
    if what == "an unreadable time or text" and db.engine.dialect.name == "postgresql":
        sql = "UPDATE audit_entry SET at = 'infinity' WHERE id = {entry}"  # its JSON cannot be broken
    filled = sql.format(zeros="0" * 64, entry=log[MIDDLE - 1], next=log[MIDDLE], after=len(log) + 1)
    faults = tamper(*filled.split(";"))

    assert any(said in fault for fault in faults), faults
    assert run_cli(app, "verify").exit_code == 1


def cut_to(place: int) -> list[str]:
    """Remove all after `place`, as neatly as one who owns the database can."""
    last = f"(SELECT hash FROM audit_link WHERE place = {place})"
    return [
        f"UPDATE audit_head SET count = {place}, hash = {last}",
        f"DELETE FROM audit_entry WHERE id IN (SELECT entry_id FROM audit_link WHERE place > {place})",
        f"DELETE FROM audit_link WHERE place > {place}",
    ]


@pytest.mark.shows("promise-26")
def test_a_cut_tail_or_an_older_database_is_found_by_the_anchor(app: Flask, log: list[int]) -> None:
    faults = tamper(*cut_to(3))

    assert len(faults) == 1
    assert "but the chain has 3: the end was cut off, or an older database was put back" in faults[0]


@pytest.mark.shows("promise-26")
def test_a_chain_grown_anew_from_an_older_database_is_found_by_the_anchor(
    app: Flask, log: list[int], council: factories.TestCouncil, secretary: Actor
) -> None:
    tamper(*cut_to(3))
    case = case_commands.create_case(council.council, title="Etterpå", by=secretary, **FACTS)
    while db.session.scalar(select(HEAD.c.count)) < len(log):
        case.version += 1
        audit.record("case.edit", case, by=secretary)
        db.session.commit()

    assert any("is not what the anchor" in fault for fault in verify().faults)


@pytest.mark.shows("promise-26")
def test_a_chain_written_anew_with_another_key_is_found(app: Flask, log: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "AUDIT_KEY", "another key, as somebody without the right one would use")

    assert verify().found >= len(log)


def test_a_missing_trigger_is_told(app: Flask, log: list[int]) -> None:
    with short_write() as connection:
        on = ' ON "audit_entry"' if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f'DROP TRIGGER "audit_entry_stays_delete"{on}'))

    assert verify().faults == ["The trigger that refuses delete in audit_entry is gone."]


def test_a_spoilt_file_of_anchors_is_told(app: Flask, log: list[int]) -> None:
    anchors.place().write_text("tull\n")

    assert "The file of anchors cannot be read: line 1" in verify().faults[0]


def test_only_the_first_faults_are_told_and_all_are_counted(app: Flask, log: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetingapp.core.audit.verify.MOST", 3)
    tamper("UPDATE audit_entry SET action = 'x'")
    said = run_cli(app, "verify").output

    assert f"… and {len(log) - 3} more." in said
    assert f"NOT whole: {len(log)} faults" in said


@pytest.mark.shows("promise-27")
@pytest.mark.parametrize("table", ["audit_entry", "audit_link"])
@pytest.mark.parametrize("sql", ["DELETE FROM {table}", "UPDATE {table} SET {column} = {column}"])
def test_the_database_refuses_to_change_the_log(app: Flask, log: list[int], table: str, sql: str) -> None:
    for column in inspect(db.engine).get_columns(table):
        with pytest.raises(IntegrityError, match="stays as it is"), short_write() as connection:
            connection.execute(text(sql.format(table=table, column=column["name"])))

    assert verify().is_whole


def test_replacing_and_emptying_are_refused_too(app: Flask, log: list[int]) -> None:
    replace = "INSERT OR REPLACE INTO audit_entry (id, at, action, thing, thing_id, details) VALUES (:id, '2026-11-23', 'x', 'x', 1, '{}')"
    sql = replace if db.engine.dialect.name == "sqlite" else "TRUNCATE audit_entry CASCADE"
    with pytest.raises(IntegrityError, match="stays as it is"), short_write() as connection:
        connection.execute(text(sql), {"id": log[0]} if ":id" in sql else {})


def test_what_a_savepoint_takes_back_has_no_link(app: Flask, council: factories.TestCouncil, secretary: Actor) -> None:
    case = case_commands.create_case(council.council, title="Blir", by=secretary, **FACTS)
    savepoint = db.session.begin_nested()
    audit.record("case.edit", case, by=secretary)
    db.session.flush()
    savepoint.rollback()
    db.session.commit()

    assert [entry.action for entry in audit.entries_of(case)] == ["case.create"]
    assert verify().is_whole


def test_an_act_that_is_rolled_back_leaves_no_link_behind(
    app: Flask, log: list[int], secretary: Actor, council: factories.TestCouncil
) -> None:
    case_commands.create_case(council.council, title="Angret", by=secretary, **FACTS)
    db.session.rollback()
    case_commands.create_case(council.council, title="Blir", by=secretary, **FACTS)
    db.session.commit()

    assert (verify().faults, verify().count) == ([], len(log) + 1)


def test_many_acts_in_one_transaction_cost_three_queries_at_its_end(app: Flask, council: factories.TestCouncil, secretary: Actor) -> None:
    case = case_commands.create_case(council.council, title="Mange", by=secretary, **FACTS)
    db.session.commit()
    for _number in range(50):
        audit.record("case.edit", case, by=secretary)
    db.session.flush()
    seen: list[str] = []
    event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    db.session.commit()

    assert len([statement for statement in seen if "audit_" in statement]) == 3
    assert verify().is_whole


def test_an_act_of_its_own_short_transaction_is_in_the_chain(app: Flask, council: factories.TestCouncil, secretary: Actor) -> None:
    db.session.commit()
    with short_write() as connection:
        audit.append(connection, "council.seen", council.council, by=secretary, page=1)
    db.session.rollback()  # what was read before does not see it

    assert audit.entries_of(council.council)[0].details == {"page": 1}
    assert verify().is_whole


@pytest.mark.shows("promise-26")
@pytest.mark.slow
def test_writers_at_once_make_one_chain_without_gaps(app: Flask, council: factories.TestCouncil) -> None:
    council_id, before = council.council.id, verify().count

    def act(writer: int) -> None:
        with app.app_context():
            for number in range(10):
                with write():
                    thing = db.session.get_one(type(council.council), council_id)
                    audit.record("council.edit", thing, by=None, writer=writer, number=number)
                    audit.record("council.edit", thing, by=None, writer=writer, number=number, again=True)

    db.session.commit()
    threads = [threading.Thread(target=act, args=[writer]) for writer in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    report = verify()
    assert (report.faults, report.count) == ([], before + 160)
    assert list(db.session.scalars(select(LINKS.c.place).order_by(LINKS.c.place)))[-160:] == list(range(before + 1, before + 161))


def test_the_day_is_anchored_once_and_each_line_is_kept(app: Flask, log: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    assert anchors.write_daily() is None
    tomorrow = clock.true_now() + timedelta(days=1)
    monkeypatch.setattr(clock, "true_now", lambda: tomorrow)

    assert anchors.write_daily() == anchors.read()[-1]
    assert anchors.write_daily() is None
    assert [anchor.count for anchor in anchors.read()] == [8, 10]


def test_the_command_anchors_at_each_call_outside_the_database(app: Flask, log: list[int]) -> None:
    said = run_cli(app, "anchor").output
    head = db.session.scalar(select(HEAD.c.hash))

    assert said.split()[1:] == [str(len(log)), head]
    assert Path(app.config["AUDIT_ANCHORS"]).read_text().splitlines()[-1] == said.strip()


def test_an_empty_log_is_whole_and_can_be_anchored(app: Flask) -> None:
    anchors.place().unlink(missing_ok=True)
    anchors.write()

    assert db.session.scalars(select(AuditEntry)).all() == []
    assert verify().is_whole
    anchors.place().unlink()

"""Web and workers are killed at random moments: what was acknowledged is there, each notice arrives, and a kill costs one copy at most."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from meetingapp.core.database import engine_options
from tests.databases import KEY, Databases
from tests.faults import smtp
from tests.faults.smtp import MailServer, running
from tests.faults.storm import ROOT, a_house, copies, storm


def environment(databases: Databases, var: Path, mail: MailServer) -> dict[str, str]:
    var.mkdir()
    return {
        "VAR_DIR": str(var),
        "SECRET_KEY": KEY,
        "BASE_URL": "http://localhost",
        "DATABASE_URL": f"sqlite:///{var}/office.db",
        **databases.environment(var),
        "SMTP_URL": mail.url,
        "UNDO_SECONDS": "0",
        "WORKER_LEASE_SECONDS": "3",
        "LOG_FORMAT": "readable",
    }


def weather(databases, tmp_path, *, kills, mode=smtp.OK, share=0.0, editors=2, rest=(0.1, 0.3), seed=1, strike=None, agendas=0, workers=2):
    """One storm, and everything that must hold after it. Returns its figures.

    :param strike: what strikes the house, where it is no kill
    :param agendas: how many are fixed meanwhile, or fewer when the storm is over before
    :param share: how large a part of the sessions with the mail server goes by `mode`
    """
    chance = random.Random(seed)
    mail = MailServer(mode=lambda to, before: mode if chance.random() < share else smtp.OK, stall=0.2)
    began = time.monotonic()
    with running(mail):
        given = environment(databases, tmp_path / "var", mail)
        url = given["DATABASE_URL"]
        with a_house(given, agendas=agendas, workers=workers) as processes:
            crew = storm(processes, kills=kills, editors=editors, rest=rest, chance=chance, strike=strike)
            mail.mode = lambda to, before: smtp.OK
            wait_until_empty(url)
    with create_engine(url, **engine_options(url)).connect() as connection:
        titles = Counter(connection.execute(text("SELECT title FROM \"case\" WHERE title LIKE 'Sak %'")).scalars())
        letters = connection.execute(text("SELECT message_id, state, to_address FROM letter")).all()
        numbers = connection.execute(text("SELECT number, meeting_id FROM case_number ORDER BY number")).all()
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]
    acknowledged = [title for who in crew.editors for title in who.acknowledged]
    assert acknowledged
    assert not set(acknowledged) - set(titles), "acknowledged edits were lost"
    assert not [title for title, many in titles.items() if many > 1], "an edit was made twice"
    fixed = {meeting for who in crew.fixers for meeting in who.acknowledged}
    assert [row.number for row in numbers] == list(range(1, len(numbers) + 1)), "a number is missing, or was given twice"
    assert not fixed - {row.meeting_id for row in numbers}, "acknowledged numbers were lost"
    assert set(Counter(row.meeting_id for row in numbers if row.meeting_id in processes.facts["agendas"]).values()) <= {2}
    assert crew.caller.acknowledged + 1 <= len(letters)

    arrived = copies(mail)
    told = {one.message_id for one in letters if one.state == "failed"}  # a person sees them on the desk
    handed = {one.message_id for one in letters if one.state == "handed over"}
    assert {one.state for one in letters} <= {"handed over", "failed"}
    assert handed <= set(arrived), "a notice was lost"
    doubles = sum(len(found) - 1 for found in arrived.values())
    assert doubles <= kills + mail.lost_answers, f"{doubles} copies too many"
    assert max(len(found) for found in arrived.values()) <= 3
    assert all(len(set(found)) == 1 for found in arrived.values()), "copies of one letter differ in UID or SEQUENCE"
    verify(given)
    figures = {
        "kills": kills,
        "seconds": round(time.monotonic() - began, 1),
        "edits": len(acknowledged),
        "letters": len(letters),
        "agendas fixed": len(fixed),
        "failed to a person": len(told),
        "copies too many": doubles,
        "answers lost": mail.lost_answers,
        "broken": dict(sum((who.broken for who in crew.all), Counter())),
    }
    print(figures)  # noqa: T201 - a soak prints its figures
    return figures


def wait_until_empty(url: str, seconds: float = 60) -> None:
    """Until each letter is handed over or failed. What waits for its next try is let go at once."""
    engine, until = create_engine(url, **engine_options(url)), time.monotonic() + seconds
    unsent = text("SELECT count(*) FROM letter WHERE state IN ('queued', 'delayed', 'unknown')")
    hurry = text(
        "UPDATE outbox_task SET next_try_at = placed_at WHERE state = 'queued' AND leased_until IS NULL AND next_try_at > placed_at"
    )
    while True:
        with engine.connect() as connection, connection.execution_options(writes=True).begin():
            if not connection.execute(unsent).scalar():
                break
            connection.execute(hurry)
        assert time.monotonic() < until, "letters were left in the queue"
        time.sleep(0.2)
    engine.dispose()


def verify(given: dict[str, str]) -> None:
    """The log of acts is whole, as `flask audit verify` finds it."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi:office", "audit", "verify"]
    done = subprocess.run(command, env={**os.environ, **given}, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.shows("promise-1", "promise-2", "promise-3")
def test_a_hundred_kills_lose_nothing(databases, tmp_path):
    weather(databases, tmp_path, kills=100)


@pytest.mark.soak
@pytest.mark.shows("promise-1", "promise-2", "promise-3", "promise-4")
@pytest.mark.parametrize(("mode", "share"), [(smtp.OK, 0.0), (smtp.GREYLIST, 0.3), (smtp.DROP, 0.2), (smtp.STALL, 0.1)])
def test_a_thousand_kills_with_a_mail_server_that_fails(databases, tmp_path, mode, share):
    weather(databases, tmp_path, kills=1000, mode=mode, share=share)

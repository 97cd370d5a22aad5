"""A house to measure: migrated, with the demo council and a meeting of twelve items, called in process as a server would."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.engine import Engine
from werkzeug.test import EnvironBuilder

from config import Settings
from meetingapp import demo
from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import queries as agenda_queries
from meetingapp.app import create_office, create_site
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case, CaseKind, Part, Scope
from meetingapp.core import clock
from meetingapp.core.database import db, migrations, write
from meetingapp.core.files import store
from meetingapp.core.web.secrets import hashed
from meetingapp.core.web.sessions import WebSession
from meetingapp.council.models import Body, Council, Person
from meetingapp.meetings.models import MeetingForm

TOKEN = "a-session-of-the-bench"
MONDAY = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
SECRETARY = "ellen.attrappli@hamarregionen.example"


@dataclass
class House:
    """The running house: the whole site as one WSGI callable, and what the measures need to know."""

    office: Flask
    site: Any
    settings: Settings
    meeting_id: int  # of twelve items with two attachments each
    cookie: str


def build(folder: Path) -> House:
    """Make it in `folder`. Takes some seconds: the demo is loaded through the commands."""
    environment = {
        "VAR_DIR": str(folder / "var"),
        "SECRET_KEY": "a key for the bench only, of no worth to anyone",
        "BASE_URL": "http://localhost",
        "DEMO": "yes",
        "UNDO_SECONDS": "0",
        "CLOCK_STARTS_AT": MONDAY.isoformat(),
    }
    settings = Settings.from_environment(environment)
    office = create_office(settings)
    with office.app_context():
        migrations.upgrade()
        demo.load()
        with write():
            meeting_id = _twelve_items()
            _sign_in()
    site = create_site(settings)
    _log_to(folder / "log")
    return House(office, site, settings, meeting_id, f"{office.config['SESSION_COOKIE_NAME']}={TOKEN}")


def _log_to(file: Path) -> None:
    """Let the log be written as in service, but not between the figures."""
    kept = file.open("w")
    for name in ("", "access"):
        for handler in logging.getLogger(name).handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(kept)


def _twelve_items() -> int:
    council = db.session.scalars(select(Council)).one()
    body = db.session.scalars(select(Body).where(Body.series == "RR")).one()
    secretary = Actor(db.session.scalars(select(Person).where(Person.email == SECRETARY)).one())
    starts = clock.now() + timedelta(days=60)
    meeting = agenda_commands.plan(
        council, bodies=[body], starts_at=starts, ends_at=starts + timedelta(hours=5), place="Salen", form=MeetingForm.PHYSICAL,
        chair=None, by=secretary,
    )  # fmt: skip
    db.session.flush()
    standing = len(agenda_queries.items_of(meeting))
    cases = [ready_case(council, number, secretary) for number in range(12 - standing)]
    agenda_commands.add_cases(meeting, cases, by=secretary)
    return meeting.id


def ready_case(council: Council, number: int, secretary: Actor) -> Case:
    """A case with a paper and two attachments, ready for an agenda."""
    case = case_commands.create_case(
        council, kind=CaseKind.DECISION, scope=Scope.REGIONAL, title=f"Målesak {number}", public_title=f"Målesak {number}", by=secretary
    )
    db.session.flush()
    case_commands.save_paper(case, part=Part.OPEN, text="Tekst. " * 200, recommendation="Rådet vedtar.", seen_version=0, by=secretary)
    for attachment in range(2):
        data = b"%PDF-1.7\n%" + str((number, attachment)).encode()
        file = store.register(store.keep_bytes(data), media_type="application/pdf", size=len(data))
        case_commands.attach(
            case, file, title=f"Vedlegg {attachment}", file_name=f"vedlegg-{attachment}.pdf", is_closed=False, by=secretary
        )
    db.session.flush()
    db.session.expire(case)
    on_web = {attachment.id: True for attachment in case.attachments}
    case_commands.mark_ready(case, paper_on_web=True, attachments_on_web=on_web, by=secretary)
    return case


def _sign_in() -> None:
    person = db.session.scalars(select(Person).where(Person.email == SECRETARY)).one()
    now = clock.true_now()
    data = f'{{"_user_id": "{person.id}", "_fresh": true}}'
    db.session.add(WebSession(id_hash=hashed(TOKEN), user_id=str(person.id), data=data, created=now, last_seen=now))


def caller(app: Any, path: str, *, cookie: str = "", status: int = 200, method: str = "GET", **headers: str) -> Callable[[], bytes]:
    """A function that asks `app` for `path` once, as a server would, and gives the body.

    :raises AssertionError: at the first call, when the answer has another status
    """
    given = {name.replace("_", "-"): value for name, value in headers.items()} | ({"Cookie": cookie} if cookie else {})
    base = EnvironBuilder(path=path, headers=list(given.items()), method=method, base_url="http://localhost").get_environ()
    seen: list[int] = []

    def call() -> bytes:
        seen.clear()
        answer = app(dict(base), lambda line, headers, info=None: seen.append(int(line[:3])))
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        assert seen == [status], f"{path}: {seen} {body[:300]!r}"
        return body

    call()
    return call


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL that engines are given meanwhile, without PRAGMA, BEGIN and the like."""
    heard: list[str] = []

    def hear(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if statement.lstrip()[:6].upper() in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH R"):
            heard.append(statement)

    event.listen(Engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "before_cursor_execute", hear)


@contextmanager
def commits() -> Iterator[list[str]]:
    """The transactions that are committed after writing, meanwhile: on the office database."""
    heard: list[str] = []

    def hear(connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            heard.append("commit")

    event.listen(Engine, "commit", hear)
    try:
        yield heard
    finally:
        event.remove(Engine, "commit", hear)

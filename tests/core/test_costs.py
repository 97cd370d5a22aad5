"""What a form post and a public page cost the databases, counted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, insert
from werkzeug.test import Client
from werkzeug.wrappers import Response

from meetingapp.core.database import db, short_write
from meetingapp.portal.app import Portal
from meetingapp.portal.models import Page
from tests.agendas.support import an_agenda
from tests.conftest import NOW
from tests.counting import queries
from tests.factories import TestCouncil, a_case
from tests.hostile import send


@contextmanager
def heard() -> Iterator[list[str]]:
    """`write` for each transaction of the office that may write, and `commit` for each that was made durable, in order."""
    said: list[str] = []
    writing: set[int] = set()

    def begin(connection: Any) -> None:
        if connection.get_execution_options().get("writes"):
            writing.add(id(connection))
            said.append("write")

    def commit(connection: Any) -> None:
        if id(connection) in writing:
            writing.discard(id(connection))
            said.append("commit")

    def rollback(connection: Any) -> None:
        writing.discard(id(connection))

    listeners = (("begin", begin), ("commit", commit), ("rollback", rollback))
    for name, listener in listeners:
        event.listen(db.engine, name, listener)
    try:
        yield said
    finally:
        for name, listener in listeners:
            event.remove(db.engine, name, listener)


@pytest.mark.shows("BW1")
def test_a_form_post_is_one_transaction_and_one_commit(app: Flask, council: TestCouncil, signed_in: Callable[..., Any]) -> None:
    case = a_case(council.council)
    meeting = an_agenda(council, case, a_case(council.council, "Møteplan"))
    browser = signed_in(council.secretary)
    posts: dict[str, tuple[str, dict[str, Any], str]] = {
        "a new case": ("/kontor/saker/ny", {"title": "Ny sak"}, "0"),
        "minutes for an item": (f"/kontor/moter/{meeting.id}/saksliste", {"minutes": "25"}, "minutter"),
        "an agenda fixed": (f"/kontor/moter/{meeting.id}/saksliste", {}, "fastsett"),
    }
    for what, (url, fields, form) in posts.items():
        page = browser.get(url)  # the first sight of a session is noted in a short transaction of its own
        assert page.status_code == 200, what
        with heard() as said:
            answer = send(browser, url, fields, form=int(form) if form.isdecimal() else form)
        assert answer.status_code == 303, what
        assert said == ["write", "commit"], what


@pytest.mark.shows("BP5")
@pytest.mark.parametrize("size", [10, 200_000])
def test_a_public_page_is_one_statement_without_session_or_cookie(app: Flask, portal: Portal, size: int) -> None:
    row = {"host": "", "path": "/stor", "status": 200, "media_type": "text/html", "file_name": "", "etag": "e", "modified_at": NOW}
    with short_write("public") as connection:
        connection.execute(insert(Page), {**row, "plain": b"x" * size})
    client = Client(portal, Response)
    client.get("/stor")  # the connection is opened once a thread
    asked: list[str] = []
    own = portal._pages._connection()

    class Counting:
        def execute(self, query: str, values: Any) -> Any:
            asked.append(query)
            return own.execute(query, values)

        def close(self) -> None:
            own.close()

    portal._pages._kept.connection = Counting()
    with heard() as office:
        answer = client.get("/stor")

    assert (answer.status_code, len(answer.data)) == (200, size)
    assert len(asked) == 1
    assert office == []
    assert "Set-Cookie" not in answer.headers


@pytest.mark.shows("BO1")
@pytest.mark.parametrize("cases", [1, 12])
def test_an_agenda_page_is_nine_statements(app: Flask, council: TestCouncil, signed_in: Callable[..., Any], cases: int) -> None:
    meeting = an_agenda(council, *(f"Sak {number}" for number in range(cases)))
    for number in range(cases):
        a_case(council.council, f"Klar {number}")  # in the queue beside it
    browser, path = signed_in(council.secretary), f"/kontor/moter/{meeting.id}/saksliste"
    browser.get(path)  # the first sight of a session is noted in a short transaction of its own
    db.session.close()
    with queries() as asked:
        page = browser.get(path)

    assert page.status_code == 200
    assert len(asked) == 9, "\n".join(asked)

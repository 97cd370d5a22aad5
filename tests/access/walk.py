"""One walk over every address of the access table, by every role: what was answered, and which closed words stood in it."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import pypdf
from werkzeug.test import Client, TestResponse

from tests.access.roles import CANARIES, LINKS, ROLES, World
from tests.access.table import Row, rows

WRITERS = ("stranger", "outsider", "neighbour", "owner", "member", "chair", "officer", "secretary")  # who sends the forms of pages


@dataclass(frozen=True)
class Seen:
    """One answer."""

    who: str  # a role, or a kind of link
    method: str
    row: Row
    outcome: str  # "in", "no" (403), "absent" (404), "sign in", or the status of a fault
    closed: frozenset[str]  # the names of the canaries in it
    outside: frozenset[str]  # hosts that are not ours, and that a browser would be led to or load from

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.row}"


def path_of(rule: str, values: Mapping[str, Any]) -> str:
    """The address with its values, converters or not."""
    return re.sub(r"<(?:[^<>]+:)?(\w+)>", lambda match: str(values[match[1]]), rule)


def outcome(answer: TestResponse) -> str:
    if answer.status_code == 401 or (answer.status_code == 303 and str(answer.location).startswith("/logg-inn?")):
        return "sign in"
    return {403: "no", 404: "absent"}.get(answer.status_code, "in" if answer.status_code < 500 else str(answer.status_code))


def words_of(answer: TestResponse) -> str:
    """All that an answer says: headers, text, and the text and facts of a PDF."""
    body = answer.get_data()
    text = body.decode("utf-8", "replace")
    if body.startswith(b"%PDF") and b"startxref" in body:
        reader = pypdf.PdfReader(io.BytesIO(body))
        text += " ".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    return f"{unquote(str(answer.headers))} {text}"


def canaries_in(text: str) -> frozenset[str]:
    folded = text.casefold()
    return frozenset(name for name, word in CANARIES.items() if word.casefold() in folded)


def hosts_in(html: str) -> frozenset[str]:
    """The hosts of all whole addresses that a tag or a style names, ours left out."""
    named = re.findall(
        r"""(?:(?:src|href|action|srcset|poster|background|data)\s*=\s*|url\(\s*)["']?\s*(?:https?:)?//([^/"'\s>)]+)""", html, re.I
    )
    return frozenset(named) - {"localhost"}


def ask(browser: Client, path: str, method: str = "GET") -> tuple[str, frozenset[str], frozenset[str]]:
    answer = browser.open(path, method=method)
    words = words_of(answer)
    return outcome(answer), canaries_in(words), hosts_in(words)


def over_the_table(world: World) -> list[Seen]:
    """Every role at every address; forms are sent without what makes them valid, so nothing is written."""
    browsers, found = {role: world.browser(role) for role in ROLES}, []
    for row in rows():
        if row.address == "/logg-inn/ut":  # it would end the walk
            continue
        for method in row.methods:
            if "<secret>" in row.address:
                for kind in (*LINKS, "a made up link"):
                    values = {"secret": world.links.get(kind, "x" * 64), **world.things["a partly exempt case"]}
                    found.append(Seen(kind, method, row, *ask(browsers["stranger"], path_of(row.address, values), method)))
                continue
            path = path_of(row.address, world.things.get(row.when, {}))
            for role in ROLES if method == row.methods[0] else WRITERS:
                found.append(Seen(role, method, row, *ask(browsers[role], path, method)))
    return found


class _Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {record.__dict__}")


@contextmanager
def listening() -> Iterator[list[str]]:
    """All that is logged meanwhile, with everything that a formatter could take from it."""
    handler, root = _Lines(), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield handler.lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

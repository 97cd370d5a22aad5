"""A language for tests, in which every translated text stands between marks: what people read outside them was never translated.

What is data (names, titles, papers) stands outside the marks too, so the reader here knows all of the database. A piece of text that is
neither marked, nor in the database, nor a number or a date, is a word that somebody forgot to put through gettext.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html.parser import HTMLParser
from typing import Any

import flask_babel
import pytest
from sqlalchemy import JSON, Enum, String, select

from meetingapp.core.database import db
from meetingapp.core.i18n.dates import MONTHS, WEEKDAYS

OPEN, CLOSE = "⟦", "⟧"
READ_OUT = ("aria-label", "title", "alt", "placeholder", "aria-description")
BETWEEN = re.compile(r"[\n,·:;()–|«»“”\"‹›•→…]|(?<=\w)\.(?=\s|$)|\s-\s|\s/\s")
WORDS_OF_DATES = "|".join(sorted({word for language in MONTHS for word in (*MONTHS[language], *WEEKDAYS[language])}))
NO_WORDS = [
    re.compile(r"https?://\S+|(?<!\w)/[\w./-]+|[\w.+-]+@[\w.-]+"),
    re.compile(rf"(?:(?:{WORDS_OF_DATES}) )?\d{{1,2}}\.? (?:{WORDS_OF_DATES})(?: \d{{4}})?", re.IGNORECASE),
    re.compile(rf"\b(?:{WORDS_OF_DATES})\b", re.IGNORECASE),
    re.compile(r"\bkl\. \d\d\.\d\d"),
    re.compile(r"\b[0-9a-f]{4,64}\b"),  # fingerprints
    re.compile(r"\b[A-Z]{2,4} \d+/\d\d\b"),  # case numbers that come next
]
SIGNS = {"PDF", "MB", "kB", "KB", "UTC", "A", "B", "SDG", "Bokmål", "Nynorsk", "English", "SHA-256"}  # the same in all languages


class Marking:
    """Stands where the translations of a language stand."""

    def ugettext(self, said: str) -> str:
        return f"{OPEN}{said}{CLOSE}"

    gettext = ugettext

    def ungettext(self, one: str, many: str, number: int) -> str:
        return self.ugettext(one if number == 1 else many)

    def upgettext(self, context: str, said: str) -> str:
        return self.ugettext(said)


def mark_all(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let gettext put marks around everything."""
    monkeypatch.setattr(flask_babel.Domain, "get_translations", lambda self: Marking())


class _Read(HTMLParser):
    """What a page says, in pieces: texts, and attributes that are read out."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._silent += tag in ("script", "style", "code", "pre", "textarea")
        self.said.append("\n")
        self.said += [f"{given[name]}\n" for name in READ_OUT if name in given]
        if tag == "input" and given.get("type") in ("submit", "button"):
            self.said.append(f"{given.get('value', '')}\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style", "code", "pre", "textarea")
        self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def read(html: str) -> str:
    """The words of a page, a line for each place."""
    return "".join(_Read(html).said)


def _is_made_of(piece: str, known: set[str], most: int = 3) -> bool:
    """Whether `piece` is one known text, or a few after each other: the number and the title of a case."""
    if piece in known:
        return True
    words = piece.split()
    return most > 1 and any(
        " ".join(words[:n]) in known and _is_made_of(" ".join(words[n:]), known, most - 1) for n in range(1, len(words))
    )


def _unmarked(text: str) -> str:
    """`text` without what stands between marks."""
    left, depth = [], 0
    for sign in text:
        depth += sign == OPEN
        left.append(sign if depth == 0 else "\n" if sign == OPEN else "")
        depth -= sign == CLOSE
    assert depth == 0, "a marked text was cut"
    return "".join(left)


def _pieces(text: str) -> Iterator[str]:
    for no_word in NO_WORDS:
        text = no_word.sub("\n", text)
    for piece in BETWEEN.split(text):
        piece = " ".join(piece.split()).strip(".!?* #>-+_`[]")
        if re.search(r"[^\W\d_]{2,}", piece):
            yield piece


class Data:
    """Everything that people have written into the house."""

    def __init__(self, *, without: Iterable[str] = ()) -> None:
        self._known: set[str] = set(SIGNS)
        for table in db.metadatas[None].sorted_tables:
            kept = [c for c in table.c if isinstance(c.type, String | JSON) and not isinstance(c.type, Enum) and table.name not in without]
            for column in kept:
                for value in db.session.scalars(select(column).distinct()):
                    self.learn(value)

    def learn(self, value: Any) -> None:
        """Take `value`, and what it is made of, for data."""
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for one in value:
                self.learn(one)
        elif isinstance(value, str):
            self._known.add(" ".join(value.split()))
            self._known.update(_pieces(value))
            self._known.update(_pieces(read(value) if "<" in value else re.sub(r"[*_`#|]", "\n", value)))

    def unknown(self, text: str) -> list[str]:
        """The pieces of `text` that are neither marked nor data."""
        return [piece for piece in _pieces(_unmarked(text)) if not _is_made_of(piece, self._known)]

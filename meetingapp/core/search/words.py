"""Words and their stems. The same stems on both databases, so that a search gives the same answer on each.

SQLite's FTS5 has no Norwegian stemmer; Snowball's is the one that PostgreSQL's `norwegian` uses. It is written for bokmål; the endings
of nynorsk (-a, -ar, -ane) fall under its rules too. No letter loses its sign: Løten is not Loten.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from threading import local

import snowballstemmer

from meetingapp.core.text import markdown

WORD = re.compile(r"[^\W_]+")
END_OF_BLOCK = re.compile(r"([^.:;,?!>\s])\s*</(h\d|p|li)>")
END_OF_CELL = re.compile(r"</(?=t[dh]>)")
LONGEST_WORD = 60  # characters; what is longer is no word
LONGEST_TEXT = 300_000  # characters of a text that are looked in: a tsvector holds one megabyte
MOST_WORDS = 12  # of a question
# Words that stand in every text. As in PostgreSQL's list, shortened to those that people write in a search.
EMPTY = frozenset(
    "og i jeg det at en et ei den til er som på de med han av ikke ikkje der så var meg seg men ett har om vi min mitt ha hadde "
    "hun nå over da ved fra du ut sin dem oss opp man kan hans hvor eller hva skal selv sjøl her alle vil bli ble blei blitt kunne "
    "inn når være kom noen noe ville dere deres kun ja etter ned skulle denne for deg si sine sitt mot å meget hvorfor dette disse "
    "uten hvordan ingen din ditt blir samme hvilken hvilke sånn inni mellom vår hver hvem hvis både bare fordi før mye også slik "
    "vært eg ein eit eitt elles frå kva kven kvar kor the of to and a in is".split()
)
_own = local()  # a stemmer remembers the word it works on: one a thread


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The stem of one word in lower case: vedtaket, vedtaka and vedtak give the same."""
    if not hasattr(_own, "stemmer"):
        _own.stemmer = snowballstemmer.stemmer("norwegian")
    return str(_own.stemmer.stemWord(word))


def words_of(text: str) -> Iterable[str]:
    """The words of a text in lower case, numbers among them."""
    return (word for word in WORD.findall(text[:LONGEST_TEXT].lower()) if len(word) <= LONGEST_WORD)


def stems_of(text: str) -> str:
    """The stems of a text in order, a space between, without the empty words."""
    return " ".join(stem(word) for word in words_of(text) if word not in EMPTY)


def text_of(html: str) -> str:
    """The text of cleaned HTML for looking in and showing pieces of: a heading, a point and a cell end before the next begins."""
    ended = END_OF_BLOCK.sub(r"\1. </\2>", html)
    return markdown.plain(END_OF_CELL.sub(" · </", ended))


@dataclass(frozen=True)
class Question:
    """What someone searches for: phrases of stems that must all occur, and those that must not. A single word is a phrase of one."""

    wanted: tuple[tuple[str, ...], ...]
    unwanted: tuple[tuple[str, ...], ...] = ()

    @property
    def stems(self) -> frozenset[str]:
        """Every wanted stem: what is marked in an answer."""
        return frozenset(one for phrase in self.wanted for one in phrase)

    def for_sqlite(self, *, as_beginnings: bool) -> str:
        """As FTS5 reads it: every stem in quotes, so that nothing typed is an operator."""
        tail = "*" if as_beginnings else ""
        wanted = " AND ".join(f'"{" ".join(phrase)}"{tail}' for phrase in self.wanted)
        return " NOT ".join([f"({wanted})", *(f'"{" ".join(phrase)}"' for phrase in self.unwanted)])

    def for_postgresql(self, *, as_beginnings: bool) -> str:
        """As `to_tsquery` reads it: stems are letters and digits only, so nothing typed is an operator."""
        tail = ":*" if as_beginnings else ""
        wanted = [" <-> ".join(phrase) + tail for phrase in self.wanted]
        return " & ".join([f"({one})" for one in wanted] + [f"!({' <-> '.join(phrase)})" for phrase in self.unwanted])


def question(typed: str) -> Question | None:
    """What was typed as a question: «"in a row"», «-without»; None when nothing is left to look for."""
    wanted: list[tuple[str, ...]] = []
    unwanted: list[tuple[str, ...]] = []
    for sign, quoted, single in re.findall(r'(?:(?<=\s)|^)(-?)(?:"([^"]*)"|([^\s"]+))', typed[:400]):
        phrase = tuple(stems_of(quoted or single).split())
        if quoted or sign:
            phrases = [phrase]
        else:
            phrases = [(one,) for one in phrase]
        (unwanted if sign else wanted).extend(one for one in phrases if one)
    return Question(tuple(wanted[:MOST_WORDS]), tuple(unwanted[:MOST_WORDS])) if wanted else None

"""Looking in the indexes: best first while the hits are few, newest first when they are many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, column, func, literal_column, select, table, text

from meetingapp.core.database import db
from meetingapp.core.search.models import ClosedEntry, OpenEntry
from meetingapp.core.search.words import WORD, Question, question, stem

COUNTED = 1_000  # hits; above it is only said that there are more
SHOWN = 25
MOST_SHOWN = 200
AROUND = 90  # characters before the first marked word
SNIPPET = 240  # characters
TITLE_WEIGHS = 8.0  # times a word in the text


@dataclass(frozen=True)
class Hit:
    """One thing that was found."""

    source: str
    source_id: int
    part: int
    place: str
    title: list[tuple[str, bool]]  # pieces, and whether they are marked
    snippet: list[tuple[str, bool]]  # of an open text; a closed one is read on its own page, which notes that it was opened
    at: datetime
    is_closed: bool
    rank: float


@dataclass(frozen=True)
class Found:
    """The answer to a search."""

    hits: list[Hit]
    count: int  # at most `COUNTED` + 1
    by_beginnings: bool = False  # no text had the words; these have words that begin with them

    @property
    def has_more(self) -> bool:
        return self.count > len(self.hits)

    @property
    def is_beyond_counting(self) -> bool:
        return self.count > COUNTED


def find(typed: str, *, open_to: ColumnElement[bool], closed_to: ColumnElement[bool] | None, limit: int = SHOWN) -> Found:
    """What `typed` finds. All words must occur, in any of their forms; else words that begin with them.

    Two statements for the open index and two for the closed one; as many again where no text has the words.

    :param open_to: which rows of `OpenEntry` may be seen
    :param closed_to: which rows of `ClosedEntry` may be seen; None: the closed index is not opened at all
    :param limit: hits to show, at most `MOST_SHOWN`
    """
    asked = question(typed.replace("\x00", " "))
    if asked is None:
        return Found([], 0)
    found = _both(asked, open_to, closed_to, limit, as_beginnings=False)
    if not found.count:
        found = replace(_both(asked, open_to, closed_to, limit, as_beginnings=True), by_beginnings=True)
    return found


def _both(
    asked: Question, open_to: ColumnElement[bool], closed_to: ColumnElement[bool] | None, limit: int, *, as_beginnings: bool
) -> Found:
    open_hits, count = _in_one(OpenEntry, asked, open_to, limit, as_beginnings)
    if closed_to is None:
        return Found(open_hits, count)
    closed_hits, more = _in_one(ClosedEntry, asked, closed_to, limit, as_beginnings)
    closed = {(hit.source, hit.source_id, hit.part) for hit in closed_hits}
    own = [hit for hit in open_hits if (hit.source, hit.source_id, hit.part) not in closed]
    hits = sorted([*closed_hits, *own], key=lambda hit: hit.rank)[:limit]
    return Found(hits, min(count + more - (len(open_hits) - len(own)), COUNTED + 1))


def _in_one(model: Any, asked: Question, may: ColumnElement[bool], limit: int, as_beginnings: bool) -> tuple[list[Hit], int]:
    matching, rank = _match(model, asked, as_beginnings)
    some = matching(select(model.id)).where(may).limit(COUNTED + 1).subquery()
    count = db.session.scalar(select(func.count()).select_from(some)) or 0
    if not count:
        return [], 0
    best = [rank, model.id.desc()] if count <= COUNTED else [model.at.desc(), model.id.desc()]
    rows = db.session.execute(matching(select(model, rank.label("rank"))).where(may).order_by(*best).limit(min(limit, MOST_SHOWN)))
    return [_hit(row[0], float(row.rank) if count <= COUNTED else 0.0, asked, as_beginnings) for row in rows], count


def _match(model: Any, asked: Question, as_beginnings: bool) -> tuple[Any, ColumnElement[float]]:
    """How the database matches, and its measure of how well: the lower the better."""
    name = model.__tablename__
    if db.session.get_bind().dialect.name == "sqlite":
        index = table(f"{name}_fts", column("rowid"))
        matches = text(f"{name}_fts MATCH :asked").bindparams(asked=asked.for_sqlite(as_beginnings=as_beginnings))

        def in_sqlite(query: Select[Any]) -> Select[Any]:
            return query.join(index, index.c.rowid == model.id).where(matches)

        return in_sqlite, literal_column(f"bm25({name}_fts, {TITLE_WEIGHS}, 1.0)")
    vector: ColumnElement[Any] = literal_column(f"{name}.vector")
    wanted = func.to_tsquery("simple", bindparam("asked", asked.for_postgresql(as_beginnings=as_beginnings)))
    return (lambda query: query.where(vector.op("@@")(wanted))), -func.ts_rank(vector, wanted, 1)


def _hit(row: Any, rank: float, asked: Question, as_beginnings: bool) -> Hit:
    return Hit(
        row.source,
        row.source_id,
        row.part,
        row.place,
        marked(row.title, asked, as_beginnings),
        snippet(row.text, asked, as_beginnings) if isinstance(row, OpenEntry) else [],
        row.at,
        isinstance(row, ClosedEntry),
        rank,
    )


def _places(words: str, asked: Question, as_beginnings: bool) -> Sequence[tuple[int, int]]:
    """Where the words that were asked for stand, in any form."""
    stems = asked.stems
    found = []
    for match in WORD.finditer(words):
        own = stem(match.group().lower())
        if own in stems or (as_beginnings and any(own.startswith(one) for one in stems)):
            found.append(match.span())
    return found


def _pieces(words: str, places: Sequence[tuple[int, int]]) -> list[tuple[str, bool]]:
    pieces, at = [], 0
    for start, end in places:
        pieces += [(words[at:start], False), (words[start:end], True)]
        at = end
    return [piece for piece in [*pieces, (words[at:], False)] if piece[0]]


def marked(words: str, asked: Question, as_beginnings: bool = False) -> list[tuple[str, bool]]:
    """`words` in pieces, those that were asked for marked."""
    return _pieces(words, _places(words, asked, as_beginnings))


def snippet(words: str, asked: Question, as_beginnings: bool = False) -> list[tuple[str, bool]]:
    """The first place in a text where what was asked for stands, in pieces; `[]` where it does not."""
    places = _places(words, asked, as_beginnings)
    if not places:
        return []
    start = max(0, places[0][0] - AROUND)
    if start:
        start = words.find(" ", start, places[0][0]) + 1 or places[0][0]
    end = min(len(words), start + SNIPPET)
    if end < len(words):
        end = max(words.rfind(" ", start, end), places[0][1])
    inside = [(a - start, b - start) for a, b in places if start <= a and b <= end]
    cut = _pieces(words[start:end], inside)
    return ([("… ", False)] if start else []) + cut + ([(" …", False)] if end < len(words) else [])

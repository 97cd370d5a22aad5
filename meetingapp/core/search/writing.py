"""Keeping the indexes right: whatever row is flushed, its entries are written in the same transaction, before it commits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, bindparam, delete, event, insert, select
from sqlalchemy.orm import Session, SessionTransaction

from meetingapp.core.database import db
from meetingapp.core.search.models import ClosedEntry, OpenEntry
from meetingapp.core.search.words import LONGEST_TEXT, stems_of

MARKED = "search.marked"  # in `Session.info`: what the transaction has touched
BATCH = 200


@dataclass(frozen=True)
class Entry:
    """What can be found of a thing, or of one part of it."""

    title: str
    place: str  # its address in the office
    realm: int  # id of the council; 0: of none
    at: datetime
    text: str = ""
    part: int = 0
    lock: int | None = None  # id of the case whose closed papers one must be allowed to read; None: open to all inside


@dataclass(frozen=True)
class Source:
    """A kind of thing that can be found, and what it is told by."""

    name: str
    model: Any
    entries: Callable[[Any], Iterable[Entry]]
    follows: Mapping[Any, Callable[[Any], Select[Any] | Sequence[int | None]]]  # other tables: changed row → ids of the things it touches


_sources: dict[str, Source] = {}


def source(name: str, model: Any, *, follows: Mapping[Any, Callable[[Any], Any]] | None = None) -> Callable[[Any], Any]:
    """Register how the rows of `model` are found: the function gives a row's entries, none for what cannot be found (any more).

    :param follows: other tables whose rows say something about the thing: changed row → ids, or a select of ids
    """

    def register(entries: Callable[[Any], Iterable[Entry]]) -> Callable[[Any], Iterable[Entry]]:
        assert name not in _sources, f"{name} has its entries already"
        _sources[name] = Source(name, model, entries, follows or {})
        return entries

    return register


_TAKE_AWAY = {  # made once, for every commit that changes something uses one or both
    model: delete(model).where(model.source == bindparam("name"), model.source_id.in_(bindparam("ids", expanding=True)))
    for model in (OpenEntry, ClosedEntry)
}


def index(name: str, things: Mapping[int, Iterable[Entry]]) -> None:
    """Let each of `things` (id → entries) be found by its entries and nothing else. At most four statements."""
    for statement in _TAKE_AWAY.values():
        db.session.execute(statement, {"name": name, "ids": list(things)}, execution_options={"synchronize_session": False})
    rows: dict[Any, list[dict[str, Any]]] = {OpenEntry: [], ClosedEntry: []}
    for thing_id, entries in things.items():
        for one in entries:
            rows[OpenEntry if one.lock is None else ClosedEntry].append(_row(name, thing_id, one))
    for model, new in rows.items():
        if new:
            db.session.execute(insert(model), new)


def _row(name: str, thing_id: int, one: Entry) -> dict[str, Any]:
    text = one.text[:LONGEST_TEXT]
    return {
        "source": name,
        "source_id": thing_id,
        "part": one.part,
        "realm": one.realm,
        "lock": one.lock or 0,
        "place": one.place,
        "title": one.title,
        "text": text,
        "title_stems": stems_of(one.title),
        "text_stems": stems_of(text),
        "at": one.at,
    }


def rebuild() -> dict[str, int]:
    """Write both indexes anew from the rows; returns how many things of each kind were read. In the caller's transaction."""
    for model in (OpenEntry, ClosedEntry):
        db.session.execute(delete(model))
    read = {}
    for one in _sources.values():
        newest, read[one.name] = 0, 0
        while rows := db.session.scalars(select(one.model).where(one.model.id > newest).order_by(one.model.id).limit(BATCH)).all():
            index(one.name, {row.id: one.entries(row) for row in rows})
            newest, read[one.name] = rows[-1].id, read[one.name] + len(rows)
    return read


def is_empty() -> bool:
    """Whether nothing has been indexed, as after the upgrade that brought the search. One query."""
    return db.session.scalar(select(OpenEntry.id).limit(1)) is None


@event.listens_for(Session, "after_flush")
def _mark(session: Session, context: Any) -> None:
    """Note which things the flushed rows say something about."""
    touched = [*session.new, *session.dirty, *session.deleted]
    for row in touched:
        for one in _sources.values():
            if type(row) is one.model:
                session.info.setdefault(MARKED, set()).add((one.name, row.id))
            elif (ids := one.follows.get(type(row))) is not None:
                found = ids(row)
                if isinstance(found, Select):
                    found = session.connection().execute(found).scalars().all()
                session.info.setdefault(MARKED, set()).update((one.name, thing_id) for thing_id in found if thing_id is not None)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Write what the transaction has touched. A savepoint is not the end: what it did is written with the rest."""
    if session.in_nested_transaction():
        return
    session.flush()
    marked = sorted(session.info.pop(MARKED, set()))
    for name, things in groupby(marked, key=itemgetter(0)):
        one = _sources[name]
        rows = {thing_id: session.get(one.model, thing_id) for _name, thing_id in things}
        index(name, {thing_id: one.entries(row) if row is not None else [] for thing_id, row in rows.items()})


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    """What was rolled back leaves no mark."""
    if transaction.parent is None:
        session.info.pop(MARKED, None)

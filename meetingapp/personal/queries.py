"""Reads of what is one person's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from meetingapp.cases.models import Case, Part
from meetingapp.core import policy
from meetingapp.core.database import db
from meetingapp.core.text import markdown
from meetingapp.personal.models import Note, PutAway

LARGEST_ID = 2**31 - 1  # what a key can be on both databases


def own(actor: Any, query: Select[Any]) -> Select[Any]:
    """Notes that `actor` wrote."""
    return query.where(Note.person_id == (actor.person_id or 0))


def notes_of(actor: Any) -> dict[Case, list[Note]]:
    """All of `actor`'s notes by case, the case with the newest note first; of one case the oldest first. One query."""
    query = policy.scope(actor, select(Note).options(joinedload(Note.case)), own).order_by(Note.id.desc())
    found: dict[Case, list[Note]] = {}
    for note in db.session.scalars(query):
        found.setdefault(note.case, []).insert(0, note)
    return found


def notes_on(actor: Any, case: Case) -> Sequence[Note]:
    """`actor`'s notes on one case, oldest first. One query."""
    return db.session.scalars(policy.scope(actor, select(Note).where(Note.case_id == case.id), own).order_by(Note.id)).all()


def note_for(actor: Any, note_id: int) -> Note | None:
    """One note, if `actor` wrote it; absent and another's are the same None. One query; the case comes loaded."""
    query = select(Note).where(Note.id == min(note_id, LARGEST_ID)).options(joinedload(Note.case))
    found: Note | None = db.session.scalar(policy.scope(actor, query, own))
    return found


def counts_on(person_id: int, case_ids: Iterable[int]) -> dict[int, int]:
    """Case id → how many notes a person has on it. One query."""
    rows = db.session.execute(
        select(Note.case_id, func.count().label("notes"))
        .where(Note.person_id == person_id, Note.case_id.in_(list(case_ids)))
        .group_by(Note.case_id)
    )
    return {row.case_id: row.notes for row in rows}


def count_of(actor: Any) -> int:
    """How many notes `actor` has. One query."""
    return db.session.scalar(policy.scope(actor, select(func.count(Note.id)), own)) or 0


def still_stands(note: Note, case: Case, parts: Sequence[Part]) -> bool:
    """Whether the words that a note is about stand in the newest paper; the case's papers are loaded.

    :param parts: those that the person may read: what is answered here would tell what stands in the others
    """
    words = " ".join(note.quote.split()).lower()
    versions = [case.paper(part) for part in parts]
    text = " ".join(markdown.plain(f"{one.html} {one.recommendation_html}") for one in versions if one is not None)
    return words in text.lower()


def has_put_away(person_id: int, what: str) -> bool:
    """Whether a person has put away the help on a page. One query."""
    return db.session.scalar(select(PutAway.id).where(PutAway.person_id == person_id, PutAway.what == what)) is not None

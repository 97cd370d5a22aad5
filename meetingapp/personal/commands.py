"""Writing and taking away what is one person's own. Nothing here goes into the log of acts: it is nobody else's to know."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, select

from meetingapp.cases.models import Case, Part
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Person
from meetingapp.personal import queries
from meetingapp.personal.models import Note, PutAway

LONGEST_NOTE = 4_000  # characters
LONGEST_QUOTE = 500
MOST_NOTES = 100  # on one case


def write_note(case: Case, person: Person, *, text: str, quote: str = "") -> Note:
    """A new note on `case`, pinned to the version of the paper that is there now.

    :param quote: the words of the paper it is about; may be empty
    :raises RuleBroken: for an empty or too long text, and when the case has notes enough
    """
    text, quote = _checked(text, quote)
    if (db.session.scalar(select(func.count()).where(Note.case_id == case.id, Note.person_id == person.id)) or 0) >= MOST_NOTES:
        raise RuleBroken(_("You have a hundred notes on this case. Take one away first."))
    paper = case.paper(Part.OPEN)
    version = paper.version if paper is not None else None
    note = Note(case=case, person=person, text=text, quote=quote, paper_version=version, written_at=clock.now())
    db.session.add(note)
    return note


def change_note(note: Note, *, text: str, quote: str) -> None:
    """Write a note anew. What it said before is not kept.

    :raises RuleBroken: as `write_note`
    """
    note.text, note.quote = _checked(text, quote)
    paper = note.case.paper(Part.OPEN)
    note.paper_version, note.written_at = paper.version if paper is not None else None, clock.now()


def take_away(note: Note) -> None:
    """The note is gone for good: it was never a record."""
    db.session.delete(note)


def _checked(text: str, quote: str) -> tuple[str, str]:
    text, quote = text.replace("\x00", "").strip(), " ".join(quote.replace("\x00", "").split())
    if not text:
        raise RuleBroken(_("Write the note."), field="text")
    if len(text) > LONGEST_NOTE:
        raise RuleBroken(_("At most 4,000 characters."), field="text")
    if len(quote) > LONGEST_QUOTE:
        raise RuleBroken(_("At most 500 characters."), field="quote")
    return text, quote


def put_away(person: Person, what: str) -> None:
    """Show the help on a page no more to this person. Doing it twice is doing it once."""
    if not queries.has_put_away(person.id, what):
        db.session.add(PutAway(person_id=person.id, what=what, at=clock.now()))

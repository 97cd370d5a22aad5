"""A person's own things. They are no part of the council's records: not in the log of acts, not in the archive, never public."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.cases.models import Case
from meetingapp.core.database import Model
from meetingapp.council.models import Person


class Note(Model):
    """One person's note on a case. It stays on the case through meetings and new versions of the paper."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    text: Mapped[str]  # as typed, never Markdown
    quote: Mapped[str] = mapped_column(default="")  # the words of the paper that it is about
    paper_version: Mapped[int | None]  # of the open part, when the note was written
    written_at: Mapped[datetime]

    case: Mapped[Case] = relationship()
    person: Mapped[Person] = relationship()


class PutAway(Model):
    """That a person has put away the help on a page."""

    __table_args__ = (UniqueConstraint("person_id", "what"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    what: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]

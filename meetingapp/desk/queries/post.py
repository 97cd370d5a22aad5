"""Reads of the outgoing post: letters, how far they have come, and what to do with those that did not arrive."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import aliased, selectinload

from meetingapp.core import clock, policy, signs
from meetingapp.core.database import database_now, db
from meetingapp.core.database.pages import Page, Stretch, page_of
from meetingapp.core.i18n import dates
from meetingapp.core.mail.models import UNSENT, Letter, LetterEvent, LetterState
from meetingapp.core.outbox import Task, TaskState
from meetingapp.council.models import Person

TROUBLE = (LetterState.FAILED, LetterState.UNKNOWN, LetterState.DELAYED, LetterState.HELD)
MOST_SHOWN = 10  # letters on the desk
STANDS_STILL = timedelta(minutes=15)  # since the oldest task's time came
SHOUT = timedelta(hours=24)  # so long before its deadline a letter that has not been handed over is shouted about
FORGOTTEN = timedelta(days=14)  # and so long after it


def letters_visible(actor: Any, query: Select[Any]) -> Select[Any]:
    """Letters of the councils whose secretary `actor` is. Sign-in letters belong to nobody."""
    return query.where(Letter.realm.in_(actor.secretary_council_ids()))


def letters_page(actor: Any, council_id: int, *, only_trouble: bool, behind: int | None) -> Page[Letter]:
    """One page of a council's letters, newest first. At most two queries."""
    known = policy.scope(actor, select(Letter).where(Letter.realm == council_id), letters_visible)
    query = known.where(Letter.state.in_(TROUBLE)) if only_trouble else known
    return page_of(query, Stretch((Letter.id,), backwards=True), known=known, behind=behind)


def letter_for(actor: Any, letter_id: int) -> Letter | None:
    """One letter with its bytes and its steps, if `actor` may read it. Two queries."""
    query = select(Letter).where(Letter.id == letter_id).options(selectinload(Letter.events))
    found: Letter | None = db.session.scalar(policy.scope(actor, query, letters_visible))
    return found


def held_letters(actor: Any, council_id: int) -> Sequence[Letter]:
    """Letters of a council that a restore has held back, oldest first. One query."""
    query = select(Letter).where(Letter.realm == council_id, Letter.state == LetterState.HELD)
    return db.session.scalars(policy.scope(actor, query, letters_visible).order_by(Letter.id)).all()


def restored_from() -> datetime | None:
    """When the backup was made that this installation was restored from; None for one that never was. No query."""
    sign = signs.read(signs.RESTORED)
    return datetime.fromisoformat(sign.details["backup"]) if sign is not None else None


def tasks_of(letters: Iterable[Letter]) -> dict[int, Task]:
    """Task id → task, for telling how far letters have come. One query."""
    return {task.id: task for task in db.session.scalars(select(Task).where(Task.id.in_([letter.task_id for letter in letters])))}


@dataclass(frozen=True)
class Undelivered:
    """A letter that did not arrive, what the server said, and whose address it went to."""

    letter: Letter
    said: str
    tried_at: datetime | None
    task: Task | None
    person_id: int | None  # whoever has the address now

    @property
    def will_try(self) -> bool:
        return self.letter.state is not LetterState.FAILED and self.task is not None and self.task.finished_at is None


def undelivered(council_id: int) -> list[Undelivered]:
    """The newest letters that failed, are late or uncertain: at most `MOST_SHOWN`. Four queries.

    One that has been followed by a later letter of the same kind about the same thing is not shown: it was sent again.
    """
    later = aliased(Letter)
    sent_again = exists().where(later.kind == Letter.kind, later.about == Letter.about, later.id > Letter.id)
    letters = db.session.scalars(
        select(Letter)
        .where(Letter.realm == council_id, Letter.state.in_(TROUBLE), ~sent_again)
        .options(selectinload(Letter.events))
        .order_by(Letter.id.desc())
        .limit(MOST_SHOWN)
    ).all()
    tasks = tasks_of(letters)
    people = {
        row.email: row.id
        for row in db.session.execute(select(Person.id, Person.email).where(Person.email.in_([one.to_address for one in letters])))
    }
    return [
        Undelivered(
            one,
            one.events[-1].reply if one.events else "",
            one.events[-1].at if one.events else None,
            tasks.get(one.task_id),
            people.get(one.to_address),
        )
        for one in letters
    ]


def handed_over_today(council_id: int) -> int:
    """How many of a council's letters a mail server took over today. One query, which reads back from the newest step to last midnight."""
    midnight = dates.at_oslo(clock.today(), time(0))
    before = select(LetterEvent.id).where(LetterEvent.at < midnight).order_by(LetterEvent.id.desc()).limit(1).scalar_subquery()
    whose = select(Letter.realm).where(Letter.id == LetterEvent.letter_id).scalar_subquery()  # asked of each step, never the other way
    return (
        db.session.scalar(
            select(func.count(LetterEvent.id))
            .where(LetterEvent.id > func.coalesce(before, 0), LetterEvent.state == LetterState.HANDED_OVER, LetterEvent.at >= midnight)
            .where(whose == council_id)
        )
        or 0
    )


def urgent_letters(council_id: int) -> Sequence[Letter]:
    """Letters that have not been handed over though their deadline is less than a day away, the nearest first: at most `MOST_SHOWN`.

    A letter that was made a moment ago is given time. One query.
    """
    now = clock.now()
    return db.session.scalars(
        select(Letter)
        .where(
            Letter.realm == council_id,
            Letter.state.in_([*UNSENT, LetterState.FAILED, LetterState.HELD]),
            Letter.due_by <= now + SHOUT,
            Letter.due_by > now - FORGOTTEN,
            Letter.made_at <= now - STANDS_STILL,
        )
        .order_by(Letter.due_by, Letter.id)
        .limit(MOST_SHOWN)
    ).all()


def queue_age() -> timedelta:
    """How long the task that waits longest has waited since its time came; nothing where none waits. Two queries, none that counts."""
    now = database_now()
    oldest = db.session.scalar(
        select(Task.next_try_at).where(Task.state == TaskState.QUEUED, Task.next_try_at <= now).order_by(Task.next_try_at, Task.id).limit(1)
    )
    return now - oldest if oldest is not None else timedelta(0)

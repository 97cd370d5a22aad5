"""Audit: who did what to which thing, written in the same transaction as the act, and chained so that no change goes unseen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import Connection, insert, select

from meetingapp.core import clock
from meetingapp.core.audit import chain
from meetingapp.core.audit.models import AuditEntry
from meetingapp.core.database import Model, db


class Doer(Protocol):
    """Whoever acts: a person signed in, a partner by link, or the system (None)."""

    @property
    def person_id(self) -> int | None: ...


def record(action: str, thing: Model, *, by: Doer | None, **details: Any) -> None:
    """Write down that `by` did `action` to `thing`.

    :param details: small facts, JSON: ids, states, counts; never texts, tokens or identity numbers. What was changed from one
        thing to another is given as the pair `was` and `now`
    """
    db.session.flush()  # a new row has no id before
    db.session.add(
        AuditEntry(
            at=clock.now(),
            action=action,
            thing=thing.__tablename__,
            thing_id=thing.id,  # type: ignore[attr-defined]
            person_id=by.person_id if by is not None else None,
            details=details,
        )
    )


def record_each(action: str, thing: Model, *, by: Doer | None, details: Sequence[dict[str, Any]]) -> None:
    """As `record`, of several acts of one kind on one thing, in order. They are written together."""
    db.session.flush()
    at, person_id = clock.now(), by.person_id if by is not None else None
    about = {"at": at, "action": action, "thing": thing.__tablename__, "thing_id": thing.id, "person_id": person_id}  # type: ignore[attr-defined]
    db.session.add_all([AuditEntry(**about, details=facts) for facts in details])


def append(connection: Connection, action: str, thing: Model, *, by: Doer | None, **details: Any) -> None:
    """As `record`, in a short transaction of its own (`short_write`): kept whatever becomes of the request. Four queries."""
    act = {
        "at": clock.now(),
        "action": action,
        "thing": thing.__tablename__,
        "thing_id": thing.id,  # type: ignore[attr-defined]
        "person_id": by.person_id if by is not None else None,
        "details": details,
    }
    new = connection.execute(insert(chain.ENTRIES).values(**act).returning(chain.ENTRIES.c.id)).scalar_one()
    chain.seal(connection, [chain.Act(id=new, **act)])


def entries_of(thing: Model) -> Sequence[AuditEntry]:
    """What was done to `thing`, newest first. One query."""
    return db.session.scalars(
        select(AuditEntry)
        .where(AuditEntry.thing == thing.__tablename__, AuditEntry.thing_id == thing.id)  # type: ignore[attr-defined]
        .order_by(AuditEntry.id.desc())
    ).all()


__all__ = ["AuditEntry", "Doer", "append", "entries_of", "record", "record_each"]

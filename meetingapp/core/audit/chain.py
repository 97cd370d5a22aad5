"""The chain: each entry's hash covers its own content and the hash before it, under a key that is never in the database.

The form of what is hashed never changes: links that exist must stay right. Source: RFC 2104 (HMAC), promise-26.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

from flask import current_app
from sqlalchemy import Connection, Table, event, insert, select, update
from sqlalchemy import inspect as state_of
from sqlalchemy.orm import Session, SessionTransaction

from meetingapp.core.audit.models import AuditEntry, AuditHead, AuditLink
from meetingapp.core.database import db

ENTRIES, LINKS, HEAD = (cast(Table, model.__table__) for model in (AuditEntry, AuditLink, AuditHead))
NEW = "audit entries without a link"  # their place in `session.info`


@dataclass(frozen=True)
class Act:
    """What an entry says: all that is hashed of it, but its place."""

    id: int
    at: datetime  # aware
    action: str
    thing: str
    thing_id: int
    person_id: int | None
    details: Any  # as JSON gives it back


def link_hash(key: bytes, previous: str, place: int, act: Act) -> str:
    """The hash of the entry at `place`, 64 hex digits.

    :param previous: the hash at the place before; empty at the first
    """
    at = act.at.astimezone(UTC).isoformat(timespec="microseconds")
    content = [place, act.id, at, act.action, act.thing, act.thing_id, act.person_id, json.loads(json.dumps(act.details))]
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, f"{previous}\n{canonical}".encode(), hashlib.sha256).hexdigest()


def key() -> bytes:
    """The key of this installation, from its settings."""
    return str(current_app.config["AUDIT_KEY"]).encode()


_LAST = select(HEAD.c.count, HEAD.c.hash).where(HEAD.c.id == 1).with_for_update()
_MOVE = update(HEAD).where(HEAD.c.id == 1)


def seal(connection: Connection, acts: Iterable[Act]) -> None:
    """Add a link for each of `acts`, in order. The head stays locked until the transaction ends, so this comes last. Three queries."""
    secret, links = key(), []
    place, last = connection.execute(_LAST).one()
    for act in acts:
        place += 1
        last = link_hash(secret, last, place, act)
        links.append({"place": place, "entry_id": act.id, "hash": last})
    connection.execute(insert(LINKS), links)
    connection.execute(_MOVE, {"count": place, "hash": last})


@event.listens_for(db.session, "pending_to_persistent")
def _note(session: Session, row: Any) -> None:
    if isinstance(row, AuditEntry):
        session.info.setdefault(NEW, []).append(row)


@event.listens_for(db.session, "before_commit")
def _seal_new(session: Session) -> None:
    """At the commit and not before: whoever holds the head waits for nobody any more."""
    if session.in_nested_transaction():
        return
    session.flush()
    kept = [row for row in session.info.pop(NEW, []) if state_of(row).persistent]  # a savepoint may have been rolled back
    if kept:
        kept.sort(key=lambda row: row.id)  # those of one flush are told of in no order
        acts = [Act(row.id, row.at, row.action, row.thing, row.thing_id, row.person_id, row.details) for row in kept]
        seal(session.connection(bind_arguments={"bind": db.engine}), acts)


@event.listens_for(db.session, "after_transaction_end")
def _forget(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(NEW, None)

"""A refused try is written down, whoever it was about: the same work for an address that nobody has."""

from __future__ import annotations

from sqlalchemy import select

from meetingapp.core import audit
from meetingapp.core.database import db, short_write
from meetingapp.council.models import Person


def note_refusal(address: str, what: str) -> None:
    """Write that a try with `what` was refused, in a transaction of its own. No address goes to the log: an unknown one is person 0.

    :param what: "password", "code", "recovery code"
    """
    known = db.session.scalar(select(Person.id).where(Person.email == address.strip().lower()))
    with short_write() as connection:
        audit.append(connection, "sign_in.refused", Person(id=known or 0), by=None, what=what)

"""On both databases a writer waits for the one before, and reads only then: nothing is built on what was old before it was read."""

from __future__ import annotations

import threading
from typing import Any

from flask import Flask
from sqlalchemy import select

from meetingapp.core.database import db, write
from meetingapp.council.models import Person
from tests.factories import TestCouncil


def test_a_writer_reads_what_the_one_before_has_written(app: Flask, council: TestCouncil) -> None:
    """Both add a letter to the same name; the second has been let in before the first is done."""
    person_id, first_reads, second_begins = council.secretary.id, threading.Event(), threading.Event()
    db.session.commit()

    def second() -> None:
        first_reads.wait(10)
        second_begins.set()
        with app.app_context():
            _add(person_id, "2")

    other = threading.Thread(target=second)
    other.start()
    _add(person_id, "1", meanwhile=lambda: (first_reads.set(), second_begins.wait(10), other.join(0.3)))
    other.join(20)
    db.session.expire_all()

    assert db.session.scalars(select(Person.phone).where(Person.id == person_id)).one() == "12"


def _add(person_id: int, letter: str, meanwhile: Any = lambda: None) -> None:
    with write():
        person = db.session.get_one(Person, person_id)
        meanwhile()
        person.phone = f"{person.phone or ''}{letter}"

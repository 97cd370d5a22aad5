"""The post office: letters are rows first, words at the moment of sending, bytes and a server's answer afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from meetingapp.core import clock, outbox
from meetingapp.core.database import db, write
from meetingapp.core.mail.message import BadHeader
from meetingapp.core.mail.message import message_id as make_message_id
from meetingapp.core.mail.models import Letter, LetterEvent, LetterState
from meetingapp.core.mail.transport import OutcomeUnknown, PermanentFailure, TemporaryFailure, send
from meetingapp.core.outbox.worker import Claimed, GiveUp, Handler, TryLater

TASK = "letter"


@dataclass(frozen=True)
class Written:
    """A letter with its words: what a `mails.py` returns."""

    subject: str
    envelope_from: str
    raw: bytes  # the whole message, ready for the socket


Writer = Callable[[Letter], Written | None]


def post_letter(
    kind: str,
    *,
    about: int,
    to_name: str,
    to_address: str,
    realm: int | None,
    version: str = "0",
    delay: timedelta = timedelta(0),
    details: dict[str, Any] | None = None,
) -> Letter:
    """Owe one person one letter. It is written and sent by the worker after this transaction has committed.

    :param kind: names the writer of its words (the list stands in the application factory)
    :param about: the row its words come from
    :param version: what tells this letter from an earlier one of the same kind to the same person; part of the Message-ID (R23)
    :param realm: id of the council whose letters these are
    """
    task = outbox.post(TASK, delay=delay)
    letter = Letter(
        realm=realm,
        kind=kind,
        about=about,
        details=details or {},
        task_id=task.id,
        to_name=to_name,
        to_address=to_address,
        message_id=make_message_id(kind, about, to_address, version, domain=current_app.config["MAIL_DOMAIN"]),
        made_at=clock.now(),
    )
    db.session.add(letter)
    db.session.flush()  # the task points to it
    task.about = letter.id
    return letter


def withdraw_letters(letters: Sequence[Letter]) -> int:
    """Stop those of `letters` that the worker has not begun; returns how many were stopped."""
    waiting = [letter for letter in letters if letter.state is LetterState.QUEUED]
    stopped = outbox.withdraw([letter.task_id for letter in waiting])
    tasks = {
        task.id: task for task in db.session.scalars(select(outbox.Task).where(outbox.Task.id.in_([letter.task_id for letter in waiting])))
    }
    for letter in waiting:
        if tasks[letter.task_id].state is outbox.TaskState.WITHDRAWN:
            _step(letter, LetterState.WITHDRAWN)
    return stopped


def letters_about(kind: str, ids: Sequence[int]) -> Sequence[Letter]:
    """The letters of one kind about any of `ids`, oldest first. One query."""
    return db.session.scalars(select(Letter).where(Letter.kind == kind, Letter.about.in_(ids)).order_by(Letter.id)).all()


def sender(writers: dict[str, Writer]) -> Handler:
    """The outbox handler that sends letters, with one writer per kind. A writer that returns None has nothing to say any more."""

    def handle(task: Claimed) -> None:
        assert task.about is not None
        letter = db.session.get(Letter, task.about)
        if letter is None:
            raise GiveUp("the letter is gone")
        writer = writers.get(letter.kind)
        if writer is None:
            raise GiveUp(f"nobody writes {letter.kind}")
        try:
            written = writer(letter)
        except BadHeader as error:
            letter_id = letter.id
            db.session.rollback()
            _mark(letter_id, LetterState.FAILED, reply=str(error))
            raise GiveUp(f"a name or address cannot stand in a letter: {error}") from None
        letter_id, address = letter.id, letter.to_address
        db.session.rollback()  # SMTP is spoken outside every transaction
        if written is None:
            _mark(letter_id, LetterState.WITHDRAWN, reply="nothing to say any more")
            return
        _store(letter_id, written)
        try:
            handed = send(
                written.raw,
                envelope_from=written.envelope_from,
                to=address,
                smtp_url=current_app.config["SMTP_URL"],
                folder=Path(current_app.config["MAIL_DIR"]),
                name=f"{letter_id:06d}",
            )
        except TemporaryFailure as failure:
            _mark(letter_id, LetterState.DELAYED, reply=str(failure))
            raise TryLater(str(failure)) from None
        except OutcomeUnknown as failure:
            _mark(letter_id, LetterState.UNKNOWN, reply=str(failure))
            raise TryLater(str(failure)) from None
        except PermanentFailure as failure:
            _mark(letter_id, LetterState.FAILED, reply=str(failure))
            raise GiveUp(str(failure)) from None
        _mark(letter_id, LetterState.HANDED_OVER, server=handed.server, reply=handed.reply)

    return handle


def _store(letter_id: int, written: Written) -> None:
    with write():
        letter = db.session.get_one(Letter, letter_id)
        letter.subject, letter.raw = written.subject, written.raw
        letter.sha256 = hashlib.sha256(written.raw).hexdigest()


def _mark(letter_id: int, state: LetterState, *, server: str = "", reply: str = "") -> None:
    with write():
        _step(db.session.get_one(Letter, letter_id), state, server=server, reply=reply)


def _step(letter: Letter, state: LetterState, *, server: str = "", reply: str = "") -> None:
    letter.state = state
    db.session.add(LetterEvent(letter=letter, at=clock.now(), state=state, server=server, reply=reply[:1000]))


def note_failure(letter: Letter, *, reply: str) -> None:
    """Write down that a letter which was handed over came back.

    :param reply: what the receiver's server, or a person, said
    """
    _step(letter, LetterState.FAILED, reply=reply)

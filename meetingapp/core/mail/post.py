"""The post office: letters are rows first, words at the moment of sending, bytes and a server's answer afterwards."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from meetingapp.core import audit, clock, outbox
from meetingapp.core.database import db, write
from meetingapp.core.forms.rules import RuleBroken
from meetingapp.core.mail.message import BadHeader
from meetingapp.core.mail.message import message_id as make_message_id
from meetingapp.core.mail.models import UNSENT, Letter, LetterEvent, LetterState
from meetingapp.core.mail.transport import OutcomeUnknown, PermanentFailure, TemporaryFailure, send
from meetingapp.core.outbox.worker import Claimed, GiveUp, Handler, TryLater, holds

TASK = "letter"
UNKNOWN_PAUSE = timedelta(minutes=15)
MOST_DOUBTS = 2  # a letter that may have arrived is sent again so many times, then a person must find out
OVER = (LetterState.HANDED_OVER, LetterState.WITHDRAWN, LetterState.TOLD, LetterState.HELD)
WAYS = ("phone", "paper", "in person")


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
    due_by: datetime | None = None,
) -> Letter:
    """Owe one person one letter. It is written and sent by the worker after this transaction has committed.

    :param kind: names the writer of its words (the list stands in the application factory)
    :param about: the row its words come from
    :param version: what tells this letter from an earlier one of the same kind to the same person; part of the Message-ID (R23)
    :param realm: id of the council whose letters these are
    :param due_by: handed over later than this it misses its purpose (the council's time); a day before it, somebody is told
    """
    owed = Owed(about, to_name, to_address, version)
    return _owe(kind, [owed], [outbox.post(TASK, delay=delay)], realm=realm, details=details or {}, due_by=due_by)[0]


@dataclass(frozen=True)
class Owed:
    """One of many letters that are owed at once."""

    about: int
    to_name: str
    to_address: str
    version: str = "0"


def post_letters(
    kind: str,
    owed: Sequence[Owed],
    *,
    realm: int | None,
    delay: timedelta = timedelta(0),
    details: dict[str, Any] | None = None,
    due_by: datetime | None = None,
) -> list[Letter]:
    """As `post_letter`, for many people at once. Four queries, however many they are."""
    if not owed:
        return []
    return _owe(kind, owed, outbox.post_many(TASK, len(owed), delay=delay), realm=realm, details=details or {}, due_by=due_by)


def _owe(kind: str, owed: Sequence[Owed], tasks: Sequence[outbox.Task], *, details: dict[str, Any], **same: Any) -> list[Letter]:
    domain = current_app.config["MAIL_DOMAIN"]
    letters = [
        Letter(
            kind=kind,
            about=one.about,
            details=dict(details),
            task_id=task.id,
            to_name=one.to_name,
            to_address=one.to_address,
            message_id=make_message_id(kind, one.about, one.to_address, one.version, domain=domain),
            made_at=clock.now(),
            **same,
        )
        for one, task in zip(owed, tasks, strict=True)
    ]
    db.session.add_all(letters)
    db.session.flush()  # the tasks point to them
    for letter, task in zip(letters, tasks, strict=True):
        task.about = letter.id
    return letters


def withdraw_letters(letters: Sequence[Letter]) -> int:
    """Stop those of `letters` that the worker has not begun; returns how many were stopped."""
    waiting = [letter for letter in letters if letter.state is LetterState.QUEUED]
    stopped = outbox.withdraw([letter.task_id for letter in waiting])
    tasks = {
        task.id: task for task in db.session.scalars(select(outbox.Task).where(outbox.Task.id.in_([letter.task_id for letter in waiting])))
    }
    for letter in waiting:
        if tasks[letter.task_id].state is outbox.TaskState.WITHDRAWN:
            step(letter, LetterState.WITHDRAWN)
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
        if letter.state in OVER:  # the one who had it before us came further than the task tells
            db.session.rollback()
            return
        writer = writers.get(letter.kind)
        if writer is None:
            raise GiveUp(f"nobody writes {letter.kind}")
        try:
            written = writer(letter)
        except BadHeader as error:
            db.session.rollback()
            _mark(task, LetterState.FAILED, reply=str(error))
            raise GiveUp(f"a name or address cannot stand in a letter: {error}") from None
        address, doubts, sent_before = letter.to_address, _doubts(letter), letter.raw
        db.session.rollback()  # SMTP is spoken outside every transaction
        if written is None:
            _mark(task, LetterState.WITHDRAWN, reply="nothing to say any more")
            return
        if task.was_cut_off and sent_before is not None:
            doubts += 1
            _doubt(task, "the sending was cut off; it may have arrived", doubts)
        if sent_before is not None and doubts:
            written = replace(written, raw=sent_before)  # what may have arrived is sent again byte by byte, or not at all
        else:
            _store(task, written)
        _send(task, written, address, doubts)

    return handle


def _send(task: Claimed, written: Written, address: str, doubts: int) -> None:
    """Speak with the mail server, and write down what it said.

    :param doubts: how many times before this the letter may have arrived already
    """
    try:
        handed = send(
            written.raw,
            envelope_from=written.envelope_from,
            to=address,
            smtp_url=current_app.config["SMTP_URL"],
            folder=Path(current_app.config["MAIL_DIR"]),
            name=f"{task.about:06d}",
        )
    except TemporaryFailure as failure:
        _mark(task, LetterState.DELAYED, reply=str(failure))
        raise TryLater(str(failure)) from None
    except OutcomeUnknown as failure:
        _doubt(task, str(failure), doubts + 1)
        raise TryLater(str(failure), after=UNKNOWN_PAUSE) from None
    except PermanentFailure as failure:
        _mark(task, LetterState.FAILED, reply=str(failure))
        raise GiveUp(str(failure)) from None
    _mark(task, LetterState.HANDED_OVER, server=handed.server, reply=handed.reply)


def _doubts(letter: Letter) -> int:
    """How many times a letter may have arrived since somebody last asked for it to be sent. One query."""
    doubts = 0
    for event in letter.events:
        doubts = 0 if event.state is LetterState.QUEUED else doubts + (event.state is LetterState.UNKNOWN)
    return doubts


def _doubt(task: Claimed, said: str, doubts: int) -> None:
    """Write down that the letter may have arrived. The third time a person must find out.

    :raises GiveUp: the third time
    """
    _mark(task, LetterState.UNKNOWN, reply=said)
    if doubts <= MOST_DOUBTS:
        return
    _mark(task, LetterState.FAILED, reply=f"may have arrived, {doubts} times, and never an answer")
    raise GiveUp(said)


def _store(task: Claimed, written: Written) -> None:
    """Keep the bytes that are about to be sent.

    :raises TryLater: when somebody else has the letter by now
    """
    with write():
        if not holds(task):
            raise TryLater("somebody else has it by now")
        letter = db.session.get_one(Letter, task.about)
        letter.subject, letter.raw = written.subject, written.raw
        letter.sha256 = hashlib.sha256(written.raw).hexdigest()


def _mark(task: Claimed, state: LetterState, *, server: str = "", reply: str = "") -> None:
    """The next step of a letter. From one who has lost the task it is written down too, but only "handed over" counts."""
    with write():
        held, letter = holds(task), db.session.get_one(Letter, task.about)
        if held or (state is LetterState.HANDED_OVER and letter.state in (*UNSENT, LetterState.FAILED)):
            step(letter, state, server=server, reply=reply)
        else:
            db.session.add(LetterEvent(letter=letter, at=clock.now(), state=state, server=server, reply=reply[:1000]))


def step(letter: Letter, state: LetterState, *, server: str = "", reply: str = "") -> None:
    """Let a letter come to `state`, and write it down."""
    letter.state = state
    db.session.add(LetterEvent(letter=letter, at=clock.now(), state=state, server=server, reply=reply[:1000]))


def note_failure(letter: Letter, *, reply: str) -> None:
    """Write down that a letter which was handed over came back.

    :param reply: what the receiver's server, or a person, said
    """
    step(letter, LetterState.FAILED, reply=reply)


def try_again(letter: Letter, *, by: audit.Doer | None) -> None:
    """Let the worker send a letter now, with all its tries before it.

    :raises RuleBroken: when it is handed over or called off, or is being sent at this moment
    """
    if letter.state in OVER:
        raise RuleBroken(_("The letter is not waiting to be sent."), next_step=_("Load the page again to see how far it has come."))
    if not outbox.hurry(letter.task_id):
        raise RuleBroken(_("The letter is being sent right now."), next_step=_("Wait a few minutes, and load the page again."))
    was = letter.state
    step(letter, LetterState.QUEUED, reply="a person asked for it to be sent now")
    audit.record("letter.try_again", letter, by=by, was=was.value, now=letter.state.value)


def note_told(letter: Letter, *, how: str, note: str, by: audit.Doer | None) -> None:
    """Write down that the receiver was told in another way. The letter is not sent after that.

    :param how: one of `WAYS`
    :param note: who told whom and when, in a line
    :raises RuleBroken: when it is handed over or called off, or is being sent at this moment
    """
    if letter.state in OVER:
        raise RuleBroken(_("The letter is not waiting to be sent."), next_step=_("Load the page again to see how far it has come."))
    if not outbox.call_off(letter.task_id):
        raise RuleBroken(_("The letter is being sent right now."), next_step=_("Wait a few minutes, and load the page again."))
    was = letter.state
    step(letter, LetterState.TOLD, reply=f"{how}: {' '.join(note.split())}" if note.strip() else how)
    audit.record("letter.told", letter, by=by, was=was.value, now=letter.state.value, how=how)

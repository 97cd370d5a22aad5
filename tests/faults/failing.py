"""Lets the Nth write fail: a changing statement, a commit, a file made safe or named, words to a mail server."""

from __future__ import annotations

import errno
import os
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

CHANGES = ("INSERT", "UPDATE", "DELETE")


class Failing:
    """`at` says which write fails, counted from 1; 0 is none. `failed` tells which one it was."""

    def __init__(self, *, each: bool) -> None:
        """:param each: count every write; else those that say the same as one before them are counted once"""
        self._each, self._at, self._count, self._seen = each, 0, 0, set[str]()
        self.failed = ""

    @contextmanager
    def at(self, number: int) -> Iterator[None]:
        self._at, self._count, self.failed = number, 0, ""
        self._seen.clear()
        try:
            yield
        finally:
            self._at = 0

    def step(self, what: str, error: Exception) -> None:
        if not self._at or (not self._each and what in self._seen):
            return
        self._seen.add(what)
        self._count += 1
        if self._count == self._at:
            self.failed = what
            raise error

    def before_statement(self, connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool) -> None:
        if statement.lstrip().startswith(CHANGES):
            self.step(statement, _refused(statement))

    def before_commit(self, connection: Any) -> None:
        if self._at and connection.get_execution_options().get("writes"):
            self.step(f"COMMIT {connection.engine.url.database}", _refused("COMMIT"))


def _refused(statement: str) -> OperationalError:
    return OperationalError(statement, {}, Exception("database or disk is full"))


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, *, each: bool) -> Iterator[Failing]:
    """The writes of this process, in the hands of a `Failing`."""
    hook = Failing(each=each)
    real_fsync, real_replace, real_send = os.fsync, os.replace, smtplib.SMTP.send

    def fsync(file: Any) -> None:
        hook.step("fsync", OSError(errno.ENOSPC, "No space left on device"))
        real_fsync(file)

    def replace(*given: Any, **named: Any) -> None:
        hook.step("replace", OSError(errno.ENOSPC, "No space left on device"))
        real_replace(*given, **named)

    def send(smtp: smtplib.SMTP, said: Any) -> None:
        hook.step(f"SMTP {bytes(said[:4]) if isinstance(said, bytes) else said[:4]!r}", ConnectionResetError("reset"))
        real_send(smtp, said)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    monkeypatch.setattr(smtplib.SMTP, "send", send)
    event.listen(Engine, "before_cursor_execute", hook.before_statement)
    event.listen(Engine, "commit", hook.before_commit)
    try:
        yield hook
    finally:
        event.remove(Engine, "before_cursor_execute", hook.before_statement)
        event.remove(Engine, "commit", hook.before_commit)
        monkeypatch.undo()

"""Transactions: inside a request they only read, unless the edge opened them for writing; writers queue in order, before they read."""

from __future__ import annotations

import fcntl
import functools
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import flask
from flask import g, has_request_context
from sqlalchemy import Connection, event
from sqlalchemy.engine import Engine
from werkzeug.exceptions import ServiceUnavailable

from meetingapp.core.database.guard import PRAGMAS
from meetingapp.core.database.model import db

IDLE = 0  # a PostgreSQL connection without a transaction, as libpq counts: PQTRANS_IDLE
WRITERS = 1  # the advisory lock that PostgreSQL's writers queue for; each database has its own
ASK_AGAIN = 0.003  # seconds between two looks at a lock that another process holds


class EdgeError(RuntimeError):
    """The code broke a promise of the house. Always a 500, never a rule for the user."""


class WriteQueue:
    """First come, first served, to one SQLite file: tickets between threads, two file locks between processes.

    SQLite's own waiting is unfair: whoever wakes at the right moment wins. A process that waits for `-lock` holds `-next`,
    so the one that has just written cannot overtake it. The lock files are opened anew at each turn, for a descriptor
    shared over a fork lets both processes in.
    """

    patience = 10.0  # seconds in the queue; then 503

    def __init__(self, database: str) -> None:
        self._path = database
        self._guard = threading.Lock()
        self._tickets: deque[threading.Lock] = deque()
        self._file = -1

    def __enter__(self) -> WriteQueue:
        ticket, until = threading.Lock(), time.monotonic() + self.patience
        ticket.acquire()
        with self._guard:
            self._tickets.append(ticket)
            if self._tickets[0] is ticket:
                ticket.release()
        if not ticket.acquire(timeout=self.patience):
            with self._guard:
                if self._tickets[0] is not ticket:  # else our turn came at this very moment
                    self._tickets.remove(ticket)
                    raise ServiceUnavailable()
        try:
            following = self._locked("-next", until)
            try:
                self._file = self._locked("-lock", until)
            finally:
                os.close(following)
        except BaseException:
            self._pass_on()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        os.close(self._file)
        self._pass_on()

    def _locked(self, suffix: str, until: float) -> int:
        """The lock file, ours alone. At most one process waits for `-lock`, so asking again and again passes nobody by.

        :raises ServiceUnavailable: when another process has not let go of it by `until`
        """
        file = os.open(self._path + suffix, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return file
                except BlockingIOError:
                    if time.monotonic() > until:
                        raise ServiceUnavailable() from None
                    time.sleep(ASK_AGAIN)
        except BaseException:
            os.close(file)
            raise

    def _pass_on(self) -> None:
        with self._guard:
            self._tickets.popleft()
            if self._tickets:
                self._tickets[0].release()


@functools.cache
def _queue_of(database: str) -> WriteQueue:
    return WriteQueue(database)


def write_queue(engine: Engine) -> AbstractContextManager[Any]:
    """The queue in front of `engine`'s file. On PostgreSQL the server keeps it: `_begin_postgresql`."""
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return nullcontext()
    return _queue_of(os.path.realpath(engine.url.database))


@dataclass
class Passage:
    """What the edge knows of the request under way. It hangs on the request, not on `g`, which tests may share between requests."""

    policy_asked: bool = False
    queue: AbstractContextManager[Any] | None = None  # the place in the write queue, while the write transaction is open
    gave_up: bool = False
    key: bytes | None = None
    repeated: bool = False

    @property
    def is_writing(self) -> bool:
        return self.queue is not None


def passage() -> Passage:
    """The passage of the current request, made at first sight."""
    request = flask.request
    found = request.environ.get("meetingapp.passage")
    if not isinstance(found, Passage):
        found = request.environ["meetingapp.passage"] = Passage()
    return found


@event.listens_for(Engine, "connect")
def _prepare_connection(connection: Any, record: Any) -> None:
    if type(connection).__module__.startswith("pysqlite3"):
        connection.isolation_level = None  # the driver opens no transaction behind our back; `_begin` does
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    """Inside a request a transaction only reads, unless the edge opened it for writing."""
    writes = connection.get_execution_options().get("writes", False if has_request_context() else None)
    if connection.dialect.name == "sqlite":
        _begin_sqlite(connection, only_reads=writes is False, immediate=bool(writes))
    else:
        _begin_postgresql(connection, only_reads=writes is False, queues=bool(writes))


def _begin_sqlite(connection: Connection, *, only_reads: bool, immediate: bool = False) -> None:
    """Said to the driver itself: through the engine these words cost more than a page's first read. Only what can fail, for the file is
    locked or the disk full, goes through the engine, which knows what to call the fault."""
    driver: Any = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA query_only={'ON' if only_reads else 'OFF'}").close()
    if immediate:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        driver.execute("BEGIN").close()


def _begin_postgresql(connection: Connection, *, only_reads: bool, queues: bool = False) -> None:
    """The driver begins by itself at the first statement; it is told how, so that saying it takes no journey of its own.

    A writer waits until the one before is done, and reads only then: what is read before a row is locked may be old, and stays in the
    session however new the row is.
    """
    driver: Any = connection.connection.dbapi_connection
    wanted = True if only_reads else None  # None: as the server has it
    if driver.read_only is not wanted and driver.info.transaction_status == IDLE:
        driver.read_only = wanted
    elif driver.read_only is not wanted and only_reads:
        connection.exec_driver_sql("SET TRANSACTION READ ONLY")
    if queues:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS})")


def open_for_writing() -> None:
    """Start over under the lock: what was read before it is forgotten, the person signed in included."""
    db.session.close()  # also hands the connection back: nobody queues with a connection in the hand
    g.pop("_login_user", None)
    queue = write_queue(db.engine)
    queue.__enter__()
    passage().queue = queue
    db.session.connection(bind_arguments={"bind": db.engine}, execution_options={"writes": True})


def close(*, commit: bool) -> None:
    """End the request's transaction, and leave the queue whatever happens. `db.session` stays usable for reading."""
    try:
        if commit:
            db.session.commit()
        else:
            db.session.rollback()
    except BaseException:
        db.session.rollback()  # SQLite keeps a transaction open whose COMMIT failed
        raise
    finally:
        queue, passage().queue = passage().queue, None
        if queue is not None:
            queue.__exit__(None, None, None)


def give_up() -> None:
    """Undo everything in the database and let the next writer in, but keep what is loaded, so that the page can be shown again."""
    current = passage()
    if current.queue is None:
        return
    connection = db.session.connection()
    driver = connection.connection.dbapi_connection
    assert driver is not None
    driver.rollback()
    if connection.dialect.name == "sqlite":
        _begin_sqlite(connection, only_reads=True)
    else:
        _begin_postgresql(connection, only_reads=True)
    queue, current.queue, current.gave_up = current.queue, None, True
    queue.__exit__(None, None, None)


def assert_no_lock(what: str) -> None:
    """Slow work calls this first: it may not run while others wait for the write lock.

    :raises EdgeError: inside a request that holds the lock
    """
    if has_request_context() and passage().is_writing:
        raise EdgeError(f"{what} under the write lock: move it to @before_lock")


@contextmanager
def short_write(bind: str | None = None) -> Iterator[Connection]:
    """A transaction of its own, kept whatever becomes of the request: throttle, last seen, a tombstone in the public database.

    :param bind: name of the bind; none is the office database
    """
    engine = db.engines[bind]
    if bind is None:
        assert_no_lock("A short transaction")
    with write_queue(engine), engine.connect() as connection, connection.execution_options(writes=True).begin():
        yield connection


@contextmanager
def write(*, expire: bool = True) -> Iterator[None]:
    """One unit of work outside a request (worker, command line): lock, work in `db.session`, commit; an error rolls back."""
    assert not has_request_context(), "a request commits at the edge"
    db.session.close()
    with write_queue(db.engine):
        db.session.connection(bind_arguments={"bind": db.engine}, execution_options={"writes": True})
        try:
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
    if expire:
        db.session.expire_all()

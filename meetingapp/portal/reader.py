"""One answer for a published page, whoever gives it: status, type, ETag and bytes from one raw read."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2
from sqlalchemy import make_url
from werkzeug.datastructures import ETags
from werkzeug.http import http_date, parse_accept_header, parse_etags

from meetingapp.core.database.guard import CONNECT_TIMEOUT, time_outs
from meetingapp.core.i18n.languages import CHOICE
from meetingapp.core.web.headers import security_headers

COLUMNS = {"plain": "plain", "br": "br", "gzip": "gz"}  # content coding → column


@dataclass(frozen=True)
class Found:
    """A published page as it is read: one encoding, ready bytes."""

    status: int  # 200, or 410 for what was recalled
    media_type: str
    file_name: str
    etag: str  # of this encoding: two encodings are two sets of bytes, so they have two strong ETags
    encoding: str
    modified: str  # an HTTP date
    body: bytes


@functools.lru_cache(maxsize=512)
def encoding_for(accept: str) -> str:
    """The content coding to read: `br`, `gzip` or `plain`."""
    wanted = {value.lower(): quality for value, quality in parse_accept_header(accept) if quality > 0}
    return "br" if "br" in wanted else "gzip" if "gzip" in wanted else "plain"


@functools.lru_cache(maxsize=512)
def _etags(if_none_match: str) -> ETags:
    return parse_etags(if_none_match)


def answer(page: Found, if_none_match: str, *, https: bool) -> tuple[int, list[tuple[str, str]], bytes]:
    """Status, headers and body. Weak comparison, as RFC 9110 § 13.1.2 asks of If-None-Match; a 304 carries no entity headers."""
    about = [
        ("ETag", f'"{page.etag}"'),
        ("Cache-Control", "public, max-age=60"),
        ("Vary", "Accept-Encoding"),
        *security_headers(https=https),
    ]
    if page.status == 200 and if_none_match and _etags(if_none_match).contains_weak(page.etag):
        return 304, about, b""
    content = [("Content-Type", page.media_type), ("Content-Length", str(len(page.body))), ("Last-Modified", page.modified)]
    if page.encoding != "plain":
        content.append(("Content-Encoding", page.encoding))
    if page.file_name:
        content.append(("Content-Disposition", f"attachment; filename*=UTF-8''{quote(page.file_name)}"))
    return page.status, content + about, page.body


class Pages:
    """Reads pages on a connection that each thread keeps: a tenth of what a session would cost."""

    def __init__(self, url: str) -> None:
        self._url, self._kept = make_url(url), threading.local()
        self._is_sqlite = self._url.get_backend_name() == "sqlite"
        self._lost = _what_a_lost_connection_raises(is_sqlite=self._is_sqlite)

    def read(self, host: str, path: str, encoding: str, language: str = "") -> Found | None:
        """The page at `path` of the council with this public host, or of the one that has none. One statement.

        :param language: the edition that is wanted; where there is none, the page in the council's own language is found
        """
        column, host = COLUMNS[encoding], host.partition(":")[0].lower()
        query = f"SELECT status, media_type, file_name, etag, modified_at, {column}, plain FROM page"
        if language:
            query += " WHERE path IN ({mark}, {mark}) AND host IN ({mark}, '') ORDER BY host DESC, length(path) DESC LIMIT 1"
            row = self._execute(query, (path, f"{path}?{CHOICE}={language}", host))
        else:
            query += " WHERE path = {mark} AND host IN ({mark}, '') ORDER BY host DESC LIMIT 1"
            row = self._execute(query, (path, host))
        if row is None:
            return None
        status, media_type, file_name, etag, modified, encoded, plain = row
        used = encoding if encoded is not None and encoding != "plain" else "plain"
        body = bytes(encoded if used != "plain" else plain)
        return Found(status, media_type, file_name, etag if used == "plain" else f"{etag}-{used}", used, _http_date(modified), body)

    def has_host(self, name: str) -> bool:
        """Whether a council has its portal at this name."""
        return bool(name) and self._execute("SELECT 1 FROM page WHERE host = {mark} LIMIT 1", (name,)) is not None

    def is_empty(self) -> bool:
        """Whether there is no page at all: nobody has set up a council here."""
        return self._execute("SELECT 1 FROM page LIMIT 1", ()) is None

    def _execute(self, query: str, values: tuple[str, ...]) -> Any:
        query = query.replace("{mark}", "?" if self._is_sqlite else "%s")
        for last_try in (False, True):  # a kept connection dies with a restart of the database: open it once anew
            try:
                return self._connection().execute(query, values).fetchone()
            except self._lost:
                self.close()
                if last_try:
                    raise
        return None

    def _connection(self) -> Any:
        if not hasattr(self._kept, "connection"):
            self._kept.connection = self._open()
        return self._kept.connection

    def _open(self) -> Any:
        if self._is_sqlite:
            return pysqlite3.dbapi2.connect(f"file:{quote(self._url.database or '')}?mode=ro", uri=True, isolation_level=None)
        url = self._url.set(drivername="postgresql").render_as_string(hide_password=False)
        options = f"-c default_transaction_read_only=on {time_outs()}"
        import psycopg

        return psycopg.connect(url, autocommit=True, prepare_threshold=0, options=options, connect_timeout=CONNECT_TIMEOUT)

    def close(self) -> None:
        """Close the connection of this thread."""
        if hasattr(self._kept, "connection"):
            self._kept.connection.close()
            del self._kept.connection


def _http_date(value: Any) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return http_date(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _what_a_lost_connection_raises(*, is_sqlite: bool) -> tuple[type[Exception], ...]:
    if is_sqlite:
        return (pysqlite3.dbapi2.OperationalError,)
    import psycopg  # heavy: loaded by the process that needs it

    return psycopg.OperationalError, psycopg.InterfaceError

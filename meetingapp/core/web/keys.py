"""Idempotency keys: the same form sent twice is one request, and gets the first answer."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime

import flask
from flask import Response, request
from sqlalchemy import LargeBinary, String, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from meetingapp.core import clock
from meetingapp.core.database import EdgeError, Model, db

LARGEST_ANSWER = 64 * 1024  # bytes; what is larger is a page of its own, reached by 303


class SpentKey(Model):
    """One request that went through, and what was answered."""

    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
    answer: Mapped[bytes | None] = mapped_column(LargeBinary)


def fingerprint() -> str | None:
    """Who asked what, with which key and body; None without a key. Reads the body to its end, so a slow sender never holds the lock."""
    fields = sorted((name, value) for name, value in request.form.items(multi=True) if name != "csrf_token")
    files = []
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: (pair[0], pair[1].filename or "")):
        files.append((name, file.filename, hashlib.file_digest(file.stream, "sha256").hexdigest()))  # type: ignore[arg-type]
        file.stream.seek(0)
    body = request.get_data() if not (fields or files) else b""
    key = request.headers.get("Idempotency-Key") or request.form.get("_key")
    if not key:
        return None
    who = flask.session.get("_user_id") or flask.session.get("csrf_token")
    return hashlib.sha256(repr((who, request.method, request.full_path, key, fields, files, body)).encode()).hexdigest()


def first_answer(of: str) -> Response | None:
    """Claim the key, or bring the answer of the request that has spent it. On PostgreSQL the second click waits here for the first."""
    claimed = db.session.execute(
        text("INSERT INTO spent_key (fingerprint, at) VALUES (:of, :at) ON CONFLICT DO NOTHING RETURNING fingerprint").bindparams(
            of=of, at=clock.true_now()
        )
    ).first()
    if claimed:
        return None
    status, headers, body = json.loads(db.session.scalar(select(SpentKey.answer).where(SpentKey.fingerprint == of)) or b'[409, [], ""]')
    return Response(body, status, headers)


def remember(of: str, response: Response) -> None:
    """Keep the answer with the spent key, in the same transaction."""
    if len(response.get_data()) > LARGEST_ANSWER:
        raise EdgeError("An answer this large is a page of its own: redirect to it (303)")
    headers = [(name, value) for name, value in response.headers if name in ("Content-Type", "Location")]
    answer = json.dumps([response.status_code, headers, response.get_data(as_text=True)]).encode()
    db.session.execute(update(SpentKey).where(SpentKey.fingerprint == of).values(answer=answer))

"""Sessions in a table: the cookie holds a secret, the table its hash. Saved in the request's transaction, so they live and die with it."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import String, Table, delete, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import ServiceUnavailable

from meetingapp.core import clock
from meetingapp.core.database import EdgeError, Model, db, short_write
from meetingapp.core.database.transactions import passage
from meetingapp.core.i18n.languages import CHOICE
from meetingapp.core.web.secrets import new_secret

IN_COOKIE = ("_flashes", "csrf_token", CHOICE)  # may change in a GET, worth nothing to a thief; all else lives in the table


class WebSession(Model):
    """One place where a person is signed in. Times are true time."""

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(String(40), index=True)
    data: Mapped[str]
    created: Mapped[datetime]
    last_seen: Mapped[datetime]


TABLE = cast(Table, WebSession.__table__)


class Session(dict[str, Any], SessionMixin):
    """What the request sees. `token` is the secret in the cookie; the table knows only its hash."""

    def __init__(self, kept: dict[str, Any], light: dict[str, Any], token: str | None = None) -> None:
        super().__init__({**kept, **light})
        self.kept, self.light, self.token = dict(kept), dict(light), token

    def now_kept(self) -> dict[str, Any]:
        return {name: value for name, value in self.items() if name not in IN_COOKIE}

    def now_light(self) -> dict[str, Any]:
        return {name: self[name] for name in IN_COOKIE if name in self}


class TableSessions(SessionInterface):
    """Opens and saves sessions; idle and absolute limits come from the settings."""

    seen_every = timedelta(minutes=5)

    def open_session(self, app: Flask, request: Request) -> Session:
        light = self._light(app, request)
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if token:
            with db.engine.connect() as connection:
                row = connection.execute(select(TABLE).where(TABLE.c.id_hash == _hashed(token))).first()
            now = clock.true_now()
            if row and now - row.last_seen <= app.config["SESSION_IDLE"] and now - row.created <= app.config["SESSION_ABSOLUTE"]:
                if now - row.last_seen > self.seen_every:
                    self._mark_seen(app, row.id_hash, now)
                bound = hmac.new(str(app.secret_key).encode(), token.encode(), "sha256").hexdigest()  # a CSRF token nobody has to store
                return Session(json.loads(row.data), {**light, "csrf_token": bound}, token)
        return Session({}, light)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not isinstance(session, Session):  # the database was away when the request began
            return
        ok = response.status_code < 400
        light = session.now_light()
        if not ok:  # "12 invitations are on their way" must not outlive the rollback
            light.pop("_flashes", None)
            light |= {name: value for name, value in session.light.items() if name == "_flashes"}
        if ok and session.now_kept() != session.kept:
            self._save_row(app, session, response)
            light.pop("csrf_token", None)
        if light != session.light:
            self._set(app, response, self._light_name(app), _signer(app).dumps(light), keep=bool(light))

    def _save_row(self, app: Flask, session: Session, response: Response) -> None:
        if not passage().is_writing:
            raise EdgeError("A GET changed the session: make it a form")
        kept, now = session.now_kept(), clock.true_now()
        if session.token and kept and kept.get("_user_id") == session.kept.get("_user_id"):
            db.session.execute(update(TABLE).where(TABLE.c.id_hash == _hashed(session.token)).values(data=json.dumps(kept)))
            return
        if session.token:  # another person, or nobody: the old id dies with the commit
            db.session.execute(delete(TABLE).where(TABLE.c.id_hash == _hashed(session.token)))
        token = new_secret()
        if kept:
            row = {"id_hash": _hashed(token), "user_id": kept.get("_user_id"), "data": json.dumps(kept), "created": now, "last_seen": now}
            db.session.execute(insert(TABLE).values(**row))
        self._set(app, response, app.config["SESSION_COOKIE_NAME"], token, keep=bool(kept))

    def _mark_seen(self, app: Flask, id_hash: str, now: datetime) -> None:
        try:
            with short_write() as connection:
                connection.execute(update(TABLE).where(TABLE.c.id_hash == id_hash).values(last_seen=now))
        except (OperationalError, ServiceUnavailable):  # a full disk stops writing, never reading
            app.logger.warning("last_seen was not stored", exc_info=True)

    def _light(self, app: Flask, request: Request) -> dict[str, Any]:
        try:
            loaded = _signer(app).loads(
                request.cookies.get(self._light_name(app), ""), max_age=int(app.config["SESSION_ABSOLUTE"].total_seconds())
            )
        except BadSignature:
            return {}
        return dict(loaded)

    def _light_name(self, app: Flask) -> str:
        return str(app.config["SESSION_COOKIE_NAME"]) + "_note"

    def _set(self, app: Flask, response: Response, name: str, value: str, *, keep: bool) -> None:
        place: dict[str, Any] = {"path": "/", "secure": self.get_cookie_secure(app), "httponly": True, "samesite": "Lax"}
        if keep:
            response.set_cookie(name, value, **place)
        else:
            response.delete_cookie(name, **place)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _signer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(app.secret_key), salt="note")

"""Sessions in a table: the cookie holds a secret, the table its hash. Saved in the request's transaction, so they live and die with it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import flask
from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import String, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import ServiceUnavailable

from meetingapp.core import clock
from meetingapp.core.database import EdgeError, Model, db, short_write
from meetingapp.core.database.transactions import passage
from meetingapp.core.i18n.languages import CHOICE
from meetingapp.core.web.devices import device_of
from meetingapp.core.web.secrets import hashed, new_secret

IN_COOKIE = ("_flashes", "csrf_token", CHOICE)  # may change in a GET, worth nothing to a thief; all else lives in the table


class WebSession(Model):
    """One place where a person is signed in. Times are true time."""

    id_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str | None] = mapped_column(String(40), index=True)
    data: Mapped[str]
    created: Mapped[datetime]
    last_seen: Mapped[datetime]
    device: Mapped[str] = mapped_column(String(80), default="")  # "Firefox/Windows": what the browser called itself when it signed in

    @property
    def handle(self) -> str:
        """What a form calls this session: enough to tell a person's own apart, worth nothing as a cookie."""
        return self.id_hash[:16]


TABLE = cast(Table, WebSession.__table__)
ONE = select(TABLE).where(TABLE.c.id_hash == bindparam("secret"))  # written out once: each page of the office asks it


class Session(dict[str, Any], SessionMixin):
    """What the request sees. `token` is the secret in the cookie; the table knows only its hash."""

    def __init__(self, kept: dict[str, Any], light: dict[str, Any], token: str | None = None) -> None:
        super().__init__({**kept, **light})
        self.kept, self.light, self.token = dict(kept), dict(light), token
        self.created: datetime | None = None  # of the row it was read from
        self.is_anew = False
        self.trouble: DBAPIError | None = None  # why it could not be read: nobody is told that they are signed out

    def start_anew(self) -> None:
        """Forget everything: another person, or the same one signing in again, gets a new secret and a new limit of hours."""
        self.clear()
        self.is_anew, self.created = True, None

    def change_secret(self) -> None:
        """The same session under a new secret, for whoever may have seen the old one. Its limit of hours stays."""
        self.is_anew = True

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
            try:
                with db.engine.connect() as connection:
                    row = connection.execute(ONE, {"secret": hashed(token)}).first()
            except DBAPIError as error:  # the database is away; the page that says so needs a session like any other
                unread = Session({}, light)
                unread.trouble = error
                return unread
            now = clock.true_now()
            if row and now - row.last_seen <= app.config["SESSION_IDLE"] and now - row.created <= app.config["SESSION_ABSOLUTE"]:
                if now - row.last_seen > self.seen_every:
                    self._mark_seen(app, row.id_hash, now)
                bound = hmac.new(str(app.secret_key).encode(), token.encode(), "sha256").hexdigest()  # a CSRF token nobody has to store
                found = Session(json.loads(row.data), {**light, "csrf_token": bound}, token)
                found.created = row.created
                return found
        return Session({}, light)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        assert isinstance(session, Session)
        ok = response.status_code < 400
        light = session.now_light()
        if not ok:  # "12 invitations are on their way" must not outlive the rollback
            light.pop("_flashes", None)
            light |= {name: value for name, value in session.light.items() if name == "_flashes"}
        if ok and (session.now_kept() != session.kept or session.is_anew):
            self._save_row(app, session, response)
            light.pop("csrf_token", None)
        if light != session.light:
            self._set(app, response, self._light_name(app), _signer(app).dumps(light), keep=bool(light))

    def _save_row(self, app: Flask, session: Session, response: Response) -> None:
        if not passage().is_writing:
            raise EdgeError("A GET changed the session: make it a form")
        kept, now = session.now_kept(), clock.true_now()
        same = bool(kept) and kept.get("_user_id") == session.kept.get("_user_id")
        if session.token and same and not session.is_anew:
            db.session.execute(update(TABLE).where(TABLE.c.id_hash == hashed(session.token)).values(data=json.dumps(kept)))
            return
        if session.token:  # the old secret dies with the commit
            db.session.execute(delete(TABLE).where(TABLE.c.id_hash == hashed(session.token)))
        token = new_secret()
        if kept:
            over = or_(TABLE.c.created < now - app.config["SESSION_ABSOLUTE"], TABLE.c.last_seen < now - app.config["SESSION_IDLE"])
            db.session.execute(delete(TABLE).where(over))
            row = {
                "id_hash": hashed(token),
                "user_id": kept.get("_user_id"),
                "data": json.dumps(kept),
                "created": (session.created if same else None) or now,
                "last_seen": now,
                "device": device_of(flask.request.headers.get("User-Agent", "")),
            }
            db.session.execute(insert(TABLE).values(**row))
        self._set(app, response, app.config["SESSION_COOKIE_NAME"], token, keep=bool(kept))

    def _mark_seen(self, app: Flask, id_hash: str, now: datetime) -> None:
        try:
            with short_write() as connection:
                connection.execute(update(TABLE).where(TABLE.c.id_hash == id_hash).values(last_seen=now))
        except (OperationalError, ServiceUnavailable):  # a full disk stops writing, never reading
            app.logger.warning("last_seen was not stored", exc_info=True)

    def _light(self, app: Flask, request: Request) -> dict[str, Any]:
        note = request.cookies.get(self._light_name(app))
        if not note:
            return {}
        try:
            loaded = _signer(app).loads(note, max_age=int(app.config["SESSION_ABSOLUTE"].total_seconds()))
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


def sessions_of(user_id: str) -> Sequence[WebSession]:
    """Where somebody is signed in now, the newest first. One query."""
    now, limits = clock.true_now(), flask.current_app.config
    return db.session.scalars(
        select(WebSession)
        .where(
            WebSession.user_id == user_id,
            WebSession.created >= now - limits["SESSION_ABSOLUTE"],
            WebSession.last_seen >= now - limits["SESSION_IDLE"],
        )
        .order_by(WebSession.created.desc(), WebSession.id_hash)
    ).all()


def end_sessions(user_id: str, *, but_this: bool = False, handle: str = "") -> int:
    """Sign somebody out at once, everywhere; returns of how many places.

    :param but_this: the session of this request goes on
    :param handle: only the session with this handle
    """
    where = [TABLE.c.user_id == user_id]
    if but_this:
        where.append(TABLE.c.id_hash != this_session())
    if handle:
        where.append(func.substr(TABLE.c.id_hash, 1, 16) == handle)
    return len(db.session.execute(delete(TABLE).where(*where).returning(TABLE.c.id_hash)).all())


def this_session() -> str:
    """What the table knows the session of this request by; empty without one, and outside requests."""
    token = getattr(flask.session, "token", None) if flask.has_request_context() else None
    return hashed(token) if token else ""


def _signer(app: Flask) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(app.secret_key), salt="note")

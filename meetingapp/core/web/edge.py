"""The edge: what stands between a request and the database, so that no view has to remember it.

A request by another name than ours, or one that writes from another site, is turned away (`guards`).
A request that may change something travels like this: body read to the end → session (a short read, ended) → slow work
(`@before_lock`) → write transaction → idempotency key → view: load, policy, form, command → session saved → commit → answer.
A GET gets a transaction that cannot write. An exception or a status of 400 and more rolls everything back. An answer that never
asked the policy, that streams, or whose commit fails becomes an error page, never a success.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, Response, g, request, session
from flask_babel import gettext as _
from sqlalchemy.exc import DataError, IntegrityError, InterfaceError, InternalError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import BadRequest, Conflict, Forbidden, HTTPException, MisdirectedRequest
from werkzeug.routing import IntegerConverter, ValidationError

from meetingapp.core.database import EdgeError, db, fixed
from meetingapp.core.database.transactions import close, open_for_writing, passage
from meetingapp.core.forms.rules import RuleBroken
from meetingapp.core.web import guards, keys
from meetingapp.core.web.sessions import TableSessions

HIGHEST = 2**31 - 1  # what a column of row numbers holds
View = TypeVar("View", bound=Callable[..., Any])


def before_lock(work: Callable[..., Any]) -> Callable[[View], View]:
    """Run `work(**view_args)` before the write lock is taken; the view gets its result as the argument `prepared`."""

    def mark(view: View) -> View:
        view.before_lock = work  # type: ignore[attr-defined]
        return view

    return mark


class RowNumber(IntegerConverter):
    """A number in an address. One that no row can have leads nowhere; PostgreSQL would not even look."""

    def to_python(self, value: str) -> int:
        number = int(super().to_python(value))
        if number > HIGHEST:
            raise ValidationError
        return number


class Edge(Flask):
    """The office's application class."""

    session_interface = TableSessions()

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.url_map.converters["int"] = RowNumber

    def preprocess_request(self) -> Any:
        for kept in ("_login_user", "language", "_flask_babel"):  # where requests share `g`, the person found first would stay
            g.pop(kept, None)
        self._turn_away()
        trouble = getattr(session, "trouble", None)
        if trouble is not None:
            raise trouble
        return super().preprocess_request()

    def _turn_away(self) -> None:
        """Answer only to our own name, and let nothing be written from another site."""
        own = self.config["BASE_URL"]
        if request.path not in guards.FOR_WATCHDOGS and not guards.is_own_host(request.environ, own):
            raise MisdirectedRequest(_("This site answers at %(address)s and nowhere else.", address=own))
        if guards.writes_from_elsewhere(request.environ, own):
            raise Forbidden(_("This came from another site than ours. Nothing was changed."))

    def dispatch_request(self) -> Any:
        if request.method in guards.SAFE or request.routing_exception is not None or request.endpoint is None:
            return super().dispatch_request()
        current = passage()
        fingerprint = keys.fingerprint()
        current.key = fingerprint.encode() if fingerprint else None
        work = getattr(self.view_functions[request.endpoint], "before_lock", None)
        if work is not None:
            request.view_args = {**(request.view_args or {}), "prepared": work(**(request.view_args or {}))}
        open_for_writing()
        if fingerprint and (first := keys.first_answer(fingerprint)):
            current.repeated = True
            return first
        response = self.make_response(super().dispatch_request())
        if response.status_code < 400:
            db.session.flush()  # a stale row or a broken constraint must reach its error handler; at commit it would be too late
        return response

    def process_response(self, response: Response) -> Response:
        current, ok = passage(), response.status_code < 400
        if ok:
            self._inspect(response)
            if current.is_writing and current.key and not current.repeated:
                keys.remember(current.key.decode(), response)
        response = super().process_response(response)
        if current.is_writing:
            close(commit=ok and response.status_code < 400 and not current.repeated)
        return response

    def _inspect(self, response: Response) -> None:
        """Refuse the answers that must never leave the house."""
        if request.routing_exception is not None or request.method == "OPTIONS" or request.endpoint is None:
            return  # the router answered, no view ran
        current, view = passage(), self.view_functions.get(request.endpoint)
        if current.gave_up:
            raise EdgeError(
                "Nothing was saved, so this is no success: after a broken rule answer 422, and return a redirect, never raise it"
            )
        if response.is_streamed and not response.direct_passthrough:
            raise EdgeError("A streamed answer would read after its transaction: write a file, then send it")
        if not (current.policy_asked or current.repeated or hasattr(view, "open_because")):
            raise EdgeError(f"{request.endpoint} never asked the policy: policy.require, policy.scope or @policy.open")

    def do_teardown_request(self, *given: Any, **named: Any) -> None:
        if passage().is_writing:  # SystemExit and the like pass every other door
            close(commit=False)
        super().do_teardown_request(*given, **named)

    def handle_user_exception(self, e: Exception) -> Any:
        if isinstance(e, HTTPException) and e.code is None:  # abort(redirect(…)) would look like success and save nothing
            passage().gave_up = passage().is_writing
        close(commit=False)  # the error page is made outside the lock
        if fixed.is_refusal(e):
            e = Conflict(_("What you tried to change has been fixed, and stays as it is. Nothing was changed."))
        elif isinstance(e, StaleDataError | IntegrityError):
            e = Conflict(_("Someone saved at the same moment. Nothing was changed."))
        elif isinstance(e, DataError):  # PostgreSQL refuses what fits no column: a number beyond all numbers, a NUL in a text
            e = BadRequest(_("A number or a text is outside what can be stored. Nothing was changed."))
        elif isinstance(e, RuleBroken) and not self._find_error_handler(e, request.blueprints):
            e = Conflict(e.message)
        return super().handle_user_exception(e)

    def handle_exception(self, e: Exception) -> Response:
        close(commit=False)
        passage().gave_up = False
        if isinstance(
            e, OperationalError | InterfaceError | InternalError | OSError
        ):  # it failed at the commit, after the view had answered
            return self.finalize_request(self.handle_user_exception(e), from_error_handler=True)
        return super().handle_exception(e)

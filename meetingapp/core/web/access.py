"""One log line and one count for each request: which rule, which status, how long, who. Never the path itself, for paths can be secrets."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import structlog
from flask import Flask, Response, request, session
from prometheus_client import CollectorRegistry, Counter, Histogram

METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
QUIET = {"/healthz", "/readyz"}  # asked every few seconds: counted, not logged while all is well
RULE, PERSON = "meetingapp.rule", "meetingapp.person"
log = logging.getLogger("access")

registry = CollectorRegistry()
requests = Counter("meetingapp_requests", "Answered requests", ["method", "rule", "status"], registry=registry)
seconds = Histogram("meetingapp_request_seconds", "Time until the answer was ready", ["rule"], registry=registry)


def note_what_was_asked(app: Flask) -> None:
    """Let the log know the rule, and who asked: the id from the session row that is read anyway."""

    @app.after_request
    def note(response: Response) -> Response:
        request.environ[RULE] = request.url_rule.rule if request.url_rule is not None else "no such page"
        request.environ[PERSON] = session.get("_user_id")
        return response


class Access:
    """Stands around office and portal, and writes down how each request went."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        structlog.contextvars.clear_contextvars()
        name = secrets.token_hex(8)
        structlog.contextvars.bind_contextvars(request=name)
        began, seen = time.perf_counter(), {"status": 500}

        def started(status: str, *more: Any) -> Any:
            seen["status"] = int(status[:3])
            return start_response(status, *more)

        try:
            return self._app(environ, started)
        finally:
            _write_down(environ, name, seen["status"], time.perf_counter() - began)


def _write_down(environ: WSGIEnvironment, name: str, status: int, lasted: float) -> None:
    method = environ["REQUEST_METHOD"] if environ["REQUEST_METHOD"] in METHODS else "OTHER"
    rule = environ.get(RULE, "public page")  # the portal's reader knows pages, not rules
    requests.labels(method, rule, str(status)).inc()
    seconds.labels(rule).observe(lasted)
    if rule in QUIET and status < 400:
        return
    facts = {"request": name, "method": method, "rule": rule, "status": status, "ms": round(lasted * 1000, 1)}
    if environ.get(PERSON):
        facts["person"] = environ[PERSON]
    log.info("request", extra={"facts": facts})

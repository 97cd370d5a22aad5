"""Error pages: what happened, what it means, what to do. Made without the database, for it may be the thing that failed."""

from __future__ import annotations

import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from meetingapp.core.forms.rules import RuleBroken, Stale


def _page(code: int, error: Any, *, reference: str = "") -> Response:
    g.without_database = True  # the frame shows no name, so that nothing is read
    try:
        page = render_template(f"errors/{code}.html", error=error, reference=reference, back=_back())
    except TemplateNotFound:
        page = render_template("errors/400.html", error=error, reference=reference, back=_back())
    return make_response(page, code)


def _back() -> str:
    """The page they came from, if it was ours; else the same address."""
    try:
        came_from = urlsplit(request.referrer or "")
    except ValueError:  # "http://[" is no address
        return request.path
    return came_from.path if came_from.path and came_from.netloc == request.host else request.path


def handle_errors(app: Flask, *, sign_in: str) -> None:
    """Register the error pages of the office.

    :param sign_in: endpoint of the sign-in page, where a 401 leads
    """

    @app.errorhandler(401)
    def sign_in_first(error: HTTPException) -> Any:
        if request.method == "GET":
            return redirect(url_for(sign_in, videre=request.path), 303)
        return _page(401, error)

    @app.errorhandler(Stale)
    @app.errorhandler(RuleBroken)
    def rule(error: RuleBroken) -> Response:
        return _page(409, error)

    @app.errorhandler(CSRFError)
    def expired(error: CSRFError) -> Response:
        error.description = _("The page had been open too long. Go back, load it again and send once more.")
        return _page(400, error)

    @app.errorhandler(OperationalError)
    def database_away(error: OperationalError) -> Response:
        reference = secrets.token_hex(2).upper()
        app.logger.error("database refused, reference %s", reference, exc_info=error)
        response = _page(503, error, reference=reference)
        response.headers["Retry-After"] = "10"
        return response

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(error: RequestEntityTooLarge) -> Response:
        return _page(413, error)

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Any:
        if error.code is None or error.code < 400:
            return error
        return _page(error.code, error)

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Response:
        reference = secrets.token_hex(2).upper()
        app.logger.error("unexpected, reference %s", reference, exc_info=error)
        return _page(500, error, reference=reference)

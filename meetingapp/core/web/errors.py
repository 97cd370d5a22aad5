"""Error pages: what happened, what it means, what to do. Made without the database, for it may be the thing that failed."""

from __future__ import annotations

import errno
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from jinja2 import TemplateNotFound
from sqlalchemy.exc import DBAPIError, InterfaceError, InternalError, OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from meetingapp.core.forms.rules import RuleBroken, Stale
from meetingapp.core.text.changes import Mark, compare

FULL_ERRNO = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FULL_SAID = ("database or disk is full", "disk I/O error")  # SQLite's words


def _page(code: int, error: Any, *, reference: str = "", words: str = "", **more: Any) -> Response:
    """The page for `code`.

    :param words: the template to say it with, where a code has several
    :param more: what that template shows besides
    """
    g.without_database = True  # the frame shows no name, so that nothing is read
    given = {"error": error, "reference": reference, "back": _back(), **_sent(), **more}
    try:
        page = render_template(f"errors/{words or code}.html", **given)
    except TemplateNotFound:
        page = render_template("errors/400.html", **given)
    return make_response(page, code)


def _sent() -> dict[str, Any]:
    """What was sent, to be shown and sent once more. Files are not kept, and a body that could not be read holds nothing."""
    try:
        fields = [(name, text) for name, text in request.form.items(multi=True) if isinstance(text, str)]
        known = request.method == "POST" and request.routing_exception is None
        secret = any("password" in name or "code" in name for name, text in fields)
        whole = known and bool(fields) and not secret and not any(file.filename for file in request.files.values())
    except (HTTPException, OSError):
        fields, whole = [], False
    return {"sent": fields, "once_more": request.full_path.rstrip("?") if whole else ""}


def _is_full(error: BaseException | None) -> bool:
    """Whether a database or the file system has said that it cannot take any more."""
    if isinstance(error, OSError):
        return error.errno in FULL_ERRNO
    return getattr(error, "sqlstate", None) == "53100" or any(said in str(error) for said in FULL_SAID)


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

    @app.errorhandler(RuleBroken)
    def rule(error: RuleBroken) -> Response:
        return _page(409, error)

    @app.errorhandler(Stale)
    def newer(error: Stale) -> Response:
        """Both texts compared, and the form with what was typed, ready to be saved over the version that is shown."""
        if error.form is not None:
            error.form.made_from(error.version)
        changes = compare(error.now, error.typed)
        return _page(409, error, words="stale", changes=changes, marks=Mark, address=request.full_path.rstrip("?"))

    @app.errorhandler(CSRFError)
    def expired(error: CSRFError) -> Response:
        error.description = _("The page had been open too long. Go back, load it again and send once more.")
        return _page(400, error)

    @app.errorhandler(OperationalError)
    @app.errorhandler(InterfaceError)
    @app.errorhandler(InternalError)
    def database_away(error: DBAPIError) -> Response:
        """Gone, locked, full, or longer at it than the time-outs allow."""
        return away(error, "database refused", is_full=_is_full(error.orig))

    @app.errorhandler(OSError)
    def no_room(error: OSError) -> Response:
        return away(error, "no room for a file", is_full=True) if _is_full(error) else unknown(error)

    def away(error: Exception, said: str, *, is_full: bool) -> Response:
        reference = secrets.token_hex(2).upper()
        app.logger.error("%s, reference %s", said, reference, exc_info=error)
        response = _page(503, error, reference=reference, words="full" if is_full else "")
        response.headers["Retry-After"] = "60" if is_full else "10"
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

"""The portal: an application of its own without session, cookie or login. It reads ready bytes from the `public` database."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

import flask
from flask import Flask
from flask_babel import Babel
from werkzeug.exceptions import HTTPException

from config import Settings
from meetingapp.core.i18n.languages import CHOICE, LANGUAGES, spoken
from meetingapp.core.web import guards
from meetingapp.core.web.assets import asset_url
from meetingapp.core.web.headers import security_headers
from meetingapp.portal.reader import Pages, answer, encoding_for

ROOT = Path(__file__).parents[2]
EDITIONS = {"": "", **{f"{CHOICE}={language}": language for language in LANGUAGES}}  # query → language; other queries go to Flask


class Portal:
    """Answers published paths by one raw read; the rest (queries, errors) goes to a small Flask application."""

    def __init__(self, flask_app: Flask, pages: Pages, *, base_url: str) -> None:
        self._flask, self._pages, self._base_url = flask_app, pages, base_url
        self._https = base_url.startswith("https:")

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        language = EDITIONS.get(environ.get("QUERY_STRING", ""))
        if method in ("GET", "HEAD") and language is not None:
            encoding = encoding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
            try:
                ours = _is_ours(environ, self._pages, self._base_url)
                page = self._pages.read(environ.get("HTTP_HOST", ""), environ["PATH_INFO"], encoding, language) if ours else None
            except Exception:  # the honest page for a database that is away is made by Flask
                page = None
            if page is not None:
                status, headers, body = answer(page, environ.get("HTTP_IF_NONE_MATCH", ""), https=self._https)
                start_response(f"{status} {HTTPStatus(status).phrase.upper()}", headers)
                return [] if method == "HEAD" or not body else [body]
        return self._flask.wsgi_app(environ, start_response)


def _is_ours(environ: WSGIEnvironment, pages: Pages, base_url: str) -> bool:
    """Whether the portal was called by the site's own name, or by a council's."""
    return guards.is_own_host(environ, base_url) or pages.has_host(guards.host_name(environ))


def _asked_for() -> str:
    """The language in the address, if we speak it."""
    asked = flask.request.args.get(CHOICE, "")
    return asked if asked in LANGUAGES else ""


def create_portal(settings: Settings) -> Portal:
    """The public site over `settings.portal_database_url`."""
    app = Flask("meetingapp.portal", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config["BABEL_DEFAULT_LOCALE"] = LANGUAGES[0]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(ROOT / "meetingapp" / "translations")
    Babel(app, locale_selector=lambda: _asked_for() or LANGUAGES[0])
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.add_template_global(asset_url, "asset_url")
    pages = Pages(settings.portal_database_url)
    https = settings.is_https

    @app.before_request
    def turn_away() -> None:
        environ = flask.request.environ
        if not _is_ours(environ, pages, settings.base_url):
            flask.abort(421)
        if guards.writes_from_elsewhere(environ, f"{'https' if https else 'http'}://{environ['HTTP_HOST']}"):
            flask.abort(403)

    @app.route("/", defaults={"path": ""})
    @app.route("/<path:path>")
    def page(path: str) -> Any:
        encoding = encoding_for(flask.request.headers.get("Accept-Encoding", ""))
        found = pages.read(flask.request.host, flask.request.path, encoding, _asked_for())
        if found is None:
            if flask.request.path == "/" and pages.is_empty():
                return flask.render_template("portal/empty.html", council=None, place="", contact_email="", locale="nb"), 503
            flask.abort(404)
        status, headers, body = answer(found, flask.request.headers.get("If-None-Match", ""), https=https)
        return flask.Response(body, status, headers)

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> Any:
        code = error.code or 500
        return _error_page(code, ""), code

    @app.errorhandler(Exception)
    def unknown(error: Exception) -> Any:
        reference = secrets.token_hex(2).upper()
        app.logger.error("portal, reference %s", reference, exc_info=error)
        return _error_page(503, reference), 503

    def _error_page(code: int, reference: str) -> str:
        query = f"?{CHOICE}={_asked_for()}" if _asked_for() else ""
        return flask.render_template(
            "portal/errors.html", code=code, reference=reference, council=None, place="", contact_email="", locale=spoken(), query=query
        )

    @app.after_request
    def headers(response: flask.Response) -> flask.Response:
        for name, value in security_headers(https=https):
            response.headers.setdefault(name, value)
        return response

    return Portal(app, pages, base_url=settings.base_url)

"""Which language a page or a letter speaks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, g, has_request_context
from flask_babel import Babel, force_locale

LANGUAGES = ("nb",)  # complete ones; the first is the house's own
babel = Babel()


def choose() -> str:
    """The language of the page under way."""
    return str(g.get("language", LANGUAGES[0])) if has_request_context() else LANGUAGES[0]


def init(app: Flask) -> None:
    """Set up translations for `app`."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES[0])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Oslo")
    babel.init_app(app, locale_selector=choose)


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """Let gettext answer in `language`, or in the house's own where that one is not complete: for letters and records."""
    spoken = language if language in LANGUAGES else LANGUAGES[0]
    with force_locale(spoken):
        yield spoken

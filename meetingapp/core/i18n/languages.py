"""Which language a page or a letter speaks.

A page speaks the language of its reader: the one they chose, else their organisation's. For strangers it is the one they asked for with
`?sprak=`, else the browser's first choice among ours. What is written in a case or a record keeps its own language and says so with `lang`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import Babel, force_locale, get_locale, refresh

from meetingapp.core.i18n import in_templates

LANGUAGES = ("nb", "nn", "en")  # complete ones; the first is the house's own
NAMES = {"nb": "Bokmål", "nn": "Nynorsk", "en": "English"}  # each in its own words, for those who look for theirs
CHOICE = "sprak"  # in the address
babel = Babel()


def init(app: Flask, *, of_reader: Callable[[], str]) -> None:
    """Set up translations for `app`.

    :param of_reader: the language of whoever is signed in; empty for a stranger
    """
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES[0])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Oslo")
    app.extensions["language_of_reader"] = of_reader
    babel.init_app(app, locale_selector=choose)
    in_templates.init(app)

    @app.before_request
    def keep_choice() -> None:
        """A stranger's choice is kept in the note that the browser holds anyway for messages: nothing is stored here."""
        if request.args.get(CHOICE) in LANGUAGES:
            session[CHOICE] = request.args[CHOICE]


def choose() -> str:
    """The language of the page under way."""
    if not has_request_context():
        return LANGUAGES[0]
    if "language" not in g:
        known = "" if g.get("without_database") else current_app.extensions["language_of_reader"]()
        g.language = known or of_stranger()
    return str(g.language)


def of_stranger() -> str:
    """What a stranger asked for, here or a moment ago; else the best of what the browser names."""
    for asked in (request.args.get(CHOICE, ""), session.get(CHOICE, "") if session else ""):
        if asked in LANGUAGES:
            return str(asked)
    return best_of(request.accept_languages.values())


def best_of(wanted: Iterator[str]) -> str:
    """The first of `wanted` that we speak, as browsers write them ("nn-NO", "no", "en-GB"); else the house's own."""
    for tag in wanted:
        language = tag.partition("-")[0].lower()
        if language in LANGUAGES:
            return language
        if language == "no":
            return LANGUAGES[0]
    return LANGUAGES[0]


def speak(language: str) -> None:
    """Let the rest of the page under way, and a stranger's pages after it, speak `language`: the holder of a personal link decides."""
    if language in LANGUAGES and has_request_context():
        g.language, g.language_is_given = language, True
        if session.get(CHOICE, LANGUAGES[0]) != language:
            session[CHOICE] = language
        refresh()


def spoken() -> str:
    """The language that gettext answers in now."""
    return str(get_locale() or LANGUAGES[0])


def others() -> list[tuple[str, str]]:
    """The languages that are not spoken now: key, and name in itself."""
    return [(key, name) for key, name in NAMES.items() if key != spoken()]


@contextmanager
def speaking(language: str) -> Iterator[str]:
    """Let gettext answer in `language`, or in the house's own where that one is not complete: for letters and records."""
    known = language if language in LANGUAGES else LANGUAGES[0]
    with force_locale(known):
        yield known

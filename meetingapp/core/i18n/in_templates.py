"""Words in templates. What the library gives asks for language and catalogue anew at each of a page's some hundred texts; a quarter of a
page's time went there. The promise is the same: `_` and `ngettext` give Markup, and what is put into a text is escaped."""

from __future__ import annotations

from typing import Any

from babel.support import NullTranslations
from flask import Flask, g
from flask_babel import get_translations
from markupsafe import Markup


def init(app: Flask) -> None:
    """Let all templates of `app` speak through the functions here. All of them are HTML."""
    app.jinja_env.globals.update(_=gettext, gettext=gettext, ngettext=ngettext)


def gettext(text: str, **named: Any) -> Markup:
    """`text` in the language of the page, with what is named put in, escaped."""
    said = Markup(_catalogue().ugettext(text))
    return said % named if "%" in said else said


def ngettext(one: str, several: str, number: int, **named: Any) -> Markup:
    """As `gettext`, in the form that goes with `number`, which the text may call `num`."""
    return Markup(_catalogue().ungettext(one, several, number)) % {"num": number, **named}


def _catalogue() -> NullTranslations:
    """Looked up once for each page, and again when its language changes: the library empties the place on such a change."""
    place = g.get("_flask_babel")
    found = getattr(place, "babel_translations", None)
    if found is None:
        found = get_translations()
        if place is not None:
            place.babel_translations = found
    return found

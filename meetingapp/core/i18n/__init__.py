"""Languages: which one is spoken, and how dates are written in it."""

from __future__ import annotations

from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape


def _as_text(lazy: LazyString) -> Markup:
    return escape(str(lazy))


LazyString.__html__ = _as_text  # type: ignore[method-assign]  # the library calls its texts HTML: a name in one of them would reach the page unescaped

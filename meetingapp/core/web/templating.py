"""What every template of the office can name."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app, g, has_request_context
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup

from meetingapp.core import clock, policy
from meetingapp.core.forms import fresh_key
from meetingapp.core.i18n import dates, languages


def init(app: Flask) -> None:
    """Give templates the actor's rights, dates in the page's language, and cleaned HTML as markup."""

    @app.context_processor
    def words() -> dict[str, Any]:
        return {
            "locale": languages.spoken(),
            "other_languages": [] if g.get("language_is_given") else languages.others(),
            "allows": lambda action, *about: has_request_context() and policy.allows(current_user, action, *about),
            "today": clock.today(),
            "now": clock.now(),
            "is_demo": bool(current_app.config["DEMO"]),
            "without_database": bool(g.get("without_database", False)),
        }

    def dated(function: Any) -> Any:
        return lambda value, *more: function(value, *more, language=languages.spoken()) if value is not None else ""

    app.jinja_env.filters.update(
        long_date=dated(dates.long_date),
        day_month=dated(dates.day_month),
        short_date=lambda value: dates.short_date(value) if value is not None else "",
        clock_time=dated(dates.clock_time),
        cleaned=Markup,  # for columns that hold HTML which core.text.markdown has cleaned, and for nothing else
    )

    def in_language(language: str, always: bool = False) -> Markup:
        """The attribute `lang` for a passage in another language than the page's; nothing where it is the same."""
        return Markup(' lang="{}"').format(language) if language and (always or language != languages.spoken()) else Markup("")

    app.jinja_env.globals.update(in_language=in_language, scrolling_tables=_scrolling_tables)
    app.jinja_env.globals.update(idempotency_key=fresh_key)  # a global, for the macros of core/ui.html
    app.jinja_env.globals.update(time_span=lambda starts, ends: dates.time_span(starts, ends, language=languages.spoken()))


def _scrolling_tables(html: Any) -> Any:
    """Cleaned HTML whose tables scroll by themselves, by keyboard too; an empty head of a column is no heading. Plain text stays."""
    if not isinstance(html, Markup):
        return html
    opens = Markup('<div class="scroll" role="group" tabindex="0" aria-label="{}"><table>').format(_("Table"))
    inner = str(html).replace('<th scope="col"></th>', "<td></td>").replace("<table>", str(opens)).replace("</table>", "</table></div>")
    return Markup(inner)

"""Words on the pages people live in."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

FOUND: dict[str, tuple[LazyString, LazyString, str]] = {  # of one hit, of the choice, icon
    "case": (_l("Case"), _l("Cases"), "file"),
    "minutes": (_l("Minutes"), _l("Minutes"), "check"),
    "meeting": (_l("Meeting"), _l("Meetings"), "clock"),
    "action": (_l("Action"), _l("Actions"), "flag"),
    "person": (_l("Person"), _l("People"), "people"),
    "organisation": (_l("Organisation"), _l("Organisations"), "people"),
}

"""Search with Norwegian word forms: what is open and what is closed stand in two indexes, written with the rows they come from."""

from meetingapp.core.search.finding import COUNTED, MOST_SHOWN, SHOWN, Found, Hit, find
from meetingapp.core.search.models import ClosedEntry, OpenEntry
from meetingapp.core.search.words import text_of
from meetingapp.core.search.writing import Entry, index, rebuild, source

__all__ = [
    "COUNTED",
    "MOST_SHOWN",
    "SHOWN",
    "ClosedEntry",
    "Entry",
    "Found",
    "Hit",
    "OpenEntry",
    "find",
    "index",
    "rebuild",
    "source",
    "text_of",
]

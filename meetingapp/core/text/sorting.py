"""Norwegian order, on any database: a key that plain comparison sorts right."""

from __future__ import annotations

LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}"})


def sort_key(text: str) -> str:
    """`text` so that æ, ø, å come last, and aa counts as å."""
    return text.casefold().replace("aa", "å").translate(LAST)

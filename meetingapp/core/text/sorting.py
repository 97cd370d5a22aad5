"""Norwegian order, on any database: a key that plain comparison sorts right."""

from __future__ import annotations

import re
import unicodedata

LAST = str.maketrans({"æ": "{", "ä": "{", "ø": "|", "ö": "|", "å": "}", "ü": "y"})
ACCENTS = re.compile("[\u0300-\u036f]")


def sort_key(text: str) -> str:
    """`text` so that æ, ø, å come last, aa counts as å, and é stands with e."""
    key = unicodedata.normalize("NFC", text).casefold().replace("aa", "å").translate(LAST)
    return ACCENTS.sub("", unicodedata.normalize("NFD", key))

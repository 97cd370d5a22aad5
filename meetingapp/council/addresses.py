"""What a name becomes in a public address."""

from __future__ import annotations

import re
import unicodedata

NORWEGIAN = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "đ": "d", "ŋ": "n"})


def address_part(name: str, *, longest: int = 60) -> str:
    """`name` in lower-case ASCII with hyphens: "Regionrådet" → "regionradet". Empty when nothing of it can be written so."""
    plain = unicodedata.normalize("NFKD", name.lower().translate(NORWEGIAN)).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:longest].strip("-")

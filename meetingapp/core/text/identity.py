"""Finds national identity numbers in a text, however they are spaced, so that none gets out by mistake."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
CANDIDATE = re.compile(r"(?<!\d)(?:\d[\s.\-–]{0,3}){10}\d(?!\d)")
FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def is_identity_number(digits: str) -> bool:
    """Eleven digits with a date (also D-numbers and synthetic ones) and two right check digits."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day -= 40 if day > 40 else 0
    for offset in (80, 65, 40):
        if month > offset:
            month -= offset
            break
    try:
        date(2000 + year if year % 4 == 0 else 2001, month, day)
    except ValueError:
        return False
    numbers = [int(digit) for digit in digits]
    first = -sum(w * n for w, n in zip(FIRST, numbers, strict=False)) % 11
    second = -sum(w * n for w, n in zip(SECOND, numbers, strict=False)) % 11
    return first == numbers[9] and second == numbers[10]


def identity_numbers(text: str) -> list[tuple[int, str]]:
    """Where identity numbers stand in `text`: (position in the normalised text, the eleven digits)."""
    normal = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    found = []
    for match in CANDIDATE.finditer(normal):
        digits = re.sub(r"\D", "", match.group())
        if is_identity_number(digits):
            found.append((match.start(), digits))
    return found

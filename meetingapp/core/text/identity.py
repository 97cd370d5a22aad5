"""Finds national identity numbers in a text, however they are spaced, so that none gets out by mistake."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date

INVISIBLE = dict.fromkeys(
    map(ord, "\u00ad\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff\u202a\u202b\u202c\u202d\u202e")
)
BETWEEN = r"[\s./_\-\u2010-\u2015\u2212]{0,3}"
STRETCH = re.compile(rf"[0-9](?:{BETWEEN}[0-9]){{10,}}")  # digits with little between them
GROUP = re.compile("[0-9]+")
FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def is_identity_number(digits: str) -> bool:
    """Eleven digits with a date (also D-numbers, and synthetic ones) and two right check digits."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    day -= 40 if day > 40 else 0
    month -= next((offset for offset in (80, 65, 40) if month > offset), 0)
    try:
        date(2000 + year if year % 4 == 0 else 2001, month, day)  # the century is not in the number: 29 February may be right
    except ValueError:
        return False
    numbers = [int(digit) for digit in digits]
    first = -sum(weight * number for weight, number in zip(FIRST, numbers, strict=False)) % 11
    second = -sum(weight * number for weight, number in zip(SECOND, numbers, strict=False)) % 11
    return first == numbers[9] and second == numbers[10]


def identity_numbers(text: str) -> list[tuple[int, str]]:
    """Where identity numbers stand in `text`: (position in the normalised text, the eleven digits)."""
    normal = unicodedata.normalize("NFKC", text).translate(INVISIBLE)
    return [found for stretch in STRETCH.finditer(normal) for found in _in_stretch(stretch)]


def _in_stretch(stretch: re.Match[str]) -> Iterator[tuple[int, str]]:
    """A stretch of eleven digits is a candidate however it is grouped. In a longer one (a table of sums, say) groups count: a candidate
    begins and ends with one, and so does its date, unless it is one run."""
    groups = list(GROUP.finditer(stretch.group()))
    whole = "".join(group.group() for group in groups)
    for first in range(len(groups)):
        digits, ends = "", set()
        for group in groups[first : first + 11]:
            digits += group.group()
            ends.add(len(digits))
            if len(digits) >= 11:
                break
        is_told = len(whole) == 11 or len(ends) == 1 or 6 in ends
        if len(digits) == 11 and is_told and is_identity_number(digits):
            yield stretch.start() + groups[first].start(), digits

"""What must not stand in a log, taken out of a text: secrets, mail addresses, identity numbers, control characters."""

from __future__ import annotations

import re

SECRET = re.compile(r"(?=[A-Za-z_-]*\d)[A-Za-z0-9_-]{24,}")  # tokens of links and sessions, hashes, keys
ADDRESS = re.compile(r"[^\s<>\"'(),;:/\\]+@[^\s<>\"'(),;:/\\]+")
IDENTITY = re.compile(r"(?<!\d)\d(?:[ .\-]?\d){10,11}(?!\d)")  # eleven digits, or twelve of a DUF number, however they are grouped
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def scrub(text: str) -> str:
    """`text` in one line, with `‹secret›`, `‹address›` and `‹number›` where they stood."""
    text = ADDRESS.sub("‹address›", text)
    text = IDENTITY.sub("‹number›", text)
    text = SECRET.sub("‹secret›", text)
    return CONTROL.sub(lambda found: repr(found.group())[1:-1], text)

"""Passwords: how they are kept, and which ones are too easy to guess."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

from meetingapp.core.database.transactions import assert_no_lock

SHORTEST, LONGEST = 12, 128  # characters; 15 are advised (ASVS 6.2.1, 6.2.9)
OWN_PART = 6  # letters that must be left when common words and one's own names are taken out
COMMON = Path(__file__).parent / "common_passwords.txt"
LOOKS_LIKE = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s", "!": "i"})

hasher = PasswordHasher(time_cost=2, memory_cost=47104, parallelism=1)  # argon2id, 46 MiB
_at_once = threading.BoundedSemaphore(2)  # each takes its memory: a crowd waits, it does not fill the machine


def kept(password: str) -> str:
    """What the database keeps of `password`. Slow on purpose: never under the write lock."""
    assert_no_lock("Hashing a password")
    with _at_once:
        return hasher.hash(_normal(password))


@cache
def _of_nobody() -> str:
    return kept("the password of nobody at all")


def matches(kept_hash: str, password: str) -> bool:
    """Whether `password` is the one. Without a hash the same work is done for nothing, so that time does not tell who is known."""
    assert_no_lock("Checking a password")
    of_nobody = _of_nobody()
    with _at_once:
        try:
            hasher.verify(kept_hash or of_nobody, _normal(password))
        except (VerificationError, InvalidHashError):
            return False
    return bool(kept_hash)


def is_outdated(kept_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return hasher.check_needs_rehash(kept_hash)


def fault(password: str, own_words: Iterable[str]) -> str:
    """Why `password` cannot be used, as a sentence; empty when it can. No rules of composition (ASVS 6.2.5).

    :param own_words: names and addresses of the person, organisation and councils
    """
    normal = _normal(password)
    if len(normal) < SHORTEST:
        return _("A password has at least %(num)d characters. Four words in a row are easy to remember.", num=SHORTEST)
    if len(normal) > LONGEST:
        return _("A password has at most %(num)d characters.", num=LONGEST)
    low = normal.casefold()
    listed, words = _common()
    if low in listed or len(set(low)) < 5 or _is_run(low):
        return _("This password is on lists that others try first. Choose another.")
    left = plain = low.translate(LOOKS_LIKE)
    for word in sorted({*words, *_parts(own_words)}, key=len, reverse=True):
        left = left.replace(word, "")
    if left != plain and len(re.sub(r"[^a-zæøåäöü]", "", left.strip("0123456789"))) < OWN_PART:
        return _("This password is made of common words or your own names. Choose one that nobody could guess.")
    return ""


def _normal(password: str) -> str:
    """One form for the letters that keyboards make in two ways (å as one sign or two)."""
    return unicodedata.normalize("NFKC", password)


def _parts(words: Iterable[str]) -> set[str]:
    found = {part for word in words for part in re.split(r"[^a-zæøåäöü0-9]+", word.casefold()) if len(part) >= 4}
    return {part.translate(LOOKS_LIKE) for part in found}


def _is_run(low: str) -> bool:
    """The same few characters again and again, or a walk along the keyboard or the alphabet."""
    walks = ("abcdefghijklmnopqrstuvwxyzæøå", "01234567890123456789", "qwertyuiopåasdfghjkløæzxcvbnm")
    repeated = any(low == (low[:size] * len(low))[: len(low)] for size in range(1, 5))
    return repeated or any(low in walk * 2 or low[::-1] in walk * 2 for walk in walks)


@cache
def _common() -> tuple[frozenset[str], frozenset[str]]:
    """Whole passwords that are tried first, and words that weak ones are built of."""
    lines = [line for line in COMMON.read_text().splitlines() if line and not line.startswith("#")]
    words = {line.removeprefix("*").translate(LOOKS_LIKE) for line in lines if line.startswith("*")}
    return frozenset(line for line in lines if not line.startswith("*")), frozenset(words)

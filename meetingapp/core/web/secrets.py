"""Secrets that travel in cookies and links."""

from __future__ import annotations

import hashlib
import hmac
import secrets


def new_secret() -> str:
    """256 random bits, safe in an address."""
    return secrets.token_urlsafe(32)


def derived(key: str, *parts: object) -> str:
    """A secret that can be made again from `key` and `parts`, and from nothing else: so no table needs to hold it. 256 bits, base16."""
    return hmac.new(key.encode(), repr(parts).encode(), "sha256").hexdigest()


def hashed(secret: str) -> str:
    """What a table keeps of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()

"""The second factor: codes of an app (RFC 6238), and ten recovery codes. Secrets follow from the house's key and are in no table."""

from __future__ import annotations

import base64
import hmac
import re
from datetime import datetime, timedelta

import pyotp
import segno
from flask import current_app

from meetingapp.core.web.secrets import derived, new_secret
from meetingapp.council.models import Person

STEP = timedelta(seconds=30)
DIGITS = 6
RECOVERY_CODES = 10
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
UID = re.compile(r"[A-Za-z0-9_-]{43}")


def new_uid() -> str:
    """What a new secret follows from."""
    return new_secret()


def is_uid(given: str) -> bool:
    return UID.fullmatch(given) is not None


def secret_of(person: Person, uid: str) -> str:
    """The secret that the code app holds: 160 bits in base32. Bound to the person, so nobody can ask for another's."""
    return base64.b32encode(bytes.fromhex(_derived("code app", person.id, uid))[:20]).decode()


def picture_of(person: Person, uid: str, *, issuer: str) -> str:
    """A QR code with the secret, as a `data:` address of an SVG picture."""
    address = pyotp.TOTP(secret_of(person, uid)).provisioning_uri(name=person.email, issuer_name=issuer)
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=4, light="white"))


def step_of(person: Person, uid: str, code: str, now: datetime) -> int | None:
    """The step whose code this is: the current one, the one before, or the next; None for a wrong code.

    :param now: true time
    :source: RFC 6238 § 5.2
    """
    typed, app = digits(code), pyotp.TOTP(secret_of(person, uid))
    current = int(now.timestamp() // STEP.total_seconds())
    found = None
    for step in (current - 1, current, current + 1):  # always all three: time does not tell which
        if hmac.compare_digest(app.generate_otp(step), typed):
            found = step
    return found


def digits(code: str) -> str:
    """The code as people type it, without spaces."""
    return re.sub(r"\s", "", code)


def recovery_codes(person: Person, uid: str) -> list[str]:
    """The ten codes that follow from `uid`: 59 bits each, as `abcd-efgh-jkmn`."""
    return [_code(_derived("recovery", person.id, uid, place)) for place in range(RECOVERY_CODES)]


def recovery_hash(person: Person, code: str) -> str:
    """What the table keeps of a recovery code, however it was typed."""
    return _derived("recovery hash", person.id, re.sub(r"[^a-z0-9]", "", code.lower()))


def _code(secret: str) -> str:
    number, signs = int(secret, 16), ""
    for _place in range(12):
        number, sign = divmod(number, len(ALPHABET))
        signs += ALPHABET[sign]
    return "-".join(signs[start : start + 4] for start in (0, 4, 8))


def _derived(*parts: object) -> str:
    return derived(current_app.config["SECRET_KEY"], *parts)

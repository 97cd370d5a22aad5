"""A mail as bytes: text, HTML and calendar object say the same thing (calendar-and-mail § 2.1)."""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # all that may break one, or cannot be written
LONGEST_LINE = 1_000  # characters; the library folds in quadratic time, and no form takes half of this
SURROGATES = re.compile(r"[\ud800-\udfff]")


class BadHeader(ValueError):
    """A name, address or subject that would make a line of its own, or that is longer than any line."""


def message_id(*parts: object, domain: str) -> str:
    """A Message-ID that is the same for the same letter, whoever asks and when (R23)."""
    digest = hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()[:40]
    return f"<{digest}@{domain}>"


def _line(text: str, what: str) -> str:
    if NOT_IN_A_LINE.search(text) or len(text) > LONGEST_LINE:
        raise BadHeader(what)
    return text


def _address(name: str, email: str) -> Address:
    user, _, domain = _line(email, "address").rpartition("@")
    try:
        made = Address(_line(name, "name"), user, domain.encode("idna").decode())
        made.addr_spec.encode("ascii")  # other letters before the @ need a kind of mail that few servers take
    except (ValueError, IndexError) as error:
        raise BadHeader(f"address: {error}") from None
    if not user or not domain or re.search(r"[\s<>,;:\"()\[\]\\]", email):
        raise BadHeader("address")
    return made


def compose(
    *,
    sender_name: str,
    sender_email: str,
    to_name: str,
    to_email: str,
    reply_to: str,
    subject: str,
    text: str,
    html: str,
    message_id: str,
    date: datetime,
    language: str,
    envelope_from: str,
    calendar: bytes | None = None,
    method: str | None = None,
    in_reply_to: str | None = None,
) -> bytes:
    """One mail to one person, ready for the socket. The same letter gives the same bytes.

    With a calendar object: multipart/mixed of multipart/alternative (text, HTML, calendar last, base64, with the method) and the
    same bytes as `innkalling.ics`; without one: multipart/alternative.

    :param date: aware
    :param envelope_from: where bounces go; looked at here, so that a bad one is found before the socket
    :raises BadHeader: for control characters or an address that is none
    """
    _address("", envelope_from)
    mail = EmailMessage(policy=SMTP)
    mail["From"] = _address(sender_name, sender_email)
    mail["To"] = _address(to_name, to_email)
    mail["Reply-To"] = _address("", reply_to)
    mail["Subject"] = _line(subject, "subject")
    mail["Date"] = format_datetime(date)
    mail["Message-ID"] = _line(message_id, "message id")
    mail["Auto-Submitted"] = "auto-generated"
    if in_reply_to:
        mail["In-Reply-To"] = mail["References"] = _line(in_reply_to, "reference")
    mail.set_content(SURROGATES.sub("\ufffd", text), subtype="plain", charset="utf-8", cte="quoted-printable")
    mail.add_alternative(SURROGATES.sub("\ufffd", html), subtype="html", charset="utf-8", cte="quoted-printable")
    if calendar is not None:
        assert method, "a calendar object has a method"
        part = EmailMessage(policy=SMTP)
        part.set_content(calendar, "text", "calendar", cte="base64", params={"charset": "utf-8", "method": method})
        del part["MIME-Version"]
        mail.attach(part)
        mail.make_mixed()
        mail.add_attachment(calendar, maintype="application", subtype="ics", filename="innkalling.ics", cte="base64")
    mail["Content-Language"] = _line(language, "language")  # set last, or it would follow the first part
    seed = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(mail.walk()):
        if part.is_multipart():  # the library's own boundaries are random: the same letter would never be the same bytes
            part.set_boundary(f"=_{seed}_{number}")
    return mail.as_bytes()

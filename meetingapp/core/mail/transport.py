"""The socket: one recipient, one message, and what the other side said. Without a mail server letters become files."""

from __future__ import annotations

import os
import smtplib
import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 30  # seconds


class Handed(NamedTuple):
    """Taken over: by which server, and its words (with the queue id, where it gives one)."""

    server: str
    reply: str


class TemporaryFailure(Exception):
    """4xx, or no connection: try again later."""


class PermanentFailure(Exception):
    """5xx: trying again does not help."""


class OutcomeUnknown(Exception):
    """The connection broke after the text was sent: it may have arrived."""


def send(raw: bytes, *, envelope_from: str, to: str, smtp_url: str | None, folder: Path, name: str) -> Handed:
    """Hand one message over.

    :param smtp_url: smtp://user:password@host:port?starttls=1 or smtps://…; None writes `<name>.eml` into `folder`
    :raises TemporaryFailure, PermanentFailure, OutcomeUnknown: see there
    """
    if smtp_url is None:
        return _to_file(raw, folder, name)
    url = urlsplit(smtp_url)
    server = f"{url.hostname}:{url.port or 25}"
    try:
        with _connect(smtp_url) as smtp:
            return Handed(server, _transaction(smtp, raw, envelope_from, to))
    except smtplib.SMTPResponseException as error:
        said = f"{error.smtp_code} {_words(error.smtp_error)}"
        raise (TemporaryFailure if 400 <= error.smtp_code < 500 or error.smtp_code < 0 else PermanentFailure)(said) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryFailure(f"{type(error).__name__}: {error}") from None


def _to_file(raw: bytes, folder: Path, name: str) -> Handed:
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, folder / f"{name}.eml")
    return Handed("file", f"{name}.eml")


def _connect(smtp_url: str) -> smtplib.SMTP:
    url = urlsplit(smtp_url)
    host = url.hostname or "localhost"
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(host, url.port or 25, timeout=TIMEOUT)
        if parse_qs(url.query).get("starttls") == ["1"]:
            smtp.starttls(context=context)
    if url.username:
        smtp.login(unquote(url.username), unquote(url.password or ""))
    return smtp


def _transaction(smtp: smtplib.SMTP, raw: bytes, envelope_from: str, to: str) -> str:
    smtp.ehlo_or_helo_if_needed()
    dsn = smtp.has_extn("dsn")
    _expect(smtp.mail(envelope_from, ["RET=HDRS"] if dsn else []))
    _expect(smtp.rcpt(to, ["NOTIFY=FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(to)}"] if dsn else []))
    try:
        code, reply = smtp.data(raw)
    except smtplib.SMTPServerDisconnected as error:
        raise OutcomeUnknown(str(error)) from None
    except TimeoutError as error:
        raise OutcomeUnknown(str(error)) from None
    _expect((code, reply))
    return f"{code} {_words(reply)}"


def _expect(answer: tuple[int, bytes]) -> None:
    if not 200 <= answer[0] < 300:
        raise smtplib.SMTPResponseException(*answer)


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def _xtext(text: str) -> str:
    """RFC 3461 § 4: a raw + in ORCPT is refused."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else "".join(f"+{byte:02X}" for byte in c.encode()) for c in text)

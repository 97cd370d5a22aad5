"""The socket: one recipient, one message, and what the other side said. Without a mail server letters become files."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import tempfile
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit

TIMEOUT = 30  # seconds
ADDRESS = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")  # printable ASCII without < > and @


class Handed(NamedTuple):
    """Taken over: by which server, and its words (with the queue id, where it gives one)."""

    server: str
    reply: str


class TemporaryFailure(Exception):
    """4xx, no connection, or no right to send: try again later."""


class PermanentFailure(Exception):
    """5xx: trying again does not help."""


class OutcomeUnknown(Exception):
    """The connection broke after the text was sent: it may have arrived."""


def send(raw: bytes, *, envelope_from: str, to: str, smtp_url: str | None, folder: Path, name: str) -> Handed:
    """Hand one message over.

    :param raw: lines end with CRLF
    :param smtp_url: smtp://user:password@host:port?starttls=1 or smtps://…; None writes `<name>.eml` into `folder`
    :param name: ours for this letter; comes back as Original-Envelope-Id in a report of failure
    :raises TemporaryFailure, PermanentFailure, OutcomeUnknown: see there
    """
    if smtp_url is None:
        return _to_file(raw, folder, name)
    envelope_from, to = _on_the_wire(envelope_from), _on_the_wire(to)
    url = urlsplit(smtp_url)
    server = f"{url.hostname}:{url.port or (465 if url.scheme == 'smtps' else 25)}"
    try:
        smtp = _connect(smtp_url, envelope_from.rpartition("@")[2])
    except (OSError, smtplib.SMTPException) as error:  # a wrong password too: that is the house's fault, not the letter's
        raise TemporaryFailure(_said(error)) from None
    try:
        return Handed(server, _transaction(smtp, raw, envelope_from, to, name))
    except smtplib.SMTPResponseException as error:
        raise (PermanentFailure if 500 <= error.smtp_code < 600 else TemporaryFailure)(_said(error)) from None
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryFailure(_said(error)) from None
    finally:
        _leave(smtp)


def _on_the_wire(address: str) -> str:
    """`address` as servers read it. The library would make an address of almost anything."""
    user, _, domain = address.rpartition("@")
    try:
        wired = f"{user}@{domain.encode('idna').decode()}"
    except UnicodeError:
        wired = ""
    if not ADDRESS.fullmatch(wired):
        raise PermanentFailure(f"no mail address: {address!r}")
    return wired


def _to_file(raw: bytes, folder: Path, name: str) -> Handed:
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, folder / f"{name}.eml")
    except OSError as error:
        Path(temporary).unlink(missing_ok=True)
        raise TemporaryFailure(_said(error)) from None
    return Handed("file", f"{name}.eml")


def _connect(smtp_url: str, own_name: str) -> smtplib.SMTP:
    """:param own_name: what to greet with; left to smtplib, it would ask the name service what this machine is called"""
    url = urlsplit(smtp_url)
    host = url.hostname or "localhost"
    context = ssl.create_default_context()
    if url.scheme == "smtps":
        smtp: smtplib.SMTP = smtplib.SMTP_SSL(host, url.port or 465, own_name, timeout=TIMEOUT, context=context)
    else:
        smtp = smtplib.SMTP(host, url.port or 25, own_name, timeout=TIMEOUT)
    try:
        if parse_qs(url.query).get("starttls") == ["1"] and url.scheme != "smtps":
            smtp.starttls(context=context)
        if url.username:
            smtp.login(unquote(url.username), unquote(url.password or ""))
        smtp.ehlo_or_helo_if_needed()
    except BaseException:
        smtp.close()
        raise
    return smtp


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye. What goes wrong now changes nothing: the server has answered for the letter already."""
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        smtp.close()


def _transaction(smtp: smtplib.SMTP, raw: bytes, envelope_from: str, to: str, name: str) -> str:
    dsn = smtp.has_extn("dsn")
    _expect(smtp.mail(envelope_from, ["RET=HDRS", f"ENVID={_xtext(name)}"] if dsn else []))
    _expect(smtp.rcpt(to, ["NOTIFY=FAILURE,DELAY", f"ORCPT=rfc822;{_xtext(to)}"] if dsn else []))
    code, reply = smtp.docmd("DATA")
    if code != 354:
        raise smtplib.SMTPResponseException(code, reply)
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", raw.removesuffix(b"\r\n")) + b"\r\n.\r\n")
        code, reply = smtp.getreply()
    except (OSError, smtplib.SMTPException) as error:
        smtp.close()  # without goodbye: in the middle of a text it would be part of it, and the answer be waited for in vain
        raise OutcomeUnknown(_said(error)) from None
    if not 200 <= code < 600 or 300 <= code < 400:
        raise OutcomeUnknown(f"{code} {_words(reply)}")
    _expect((code, reply))
    return f"{code} {_words(reply)}"


def _expect(answer: tuple[int, bytes]) -> None:
    if not 200 <= answer[0] < 300:
        raise smtplib.SMTPResponseException(*answer)


def _said(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return f"{type(error).__name__}: {error}"


def _words(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else str(said)


def _xtext(text: str) -> str:
    """RFC 3461 § 4: a raw + in ORCPT is refused."""
    return "".join(c if "!" <= c <= "~" and c not in "+=" else "".join(f"+{byte:02X}" for byte in c.encode()) for c in text)


def trouble_with(smtp_url: str) -> str:
    """Greet the mail server and leave: no letter, no password. What is wrong, in one sentence; empty when it can be used safely."""
    url = urlsplit(smtp_url)
    place = f"{url.hostname}:{url.port or (465 if url.scheme == 'smtps' else 25)}"
    is_here = url.hostname in ("localhost", "127.0.0.1", "::1")
    try:
        smtp = _connect(url._replace(netloc=url.netloc.rpartition("@")[2]).geturl(), "localhost")
    except (OSError, smtplib.SMTPException) as error:
        return f"The mail server {place} cannot be used: {_said(error)}."
    try:
        if url.scheme == "smtps" or isinstance(smtp.sock, ssl.SSLSocket) or is_here:
            return ""
        if smtp.has_extn("starttls"):
            return f"The mail server {place} offers STARTTLS, but SMTP_URL does not ask for it: add ?starttls=1."
        return f"The mail server {place} offers no STARTTLS: letters and the password would travel in the open."
    finally:
        _leave(smtp)

"""A mail server on loopback that fails as it is told to, and counts what it has taken."""

from __future__ import annotations

import socketserver
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP

OK, GREYLIST, FULL, CLOSING, LOCAL, REFUSED, DROP, STALL = "ok", "450", "452", "421", "451", "550", "drop", "stall"
SAID = {
    GREYLIST: "450 4.7.1 Greylisted, come back later",
    FULL: "452 4.2.2 Mailbox full",
    CLOSING: "421 4.3.2 Closing",
    LOCAL: "451 4.3.0 Local error",
    REFUSED: "550 5.1.1 Nobody here",
}


@dataclass
class MailServer:
    """How it behaves, and what it has got.

    `mode` decides for each recipient: (address, how many times it was tried before) → one of the modes above. The refusals are said at
    RCPT; `drop` and `stall` take the whole letter, and never answer for it.
    """

    mode: Callable[[str, int], str] = lambda address, before: OK
    offers: tuple[str, ...] = ()  # "STARTTLS", "AUTH PLAIN LOGIN"
    stall: float = 5.0  # seconds
    got: list[tuple[str, bytes]] = field(default_factory=list)  # recipient and letter, answered for or not
    tried: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0
    port: int = 0
    _guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def letters(self) -> list[tuple[str, EmailMessage]]:
        with self._guard:
            return [(to, message_from_bytes(raw, policy=SMTP)) for to, raw in self.got]  # type: ignore[misc]

    def behaviour(self, to: str) -> str:
        with self._guard:
            before, self.tried[to] = self.tried[to], self.tried[to] + 1
        return self.mode(to, before)

    def take(self, to: str, raw: bytes, *, is_lost: bool) -> None:
        with self._guard:
            self.got.append((to, raw))
            self.lost_answers += is_lost


class _Session(socketserver.StreamRequestHandler):
    """One connection. Knows only what it is asked by the office."""

    server: _Server

    def handle(self) -> None:
        house, to, how = self.server.house, "", OK
        self._say("220 prove.example")
        while line := self.rfile.readline():
            word = line.decode("ascii", "replace").strip()
            verb = word.upper()
            if verb.startswith("EHLO"):
                lines = ["prove.example", "SIZE 10000000", *house.offers]
                for one in lines[:-1]:
                    self._say(f"250-{one}")
                self._say(f"250 {lines[-1]}")
            elif verb == "STARTTLS":
                self._say("454 4.7.0 No TLS just now")
            elif verb.startswith("AUTH"):
                self._say("535 5.7.8 Wrong name or password")
            elif verb.startswith("RCPT"):
                to = word.partition("<")[2].partition(">")[0]
                how = house.behaviour(to)
                self._say(SAID.get(how, "250 2.1.5 OK"))
                if how == CLOSING:
                    return
            elif verb == "DATA":
                self._say("354 Go on")
                raw = self._read_letter()
                if raw is None:
                    return
                if how in (DROP, STALL):
                    house.take(to, raw, is_lost=True)
                    time.sleep(house.stall if how == STALL else 0)
                    return
                house.take(to, raw, is_lost=False)
                self._say("250 2.0.0 OK: queued")
            elif verb == "QUIT":
                self._say("221 Bye")
                return
            else:
                self._say("250 OK")

    def _say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")

    def _read_letter(self) -> bytes | None:
        """The letter as it was before the dots; None when the line broke before its end."""
        lines = []
        while line := self.rfile.readline():
            if line == b".\r\n":
                return b"".join(lines)
            lines.append(line[1:] if line.startswith(b".") else line)
        return None


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    house: MailServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is what we are here for."""


@contextmanager
def running(house: MailServer) -> Iterator[MailServer]:
    """`house` on a free port of loopback."""
    with _Server(("127.0.0.1", 0), _Session) as server:
        server.house, house.port = house, server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield house
        finally:
            server.shutdown()
            thread.join()

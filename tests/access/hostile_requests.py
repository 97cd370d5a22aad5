"""Makes hostile requests, the same ones for the same seed: wrong ids, wrong types, wrong bodies, wrong headers, at every address."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from sqlalchemy import select
from werkzeug.test import Client, EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from meetingapp.core.database import db
from meetingapp.portal.models import Page as Published
from tests.access.roles import LINKS, ROLES, World
from tests.access.walk import canaries_in, path_of, words_of
from tests.forms import Page
from tests.hostile import HOSTILE

UNASKED = {"HEAD", "OPTIONS"}
METHODS = ["GET"] * 8 + ["POST"] * 8 + ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND", "X-ODD"]
IDS = [
    "0",
    "-1",
    "2147483647",
    "2147483648",
    str(2**63),
    "9" * 40,
    "٣",
    "1e5",
    "0x1",
    "1 OR 1=1",
    "%00",
    "..%2f..%2f",
    "%ff%fe",
    "a" * 3000,
]
VALUES = [
    *HOSTILE,
    "\x00",
    "\ud7ff\uffff",
    "2147483648",
    "-2147483649",
    "31.02.2026",
    "99.99",
    "0000-00-00",
    "true",
    "None",
    "[]",
    "{}",
    "٣٤",
    "//[",
    "http://[::1",
]
MEDIA = [
    "text/plain",
    "application/json",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "application/x-www-form-urlencoded",
    "x",
    "",
]
BODIES = [b"", b"\x00", b"{", b"--x\r\nContent-Disposition: form-data\r\n\r\n", b"a=1&a=2&%ff=%ff&=", b"\xff\xfe" * 100, b"[" * 5000]
HEADERS = {
    "Accept-Language": ["", "*", "nb;q=x", "x" * 5000, "../../etc", "nn,en;q=0.1,\u00e5"],
    "Accept-Encoding": ["", "br;q=-1", "gzip;q=,", "*" * 2000],
    "If-None-Match": ["", "*", '"', 'W/"x", "y', '"' + "e" * 4000 + '"'],
    "If-Modified-Since": ["", "yesterday", "Thu, 99 Foo 9999 99:99:99 GMT"],
    "Range": ["", "bytes=9-1", "bytes=-", "bytes=0-99999999999999999999", "items=1"],
    "Referer": ["", "javascript:alert(1)", "http://[", "//x", "http://localhost:99999/"],
    "Authorization": ["Basic ====", "Bearer x", "x"],
    "X-Forwarded-For": ["1.2.3.4, ::1, x", "\u00e5"],
    "Idempotency-Key": ["", "x" * 5000, "\u00e5"],
    "Content-Length": ["-1", "x", "99999999999"],
    "Transfer-Encoding": ["chunked", "x"],
    "Host": ["", "[", "localhost:", "localhost:999999", "[::1", "localhost/x", "evil.example"],
    "Cookie": ["meeting=x", "meeting=\u00e5; meeting_note=.x.y", "meeting_note=" + "x" * 4000, ";;;=", "meeting=" + "a" * 5000],
    "Origin": ["null", "http://evil.example", "x"],
}
AT_THE_DOOR = {"Host", "Origin"}  # most of what comes with a foreign one gets no further
QUERIES = [
    "etter",
    "q",
    "tilstand",
    "type",
    "utvalg",
    "vis",
    "item",
    "sak",
    "punkt",
    "eier",
    "virksomhet",
    "gjelder",
    "videre",
    "sprak",
]
PUBLIC = [
    "/",
    "/moter",
    "/saker",
    "/sok",
    "/feed/regionradet.atom",
    "/kalender/regionradet.ics",
    "/robots.txt",
    "/oparl/v1.1",
    "/data",
    "/static/build/",
]


@dataclass
class Hostile:
    """One request, and what came of it."""

    who: str
    method: str
    path: str
    sent: dict[str, Any] = field(default_factory=dict)
    status: int = 0
    closed: frozenset[str] = frozenset()
    has_trace: bool = False
    fell: str = ""  # what escaped the application, if anything did

    def __str__(self) -> str:
        return f"{self.who} {self.method} {self.path[:120]} {str(self.sent)[:300]}: {self.status} {self.fell}"


class Attacker:
    """Sends requests to `world` as some roles, and remembers the forms that it has seen."""

    def __init__(self, world: World, seed: int) -> None:
        self._world, self._rng = world, random.Random(seed)
        self._rules = sorted(world.app.url_map.iter_rules(), key=lambda rule: rule.rule)
        self._by_link = [rule for rule in self._rules if "secret" in rule.arguments]
        self._published = sorted(quote(path, safe="/?=") for path in db.session.scalars(select(Published.path).distinct()))
        self._browsers: dict[str, Client] = {}
        self._forms: dict[tuple[str, str], list[tuple[str, list[str]]]] = {}

    def requests(self, who: tuple[str, ...], count: int) -> Iterator[Hostile]:
        """Send `count` requests as those in `who`, in turn: roles, kinds of personal links, or "portal" for a reader of public pages."""
        for number in range(count):
            role = who[number % len(who)]
            path, kind, methods = self._path(role)
            made = Hostile(role, self._rng.choice(METHODS if self._rng.random() < 0.3 else methods), path)
            if self._rng.random() < 0.3:
                asked = [f"{self._rng.choice(QUERIES)}={quote(self._value()[:2000])}" for _ in range(self._rng.randint(1, 3))]
                path += ("&" if "?" in path else "?") + "&".join(asked)
            made.path, made.sent = path, self._body(role, path, made.method, kind)
            yield self._send(made)

    def _path(self, role: str) -> tuple[str, bool, list[str]]:
        """An address, whether all of it leads somewhere, and its methods. Those with a link and readers of the portal keep to theirs."""
        if role == "portal" and self._rng.random() < 0.6:
            return self._rng.choice(self._published), False, ["GET"]
        if role == "portal" or self._rng.random() < 0.1:
            more = ["/", "/x/", "/" + quote(self._value()[:500]), "/x" + "/../" * 30, "/x//", "/%2e%2e"]
            return self._rng.choice(PUBLIC).rstrip("/") + self._rng.choice(more), False, ["GET"]
        rule = self._rng.choice(self._by_link if role in LINKS else self._rules)
        things = [values for values in self._world.things.values() if rule.arguments - {"secret", "filename"} <= set(values)]
        values = dict(self._rng.choice(things)) if things else dict.fromkeys(rule.arguments, 1)
        secret = self._world.links[role] if role in LINKS else self._rng.choice([*self._world.links.values(), "x"])
        values |= {"secret": secret, "filename": self._rng.choice(IDS)}
        is_wrong = self._rng.random() < 0.35
        if is_wrong and rule.arguments:
            values[self._rng.choice(sorted(rule.arguments))] = self._rng.choice(IDS)
        return path_of(rule.rule, values), not is_wrong, sorted(rule.methods - UNASKED) or ["GET"]

    def _value(self) -> str:
        return self._rng.choice(VALUES)

    def _body(self, role: str, path: str, method: str, is_right: bool) -> dict[str, Any]:
        sent: dict[str, Any] = {}
        if self._rng.random() < 0.4:
            shut_out = set() if self._rng.random() < 0.2 else AT_THE_DOOR
            names = self._rng.sample(sorted(set(HEADERS) - shut_out), self._rng.randint(1, 3))
            sent["headers"] = [(name, self._rng.choice(HEADERS[name]).encode("utf-8").decode("latin-1")) for name in names]
        if method not in ("POST", "PUT", "PATCH"):
            return sent
        if self._rng.random() < 0.2:
            return sent | {"data": self._rng.choice(BODIES), "content_type": self._rng.choice(MEDIA)}
        data: dict[str, Any] = {}
        for action, names in self._forms_at(role, path) if is_right else []:
            for name in names:
                if self._rng.random() < 0.8:
                    data[name] = [self._value() for _ in range(self._rng.choice([1, 1, 1, 2, 30]))]
            if action and self._rng.random() < 0.5:
                break
        data |= {self._rng.choice(["file", "x", "_key", "csrf_token", "q"]): self._value()} if self._rng.random() < 0.5 else {}
        if self._rng.random() < 0.15:
            data["file"] = (io.BytesIO(self._rng.choice(BODIES)), self._value().replace("\r", "").replace("\n", "")[:300] or "x")
        return sent | {"data": data, "content_type": "multipart/form-data"}

    def _forms_at(self, role: str, path: str) -> list[tuple[str, list[str]]]:
        """The forms of the page, and the names of their fields; looked at once."""
        address = path.partition("?")[0]
        if (role, address) not in self._forms:
            answer = self._browser(role).get(address)
            page = Page(answer.get_data(as_text=True)) if "html" in str(answer.content_type) else Page("")
            found = [(form.action, sorted(form.names)) for form in page.forms if form.in_main]
            self._rng.shuffle(found)
            self._forms[role, address] = found
        return self._forms[role, address]

    def _browser(self, role: str) -> Client:
        if role not in self._browsers:
            self._browsers[role] = self._world.browser(role if role in ROLES else "stranger")
        return self._browsers[role]

    def _send(self, made: Hostile) -> Hostile:
        browser = self._browser(made.who)
        if made.path.startswith("/logg-inn/ut") or "Cookie" in dict(made.sent.get("headers", [])):
            browser = Client(self._world.site, browser.response_wrapper)  # the attack on the session must not end the attacker's own
        environ = EnvironBuilder(method=made.method, **made.sent).get_environ()
        path, _mark, query = made.path.partition("?")
        environ |= {"PATH_INFO": unquote_to_bytes(path).decode("latin-1"), "QUERY_STRING": query}  # as a server hands it on
        try:
            has_host = "Host" in dict(made.sent.get("headers", []))
            answer = self._as_it_is(environ, browser) if has_host else browser.open(environ)
        except Exception as error:  # what a server would answer with a 500
            made.status, made.fell = 500, repr(error)
            return made
        said = words_of(answer)
        made.status, made.closed = answer.status_code, canaries_in(said)
        made.has_trace = "Traceback (most recent call last)" in said or "site-packages" in said
        return made

    def _as_it_is(self, environ: dict[str, Any], browser: Client) -> Any:
        """The answer to `environ` with its Host as it was sent; the client would first make an address of it, and fail."""
        name = self._world.app.config["SESSION_COOKIE_NAME"]
        kept = browser.get_cookie(name)
        if kept is not None:
            environ.setdefault("HTTP_COOKIE", f"{name}={kept.value}")
        body, status, headers = run_wsgi_app(self._world.site, environ, buffered=True)
        return Response(body, status, headers)

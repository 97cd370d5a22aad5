"""Public pages (BP1, BP3–BP5) and office pages (BO1, BO2): CPU time in this process, the floor beside it."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import flask
from werkzeug.test import EnvironBuilder

from bench import floors
from bench.house import House, caller, statements
from bench.measure import Figure, against, alternate
from meetingapp.core.database import db
from meetingapp.council.models import Person

PUBLIC = "/moter/regionradet-2026-04-24"
MICRO, ROUNDS = 1e6, 60
# Measured once on a machine of this size, both on the same server: p50 of a page as a multiple of ready bytes through Flask.
PEER = "Indico 3.3.14, meeting page of 12 contributions"
PEER_TIMES_FLOOR, PEER_BYTES = 285, 150_000


def public(house: House) -> Iterator[Figure]:
    """BP1, BP3, BP4 and BP5."""
    headers: list[tuple[str, str]] = []
    page = b"".join(
        house.site(EnvironBuilder(path=PUBLIC, base_url="http://localhost").get_environ(), lambda s, h, i=None: headers.extend(h))
    )
    ready = floors.ready_bytes(page, headers)
    tag = dict(headers)["ETag"]
    cases: dict[str, Callable[[], object]] = {
        "floor": caller(ready, "/"),
        "floor 304": caller(ready, "/", status=304, If_None_Match=f'"{ready.config["TAG"]}"'),
        "page": caller(house.site, PUBLIC),
        "304": caller(house.site, PUBLIC, status=304, If_None_Match=tag),
        "br": caller(house.site, PUBLIC, Accept_Encoding="br"),
        "gzip": caller(house.site, PUBLIC, Accept_Encoding="gzip"),
    }
    taken = alternate(cases, rounds=ROUNDS, inner=20)
    yield Figure("BP1 public page, 200", *_micro(against(taken, "page", "floor", MICRO)), 1.25)
    yield Figure("BP3 not changed (304), beside the page", *_micro(against(taken, "304", "page", MICRO)), 0.97)
    yield Figure("BP3 brotli, beside the plain page", *_micro(against(taken, "br", "page", MICRO)), 1.05)
    yield Figure("BP3 gzip, beside the plain page", *_micro(against(taken, "gzip", "page", MICRO)), 1.05)
    value, floor = against(taken, "page", "floor", MICRO)
    yield Figure("BP4 peer's page as a multiple of ours", PEER_TIMES_FLOOR / (value / floor), "times", None, 200, at_least=True, note=PEER)
    yield Figure("BP4 bytes of HTML, beside the peer's", len(page), "bytes", PEER_BYTES, 0.25, is_count=True)
    with statements() as heard:
        cases["page"]()
    # The reader speaks to its driver, past the engine: one statement there, and none here.
    yield Figure("BP5 statements through the engine for a public page", len(heard), "statements", None, 0, is_count=True)
    cookies = [name for name, _ in headers if name.lower() == "set-cookie"]
    yield Figure("BP5 cookies on a public page", len(cookies), "cookies", None, 0, is_count=True)
    yield Figure("BP5 weight of the page and its style, gzip", _weight(house, page), "bytes", None, 40_000, is_count=True)


def _weight(house: House, page: bytes) -> int:
    """What a first visit loads, compressed, without the font."""
    loaded = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js))"', page.decode())
    return len(gzip.compress(page)) + sum(len(caller(house.site, path, Accept_Encoding="gzip")()) for path in loaded)


def _micro(pair: tuple[float, float]) -> tuple[float, str, float]:
    return pair[0], "µs CPU", pair[1]


def office(house: House, folder: Path) -> Iterator[Figure]:
    """BO1 and BO2."""
    floor, cookie = floors.office_page(folder)
    path = f"/kontor/moter/{house.meeting_id}/saksliste"
    agenda = caller(house.site, path, cookie=house.cookie)
    taken = alternate({"floor": caller(floor, "/", cookie=cookie), "agenda": agenda}, rounds=ROUNDS, inner=2)
    yield Figure("BO1 agenda of 12 items with 24 attachments", *_micro(against(taken, "agenda", "floor", MICRO)), 1.3)
    with statements() as heard:
        agenda()
    yield Figure("BO1 statements for that page", len(heard), "statements", None, 9, is_count=True)
    yield from _signed_in_check(house)


def _signed_in_check(house: House) -> Iterator[Figure]:
    environ = EnvironBuilder(path="/min-side", headers=[("Cookie", house.cookie)], base_url="http://localhost").get_environ()
    with house.office.request_context(environ):
        request, sessions = flask.request, house.office.session_interface

        def check() -> None:
            visit = sessions.open_session(house.office, request)
            assert visit is not None
            assert db.session.get(Person, int(visit["_user_id"])) is not None
            db.session.rollback()

        with statements() as heard:
            check()
        taken = alternate({"check": check}, rounds=ROUNDS, inner=5)
    value, _same = against(taken, "check", "check", 1e3)
    yield Figure("BO2 who is signed in: session and person", value, "ms CPU", None, 0.3)
    yield Figure("BO2 reads for that", len(heard), "statements", None, 2, is_count=True)

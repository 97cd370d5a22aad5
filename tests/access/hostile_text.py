"""Types payloads into every text field of every form that the people of a world meet, and reads every page that may show them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any
from urllib.parse import quote

from sqlalchemy import select
from werkzeug.test import Client

from meetingapp.accounts.actor import Actor
from meetingapp.cases.models import Case
from meetingapp.core.database import db
from meetingapp.council.models import Person
from meetingapp.meetings.models import Meeting
from meetingapp.portal.models import Page as Published
from meetingapp.publishing import commands as publishing
from meetingapp.publishing.models import SnapshotKind
from tests.access.roles import LINKS, World
from tests.access.table import rows
from tests.access.walk import path_of
from tests.forms import FormSeen, Page, form_data
from tests.payloads import PAYLOADS

TYPES_IN = ("secretary", "member", "chair", "guest", "owner", "partner", "stranger")  # who types; links are a stranger's
NO_TEXT = {"checkbox", "radio", "hidden", "file", "submit", "password", "image"}
NOT_TYPED_IN = ("/logg-inn/konto", "/logg-inn/oppsett")  # who signs in how is tested elsewhere, and would end the walk
BY_ITSELF = {"day": "04.12.2026", "starts": "09.00", "ends": "13.00", "email": "ny@prove.example", "since": "01.01.2026"}


@dataclass
class Typed:
    """What was typed where, and what came back."""

    answers: list[tuple[str, int, str]] = field(default_factory=list)  # where, status, page
    fields: set[tuple[str, str]] = field(default_factory=set)  # address in the table, name of the field
    used: Counter[str] = field(default_factory=Counter)  # payload → how often
    stored: set[str] = field(default_factory=set)  # addresses whose form took payloads


def text_fields(html: str, form: FormSeen) -> list[str]:
    """The fields of `form` that a person types in."""
    kinds = dict.fromkeys(re.findall(r'<textarea\b[^>]* name="([^"]+)"', html), "textarea")
    for tag in re.findall(r"<input\b[^>]*>", html):
        name, kind = re.search(r' name="([^"]+)"', tag), re.search(r' type="([^"]+)"', tag)
        if name and (kind[1] if kind else "text") not in NO_TEXT:
            kinds[name[1]] = "text"
    return sorted(form.names & set(kinds))


def places(world: World) -> Iterator[tuple[str, str, str]]:
    """Who, the address in the table, and the path: every page with the first of those who get in, and with each link."""
    for row in rows():
        if "GET" not in row.methods or row.address.startswith(NOT_TYPED_IN):
            continue
        if "<secret>" in row.address:
            for kind in sorted(row.gets_in & set(LINKS)):
                values = {"secret": world.links[kind], **world.things["a partly exempt case"]}
                yield kind, row.address, path_of(row.address, values)
        elif who := next((role for role in TYPES_IN if role in row.gets_in), None):
            yield who, row.address, path_of(row.address, world.things.get(row.when, {}))


class Typist:
    """Types the payloads in turn, so that each comes into many fields, and each field sees several."""

    def __init__(self, world: World) -> None:
        self._world, self._payloads, self._browsers, self.typed = world, cycle(PAYLOADS), {}, Typed()  # type: ignore[var-annotated]

    def browser(self, who: str) -> Client:
        if who not in self._browsers:
            self._browsers[who] = self._world.browser("stranger" if who in LINKS else who)
        return self._browsers[who]

    def type_everywhere(self, rounds: int) -> Typed:
        """Send every form with a text field `rounds` times."""
        met = list(places(self._world))
        for _ in range(rounds):
            seen: set[tuple[str, tuple[str, ...]]] = set()
            looked_at, met = met, []  # pages without text fields are looked at once
            for who, address, path in looked_at:
                answer = self.browser(who).get(path)
                if answer.status_code != 200 or "html" not in str(answer.content_type):
                    continue
                html = answer.get_data(as_text=True)
                forms = [form for form in Page(html).forms if form.in_main and form.method == "post"]
                for place, form in enumerate(forms):
                    names = text_fields(html, form)
                    key = (re.sub(r"\d+", "", form.action) or address, tuple(names))
                    if names and key not in seen:
                        seen.add(key)
                        met += [] if met[-1:] == [(who, address, path)] else [(who, address, path)]
                        self._type(who, address, path, place, names)
        return self.typed

    def _type(self, who: str, address: str, path: str, place: int, names: list[str]) -> None:
        """All fields at once; then once more with those as they were that were refused, so that the rest is stored."""
        given: dict[str, Any] = {name: next(self._payloads) for name in names}
        self.typed.used.update(given.values())
        self.typed.fields |= {(address, name) for name in names}
        for _ in range(2):
            html = self.browser(who).get(path).get_data(as_text=True)
            forms = [form for form in Page(html).forms if form.in_main and form.method == "post"]
            if place >= len(forms) or not set(given) <= forms[place].names:
                return
            action, data = form_data(html, form=place, button=None, fields=given)
            for name, value in BY_ITSELF.items():
                if name in forms[place].names and not data.get(name):
                    data[name] = value
            answer = self.browser(who).post(action or path, data=data, content_type="multipart/form-data")
            said = answer.get_data(as_text=True)
            self.typed.answers.append((f"{who} POST {address}", answer.status_code, said))
            if answer.status_code != 422:
                break
            refused = set(re.findall(r'id="([^"]+)-error"', said))
            given = {name: value for name, value in given.items() if name not in refused}
            if not given:
                return
        if answer.status_code == 303:
            self.typed.stored.add(action or address)


def publish_all(world: World) -> None:
    """Make public pages and letters of what has been typed, past the gate, which looks for other things."""
    by = Actor(db.session.get_one(Person, world.ids["secretary"]))
    for name in ("a called meeting", "locked minutes"):
        publishing.publish_meeting(db.session.get_one(Meeting, world.things[name]["meeting_id"]), by=by)
    case = db.session.get_one(Case, world.things["an open case"]["case_id"])
    publishing.ask(SnapshotKind.CASE, case.id, council=case.council, by=by)
    world.work()


def pages(world: World, typist: Typist) -> Iterator[tuple[str, str]]:
    """(where, html) of every page of the office and of personal links, searches and errors, and every public page and feed."""
    for who, _address, path in places(world):
        answer = typist.browser(who).get(path, follow_redirects=True)
        if "html" in str(answer.content_type):
            yield f"{who} GET {path}", answer.get_data(as_text=True)
    secretary, stranger = typist.browser("secretary"), typist.browser("stranger")
    searches = cycle(
        [(secretary, "/kontor/sok?q={}"), (secretary, "/kontor/{}"), (stranger, "/logg-inn?videre={}"), (stranger, "/{}?sprak={}")]
    )
    for payload, (browser, form) in zip(PAYLOADS, searches, strict=False):
        path = form.format(quote(payload), quote(payload))
        answer = browser.get(path)
        assert answer.status_code < 500, path
        if "html" in str(answer.content_type):
            yield f"GET {path}", answer.get_data(as_text=True)
    for path in db.session.scalars(select(Published.path).distinct().order_by(Published.path)):
        answer = stranger.get(quote(path, safe="/?="))
        if "html" in str(answer.content_type) or "atom" in path:
            yield f"GET {path}", answer.get_data(as_text=True)

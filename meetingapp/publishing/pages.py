"""Pages as ready bytes, derived from snapshots and nothing else: the same snapshots under the same shell give the same bytes."""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import brotli
from flask import current_app, render_template
from flask_babel import gettext as _
from sqlalchemy import Connection, Table, delete, insert, select

from meetingapp.core import clock
from meetingapp.core.database import db, short_write
from meetingapp.core.files import store
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import CHOICE, LANGUAGES, NAMES, speaking, spoken
from meetingapp.core.mail import calendar
from meetingapp.council.models import Council
from meetingapp.portal.models import Page
from meetingapp.publishing import queries
from meetingapp.publishing.models import Snapshot, SnapshotKind
from meetingapp.publishing.told import Told, tell

HTML = "text/html; charset=utf-8"
TABLE: Table = Page.__table__  # type: ignore[assignment]
LINK = re.compile(r'(?<!hreflang="..") href="(/[^"#?]*)(#[^"]*|)"')  # those with hreflang lead to other languages
FEED_BACK = timedelta(days=365)  # how far back a calendar reaches (R66)


@dataclass(frozen=True)
class Made:
    """One page before it is stored."""

    path: str
    body: bytes
    media_type: str = HTML
    status: int = 200
    file_name: str = ""
    modified: datetime | None = None  # none: when the newest snapshot was made


def in_language(path: str, language: str) -> str:
    """Where a page is found in another language than the council's."""
    return f"{path}?{CHOICE}={language}"


def rebuild(council: Council) -> int:
    """Bring all pages of `council` up to date, in one transaction of the public database; only what has changed is squeezed and written.

    :return: how many pages there are
    """
    host, made = council.public_host, {page.path: page for page in all_pages(council)}
    with db.engines["public"].connect() as connection:
        old = _stored(connection, host)
    rows = {path: _row(host, page) for path, page in made.items() if old.get(path) != _etag(page)}
    with short_write("public") as connection:
        old = _stored(connection, host)  # once more: somebody else may have written meanwhile
        changed = [rows.get(path) or _row(host, page) for path, page in made.items() if old.get(path) != _etag(page)]
        if stale := [*(old.keys() - made.keys()), *(row["path"] for row in changed)]:
            connection.execute(delete(TABLE).where(TABLE.c.host == host, TABLE.c.path.in_(stale)))
        if changed:
            connection.execute(insert(TABLE), changed)
    return len(made)


def _stored(connection: Connection, host: str) -> dict[str, str]:
    """The ETag of each page by its path."""
    return {row.path: row.etag for row in connection.execute(select(TABLE.c.path, TABLE.c.etag).where(TABLE.c.host == host))}


def _etag(page: Made) -> str:
    return hashlib.sha256(f"{page.status}|{page.media_type}|{page.file_name}|".encode() + page.body).hexdigest()[:32]


def _row(host: str, page: Made) -> dict[str, Any]:
    squeezes = page.media_type != "application/pdf"
    return {
        "host": host,
        "path": page.path,
        "status": page.status,
        "media_type": page.media_type,
        "file_name": page.file_name,
        "etag": _etag(page),
        "modified_at": page.modified,
        "plain": page.body,
        "br": brotli.compress(page.body, quality=9) if squeezes else None,
        "gz": gzip.compress(page.body, 9, mtime=0) if squeezes else None,
    }


def all_pages(council: Council) -> list[Made]:
    """Every page of `council` as it should be now: in its own language, then the same pages in the others."""
    snapshots, own = queries.newest(council.id), council.default_language
    with speaking(own):
        told = tell(snapshots, own, own=own)
        pages = _readable(council, told)
        in_all = {page.path for page in pages}
        pages += [_pdf(snapshot) for snapshot in snapshots if snapshot.publication.kind is SnapshotKind.MEETING and snapshot.pdf]
        pages += [file for snapshot in snapshots for file in _files(snapshot)]
        for body in told:
            if body.kind is SnapshotKind.BODY:
                slug = body.data["slug"]
                mine = [m for m in _meetings(told) if slug in m.data["bodies"]]
                pages += _feeds(council, body, mine, [one for one in _planned(told) if slug in one[0]["bodies"]])
    pages.append(Made("/robots.txt", b"User-agent: *\nAllow: /\n", "text/plain; charset=utf-8"))
    for language in LANGUAGES:
        if language != own:
            with speaking(language):
                pages += [_within(page, language, in_all) for page in _readable(council, tell(snapshots, language, own=own))]
    pages += _tombstones(council, {page.path for page in pages})
    latest = max((snapshot.made_at for snapshot in snapshots), default=clock.now())
    return [page if page.modified else replace(page, modified=latest) for page in pages]


def _readable(council: Council, told: Sequence[Told]) -> list[Made]:
    """The pages for people, in the language that is spoken now."""
    taken = {one.path for one in told}
    former = [replace(one, path=path) for one in told for path in one.data.get("also", []) if path not in taken]
    return [*(_snapshot_page(council, one) for one in [*told, *former]), *_indexes(council, told)]


def _meetings(told: Sequence[Told]) -> list[Told]:
    return sorted((one for one in told if one.kind is SnapshotKind.MEETING), key=lambda one: (one.data["starts"], one.path))


def _within(page: Made, language: str, paths: set[str]) -> Made:
    """The page at its address in `language`, with the links between the pages leading on in the same language."""

    def led_on(found: re.Match[str]) -> str:
        path, part = found.groups()
        return f' href="{in_language(path, language)}{part}"' if path in paths else found[0]

    return replace(page, path=in_language(page.path, language), body=LINK.sub(led_on, page.body.decode()).encode())


PLACES = {
    SnapshotKind.MEETING: "meetings",
    SnapshotKind.CASE: "decisions",
    SnapshotKind.ACTIONS: "followups",
    SnapshotKind.BODY: "about",
    SnapshotKind.AGREEMENT: "agreements",
    SnapshotKind.PLAN: "meetings",
}


def _page(council: Council, template: str, *, place: str, path: str, **shown: Any) -> Made:
    own = council.default_language
    editions = [(key, name, path if key == own else in_language(path, key)) for key, name in NAMES.items()]
    html = render_template(
        template, council=_Shown(council), contact_email=council.email, place=place, path=path, editions=editions, own_language=own, **shown
    )
    return Made(path, html.encode(), modified=shown.get("modified"))


class _Shown:
    """What a public page may know of the council."""

    def __init__(self, council: Council) -> None:
        self.name, self.short_name, self.email = council.name, council.short_name, council.email


def _snapshot_page(council: Council, snapshot: Told) -> Made:
    kind = snapshot.kind
    crumbs = {
        SnapshotKind.MEETING: [(_("Meetings"), "/moter"), (snapshot.title, "")],
        SnapshotKind.CASE: [(_("Decisions"), "/vedtak"), (snapshot.title, "")],
        SnapshotKind.BODY: [(_("About the council"), "/om"), (snapshot.title, "")],
        SnapshotKind.AGREEMENT: [(_("Agreements"), "/avtaler"), (snapshot.title, "")],
        SnapshotKind.PLAN: [(_("Meetings"), "/moter"), (snapshot.title, "")],
    }.get(kind, [])
    return _page(
        council,
        "portal/snapshot.html",
        place=PLACES[kind],
        path=snapshot.path,
        snapshot=snapshot,
        crumbs=crumbs,
        published=dates.full_date(clock.local(snapshot.made_at), language=spoken()),
        modified=snapshot.made_at,
    )


def _pdf(snapshot: Snapshot) -> Made:
    name = f"motebok-{snapshot.path.rpartition('/')[2]}.pdf"
    return Made(f"{snapshot.path}/motebok.pdf", snapshot.pdf or b"", "application/pdf", file_name=name, modified=snapshot.made_at)


def _files(snapshot: Snapshot) -> list[Made]:
    """The attachments of a case."""
    return [
        Made(file["path"], store.read_kept(file["sha256"]), "application/pdf", file_name=file["name"], modified=snapshot.made_at)
        for file in snapshot.data.get("files", [])
    ]


def _shown_meeting(snapshot: Told) -> dict[str, Any]:
    starts, ends = datetime.fromisoformat(snapshot.data["starts"]), datetime.fromisoformat(snapshot.data["ends"])
    return {
        **snapshot.data,
        "href": snapshot.path,
        "day": dates.long_date(clock.local(starts), language=spoken()),
        "span": dates.time_span(starts, ends, language=spoken()),
        "number": clock.local(starts).day,
        "month": dates.day_month(clock.local(starts), language=spoken()).partition(" ")[2],
        "year": clock.local(starts).year,
    }


def _indexes(council: Council, told: Sequence[Told]) -> list[Made]:
    """The pages that list others. What is coming is told by the meeting's state, so that the same snapshots give the same page."""
    by_kind = {kind: [one for one in told if one.kind is kind] for kind in SnapshotKind}
    shown = [_shown_meeting(snapshot) for snapshot in _meetings(told)]
    coming = [m for m in shown if m["state"] not in ("ended", "cancelled")]
    held = [m for m in reversed(shown) if m["state"] == "ended"]
    decisions = [
        {**decision, "day": m["day"], "meeting": m["heading"], "meeting_href": m["href"]} for m in held for decision in m["decisions"]
    ]
    actions = by_kind[SnapshotKind.ACTIONS][0].data["actions"] if by_kind[SnapshotKind.ACTIONS] else []
    bodies = [{"name": s.data["name"], "href": s.path, "calendar": f"/kalender/{s.data['slug']}.ics"} for s in by_kind[SnapshotKind.BODY]]
    agreements = [{"title": s.title, "href": s.path, **s.data} for s in by_kind[SnapshotKind.AGREEMENT]]
    cases = [
        {"title": s.title, "href": s.path, "exempt": s.data["exempt"], "language": s.data.get("language", "")}
        for s in sorted(by_kind[SnapshotKind.CASE], key=lambda one: _by_number(one.path))
    ]
    common = {"coming": coming, "held": held, "decisions": decisions, "bodies": bodies, "cases": cases}
    open_actions = [a for a in actions if a["state"] in ("open", "waiting")]
    return [
        _page(council, "portal/home.html", place="home", path="/", open_actions=open_actions, all_actions=actions, **common),
        _page(council, "portal/meetings.html", place="meetings", path="/moter", has_plan=bool(by_kind[SnapshotKind.PLAN]), **common),
        _page(council, "portal/decisions.html", place="decisions", path="/vedtak", **common),
        _page(council, "portal/agreements.html", place="agreements", path="/avtaler", agreements=agreements),
        _page(council, "portal/about.html", place="about", path="/om", criterion=council.publication_criterion, bodies=bodies),
        _page(council, "portal/privacy.html", place="about", path="/personvern"),
        _page(council, "portal/accessibility.html", place="about", path="/tilgjengelighet"),
        _page(council, "portal/data.html", place="about", path="/data", bodies=bodies),
        *([] if actions else [_page(council, "portal/no_actions.html", place="followups", path="/oppfolging")]),
    ]


def _by_number(path: str) -> tuple[str, list[int]]:
    """What addresses of cases are sorted by: the series, then the numbers as numbers."""
    parts = path.split("/")
    return parts[2], [int(part) for part in parts[3:]]


def _planned(told: Sequence[Told]) -> list[tuple[dict[str, Any], datetime]]:
    """The meetings that stand in the plan and have no page of their own yet, and when the plan was made."""
    known = {one.path for one in told if one.kind is SnapshotKind.MEETING}
    plans = [one for one in told if one.kind is SnapshotKind.PLAN]
    return [(one, plan.made_at) for plan in plans for one in plan.data["meetings"] if one["path"] not in known]


def _feeds(council: Council, body: Told, meetings: Sequence[Told], planned: Sequence[tuple[dict[str, Any], datetime]]) -> list[Made]:
    """The calendar and the news feed of a body. UIDs are made from the public address, never those of the invitations (R4, R58).

    :param planned: meetings that are in the plan only, and when the plan was made; each keeps its UID when it gets a page
    """
    base = current_app.config["BASE_URL"]
    made = [(s.path, s.data, s.made_at) for s in meetings] + [(one["path"], one, at) for one, at in planned]
    changed = max((at for _path, _data, at in made), default=body.made_at)
    newest = max((datetime.fromisoformat(data["starts"]) for _path, data, _at in made), default=changed)
    pages = {s.path for s in meetings}
    events = [
        _event(council, path, data, at, f"{base}{path if path in pages else '/moteplan'}")
        for path, data, at in sorted(made, key=lambda one: (one[1]["starts"], one[0]))
        if datetime.fromisoformat(data["starts"]) > newest - FEED_BACK
    ]
    slug = body.data["slug"]
    atom = render_template("portal/feed.xml", body=body.data, base=base, meetings=list(reversed(meetings)), changed=changed, slug=slug)
    return [
        Made(
            f"/kalender/{slug}.ics",
            calendar.feed(f"{body.data['name']}, {council.short_name}", events),
            "text/calendar; charset=utf-8",
            modified=changed,
        ),
        Made(f"/feed/{slug}.atom", atom.encode(), "application/atom+xml; charset=utf-8", modified=changed),
    ]


def _event(council: Council, path: str, data: dict[str, Any], changed: datetime, url: str) -> calendar.FeedEvent:
    return calendar.FeedEvent(
        uid=f"{hashlib.sha256(f'feed|{path}'.encode()).hexdigest()[:32]}@{current_app.config['MAIL_DOMAIN']}",
        sequence=data["sequence"],
        changed=changed,
        starts=datetime.fromisoformat(data["starts"]),
        ends=datetime.fromisoformat(data["ends"]),
        summary=f"{data['name']} ({council.short_name})",
        location=data["place"],
        description=url,
        url=url,
        is_cancelled=data["state"] == "cancelled",
    )


def _tombstones(council: Council, live: set[str]) -> list[Made]:
    """Recalled addresses answer 410 with the reason, in every language, as long as nothing else stands there."""
    made: list[Made] = []
    for language in LANGUAGES:
        with speaking(language):
            for snapshot in queries.recalled(council.id):
                day = dates.full_date(clock.local(snapshot.publication.recalled_at or snapshot.made_at), language=language)
                more = [*snapshot.data.get("also", []), *(file["path"] for file in snapshot.data.get("files", []))]
                for path in [snapshot.path, *([f"{snapshot.path}/motebok.pdf"] if snapshot.pdf else []), *more]:
                    address = path if language == council.default_language else in_language(path, language)
                    if address not in live and address not in {page.path for page in made}:
                        reason = snapshot.publication.recall_reason
                        page = _page(council, "portal/recalled.html", place="", path=path, reason=reason, when=day)
                        made.append(Made(address, page.body, status=410, modified=snapshot.made_at))
    return made

"""Who is signed in: Flask-Login over our own session rows, how far a sign-in has come, and what the frame of every page needs to know.

What a session holds: `_user_id`; `factor`, whether the second factor was shown in it; `proved`, when the person last proved who they are;
`seated` and `staff`, the seats it was given with. Before the second factor it holds only `half`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, abort, current_app, g, has_request_context, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_login import LoginManager, current_user, login_user
from sqlalchemy import delete
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import ServiceUnavailable

from meetingapp.accounts import queries
from meetingapp.accounts.actor import Actor, Stranger
from meetingapp.core import audit, clock, policy
from meetingapp.core.database import short_write
from meetingapp.core.database.transactions import passage
from meetingapp.core.web import sessions
from meetingapp.core.web.places import Place
from meetingapp.core.web.proof import note_proof
from meetingapp.council.models import Person

login = LoginManager()
login.anonymous_user = Stranger
login.session_protection = None  # the session row is bound by its own secret

HALF_LASTS = timedelta(minutes=10)
# What staff can reach before they have a second factor: how to get one, and how to leave. Open pages ask nobody anyway.
FOR_SETTING_UP = {"accounts.set_up", "accounts.new_password", "accounts.new_factor", "accounts.recovery_codes", "accounts.confirm"}


@dataclass(frozen=True)
class Entry:
    """One entry of the main menu."""

    key: str
    label: str
    href: str


@dataclass(frozen=True)
class Half:
    """Somebody who has shown one thing of two."""

    person_id: int
    by: str  # "password" or "link"
    leads_to: Place


@login.user_loader  # type: ignore[untyped-decorator]
def _load(user_id: str) -> Actor | None:
    """The person of this session, if the session still holds. One query.

    It has ended when the person is inactive or shut out, when a second factor has come that it never saw, and when the seats it
    was given with are lost.
    """
    known = queries.who_is(int(user_id), clock.today()) if user_id.isdecimal() else None
    if known is None:
        return None
    if known.account is not None and known.account.factor_uid and not session.get("factor"):
        return None
    actor = Actor(known.person, known.seats)
    if _has_lost_seats(actor):
        _end_for_lost_seats(known.person)
        return None
    return actor


def marks_of(actor: Actor) -> dict[str, Any]:
    """The seats a session is given with. One query."""
    return {"seated": bool(actor.seats), "staff": sorted(actor.staff_council_ids())}


def _has_lost_seats(actor: Actor) -> bool:
    """Whether the last seat has ended since the sign-in, or a seat in a secretariat."""
    return bool((session.get("seated") and not actor.seats) or set(session.get("staff", ())) - actor.staff_council_ids())


def _end_for_lost_seats(person: Person) -> None:
    """Remove the row as well, so that a seat given later does not bring an old session back to life."""
    if passage().is_writing:  # lost at this very moment: the next request removes it
        return
    try:
        with short_write() as connection:
            connection.execute(delete(sessions.TABLE).where(sessions.TABLE.c.id_hash == sessions.this_session()))
            audit.append(connection, "session.end", person, by=None, why="seat ended", ended=1)
    except (OperationalError, ServiceUnavailable):  # a full disk stops writing; the session is refused all the same
        current_app.logger.warning("an ended session was not removed", exc_info=True)


def enter(person: Person, *, by: str, factor: bool, proves: bool = True) -> None:
    """Sign `person` in under a new session.

    :param by: "link", "password" or "recovery code": what was shown first; goes to the audit log
    :param factor: whether a second factor was shown too
    :param proves: whether this is enough to change address, password or factor
    """
    flasks, actor = cast(sessions.Session, session), Actor(person)
    flasks.start_anew()
    flasks.update(marks_of(actor), factor=factor)
    if proves:
        note_proof()
    login_user(actor)
    audit.record("sign_in", person, by=actor, how=by, factor=factor)


def enter_half(person: Person, *, by: str, leads_to: Place) -> None:
    """Note that `person` has shown one thing of two, for ten minutes."""
    flasks = cast(sessions.Session, session)
    flasks.start_anew()
    flasks["half"] = {
        "person": person.id,
        "by": by,
        "at": clock.true_now().isoformat(),
        "endpoint": leads_to.endpoint,
        "args": leads_to.args,
    }


def half() -> Half | None:
    """Who has shown one thing of two in this session; None for nobody, or when it was too long ago."""
    noted = session.get("half")
    if not noted or clock.true_now() - datetime.fromisoformat(noted["at"]) > HALF_LASTS:
        return None
    return Half(noted["person"], noted["by"], Place(noted["endpoint"], noted["args"]))


def lacks_factor(actor: Actor) -> bool:
    """Whether `actor` is staff and has shown no second factor. The demo lets staff in by the printed link alone, and says so."""
    return bool(actor.staff_council_ids()) and not session.get("factor") and not current_app.config["DEMO"]


def language() -> str:
    """The language of whoever is signed in; empty for a stranger."""
    return current_user.person.speaks if current_user.is_authenticated else ""


def _menu() -> list[Entry]:
    """The seven entries of the office, in an order that never changes."""
    return [
        Entry("mine", _("My page"), "/min-side"),
        Entry("meetings", _("Meetings"), "/kontor/moter"),
        Entry("cases", _("Cases"), "/kontor/saker"),
        Entry("followups", _("Follow-up"), "/kontor/oppfolging"),
        Entry("agreements", _("Agreements"), "/kontor/avtaler"),
        Entry("people", _("People and bodies"), "/kontor/folk"),
        Entry("more", _("More"), "/kontor/mer"),
    ]


def init(app: Flask) -> None:
    """Let the office know who is signed in, ask staff for their second factor before all else, and tell every template."""
    login.init_app(app, add_context_processor=False)  # theirs asks the database on error pages too, also when that is what failed

    @app.before_request
    def second_factor_first() -> Any:
        view = app.view_functions.get(request.endpoint or "")
        if view is None or hasattr(view, "open_because") or request.endpoint in FOR_SETTING_UP:
            return None
        if not current_user.is_authenticated or not lacks_factor(current_user):
            return None
        policy.mark_asked()
        if request.method not in ("GET", "HEAD"):
            abort(403)
        return redirect(url_for("accounts.set_up"), 303)

    @app.context_processor
    def frame() -> dict[str, Any]:
        if not has_request_context() or g.get("without_database"):  # the worker renders public pages: nobody is signed in
            return {"council": None, "menu": [], "demo_notice": "", "current_user": Stranger(), "place": ""}
        inside = current_user.is_authenticated
        return {
            "current_user": current_user,
            "color_scheme": (current_user.person.scheme if inside else "") or "auto",
            "council": current_user.council if inside else None,
            "menu": _menu() if inside and current_user.council and not lacks_factor(current_user) else [],
            "demo_notice": _(
                "This is invented demo data. The demo's clock started on 23 November 2026."
                " Here the secretariat signs in by link alone; a real installation asks for password and code too."
            )
            if current_app.config["DEMO"]
            else "",
            "place": "",
        }

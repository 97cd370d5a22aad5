"""Flask-Login over our own session rows: who is signed in, and what the frame of every page needs to know of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, g, has_request_context
from flask_babel import gettext as _
from flask_login import LoginManager, current_user
from sqlalchemy.orm import joinedload

from meetingapp.accounts.actor import Actor, Stranger
from meetingapp.core.database import db
from meetingapp.council.models import Person

login = LoginManager()
login.anonymous_user = Stranger
login.session_protection = None  # the session row is bound by its own secret


@dataclass(frozen=True)
class Entry:
    """One entry of the main menu."""

    key: str
    label: str
    href: str


@login.user_loader  # type: ignore[untyped-decorator]
def _load(user_id: str) -> Actor | None:
    own = [joinedload(Person.organisation)]  # for the language, where they chose none
    person = db.session.get(Person, int(user_id), options=own) if user_id.isdecimal() else None
    return Actor(person) if person is not None and person.is_active else None


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
    """Let the office know who is signed in, and tell every template."""
    login.init_app(app, add_context_processor=True)

    @app.context_processor
    def frame() -> dict[str, Any]:
        if not has_request_context() or g.get("without_database"):  # the worker renders public pages: nobody is signed in
            return {"council": None, "menu": [], "demo_notice": "", "current_user": Stranger(), "place": ""}
        inside = current_user.is_authenticated
        return {
            "council": current_user.council if inside else None,
            "menu": _menu() if inside and current_user.council else [],
            "demo_notice": _("This is invented demo data. The demo's clock started on 23 November 2026.")
            if current_app.config["DEMO"]
            else "",
            "place": "",
        }

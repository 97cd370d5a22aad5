"""The application factory: every blueprint, every outbox handler and every letter writer stands in a list here."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from jinja2 import StrictUndefined

from config import Settings
from meetingapp import cli, handlers
from meetingapp.accounts import sessions as signed_in
from meetingapp.core import clock, log
from meetingapp.core.database import db, engine_options, require_safe_sqlite
from meetingapp.core.i18n import languages
from meetingapp.core.web import access, errors, headers, health, ids, mount, static_files, templating
from meetingapp.core.web.edge import Edge
from meetingapp.operations import metrics
from meetingapp.portal.app import create_portal

ROOT = Path(__file__).parent.parent
FLOORS = (
    "council",
    "accounts",
    "strategy",
    "cases",
    "personal",
    "meetings",
    "agendas",
    "invitations",
    "minutes",
    "followups",
    "publishing",
    "desk",
)
CORE_TABLES = (
    "audit.models",
    "database.numbers",
    "files.models",
    "mail.models",
    "outbox.models",
    "search.models",
    "web.keys",
    "web.sessions",
    "web.throttle",
)
csrf = CSRFProtect()


def create_office(settings: Settings) -> Flask:
    """The office: everything that needs a person signed in or a personal link.

    :raises SQLiteTooOld: where SQLite would be used and is not safe
    """
    if settings.database_url.startswith("sqlite"):
        require_safe_sqlite()
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    app = Edge(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "static"), static_url_path="/static")
    app.config.from_mapping(settings.for_flask())
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(settings.database_url)
    app.config["SQLALCHEMY_BINDS"] = {"public": {"url": settings.public_database_url, **engine_options(settings.public_database_url)}}
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    start_clock(settings)

    ids.init(app)
    db.init_app(app)
    csrf.init_app(app)
    languages.init(app, of_reader=signed_in.language)
    headers.set_headers(app)
    signed_in.init(app)
    errors.handle_errors(app, sign_in="accounts.sign_in")
    templating.init(app)
    static_files.init(app)
    access.note_what_was_asked(app)
    app.register_blueprint(health.bp)
    for module in CORE_TABLES:
        import_module(f"meetingapp.core.{module}")
    for floor in FLOORS:
        _furnish(app, floor)
    app.extensions["outbox_handlers"], app.extensions["outbox_sweeps"] = handlers.all_handlers(), handlers.all_sweeps()
    for group in cli.groups():
        app.cli.add_command(group)
    return app


def _furnish(app: Flask, floor: str) -> None:
    """Load a floor's tables, its rules and how it is found, and open its doors."""
    package = f"meetingapp.{floor}"
    here = ROOT / "meetingapp" / floor
    for module in ("models", "policy", "search"):
        if (here / f"{module}.py").exists() or (here / module).is_dir():
            import_module(f"{package}.{module}")
    if floor == "publishing":
        import_module("meetingapp.portal.models")
    for module, attribute in (("views", "bp"), ("cli", "commands")):
        if (here / f"{module}.py").exists() or (here / module).is_dir():
            found: Any = getattr(import_module(f"{package}.{module}"), attribute)
            app.cli.add_command(found) if attribute == "commands" else app.register_blueprint(found)


def create_site(settings: Settings) -> Any:
    """Office and portal side by side in one WSGI application."""
    log.configure(settings.log_format)
    office = create_office(settings)
    metrics.serve(office, settings.metrics_port)
    return static_files.serve(access.Access(mount.side_by_side(office, create_portal(settings))), ROOT / "static", https=settings.is_https)


def start_clock(settings: Settings) -> None:
    """Let the council's time run from the demo's moment, if the settings give one."""
    if settings.clock_starts_at is not None:
        clock.start_at(settings.clock_starts_at, since=settings.clock_started or clock.true_now())

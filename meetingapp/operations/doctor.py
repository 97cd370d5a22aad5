"""`flask doctor`: what is wrong with this installation, a line each, with what to do. Reads only, and sends nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pysqlite3.dbapi2
from flask import current_app
from sqlalchemy import func, make_url, select, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from meetingapp.core import clock, signs
from meetingapp.core.audit import AuditEntry, anchors
from meetingapp.core.database import db, guard, migrations
from meetingapp.core.mail import transport
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.outbox import Task, TaskState
from meetingapp.core.web import assets
from meetingapp.council.queries import any_council
from meetingapp.operations.backup import BINDS

LEAST_FREE = 1 << 30  # bytes
DAILY = timedelta(hours=26)
WORKER_SILENT = timedelta(minutes=2)
QUEUE_OLD = timedelta(minutes=15)
CLOCK_OFF = timedelta(seconds=5)
FAR = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p", "ceph", "glusterfs")  # locks over a network do not hold
MOUNTS = Path("/proc/self/mounts")
HERE = ("localhost", "127.0.0.1", "::1")
LOG = ("audit_entry", "audit_link")
CATALOGUE = Path(__file__).parents[1] / "translations" / "nb" / "LC_MESSAGES" / "messages.mo"


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and what to do."""

    what: str
    do: str

    def __str__(self) -> str:
        return f"{self.what} → {self.do}"


def look() -> list[Finding]:
    """Everything that is wrong, what keeps the house from working first. `[]` when all is well."""
    found = [*_settings(), *_folders(), *_built(), *_mail()]
    for name, bind in BINDS.items():
        found += _database(name, db.engines[bind])
    if not any(finding.what.startswith("The office database") for finding in found):
        found += [*_roles(), *_clocks(), *_work()]
    return [*found, *_habits()]


def _settings() -> Iterator[Finding]:
    config = current_app.config
    base, var = urlsplit(config["BASE_URL"]), Path(config["VAR_DIR"])
    if base.scheme != "https":
        yield Finding(f"BASE_URL is {config['BASE_URL']}: cookies would travel in the open", "set BASE_URL to the site's https address")
    kept = var / "secret-key"
    if kept.exists() and kept.read_text().strip() == config["SECRET_KEY"]:
        yield Finding(f"SECRET_KEY is the one in {kept}, beside the data", "set SECRET_KEY in the environment, and keep a copy elsewhere")
    if config["DEMO"] or config["CLOCK_STARTS_AT"] is not None:
        yield Finding("DEMO or CLOCK_STARTS_AT is on: the clock and the banner are the demo's", "take both settings away")
    if config["MAIL_DOMAIN"] in HERE or "." not in config["MAIL_DOMAIN"]:
        yield Finding(f"MAIL_DOMAIN is {config['MAIL_DOMAIN']}: receivers will not trust such a sender", "set it to the mail domain")


def _folders() -> Iterator[Finding]:
    var = Path(current_app.config["VAR_DIR"])
    for place in (var, Path(current_app.config["FILES_DIR"]), Path(current_app.config["SIGNS_DIR"]), anchors.place().parent):
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place):
                pass
        except OSError as error:
            yield Finding(f"{place} cannot be written: {error.strerror}", "give the folder to the user that runs web and worker")
    usage = shutil.disk_usage(var)
    if usage.free < max(LEAST_FREE, usage.total // 20):
        yield Finding(f"Only {usage.free / 1e9:.1f} GB is free on the disk of {var}", "make room, or move VAR_DIR to a larger disk")
    if "sqlite" in {engine.dialect.name for engine in db.engines.values()} and (kind := _file_system(var)) in FAR:
        yield Finding(f"{var} lies on {kind}, where SQLite's locks do not hold", "move VAR_DIR to a local disk, or use PostgreSQL")


def _file_system(place: Path) -> str:
    """The kind of file system that `place` lies on; empty where the machine does not tell."""
    try:
        lines = [line.split() for line in MOUNTS.read_text().splitlines()]
    except OSError:
        return ""
    under = [(len(line[1]), line[2]) for line in lines if place.resolve().is_relative_to(line[1].replace("\\040", " "))]
    return max(under)[1] if under else ""


def _built() -> Iterator[Finding]:
    try:
        addresses = {name: assets.asset_url(name) for name in ("app.css", "app.js", "htmx.js", "mark.svg")}
        gone = [name for name, address in addresses.items() if not (assets.BUILT / address.rpartition("/")[2]).exists()]
        if gone:
            yield Finding(f"Built files are gone: {', '.join(gone)}", "run flask assets")
    except assets.NotBuilt:
        yield Finding("Style, script and fonts are not built", "run make setup, or flask assets")
    if not CATALOGUE.exists():
        yield Finding("The Norwegian texts are not compiled", "run make setup")


def _mail() -> Iterator[Finding]:
    url = current_app.config["SMTP_URL"]
    if url is None:
        yield Finding("SMTP_URL is not set: letters become files and reach nobody", "set SMTP_URL to the mail server")
    elif trouble := transport.trouble_with(url):
        yield Finding(trouble.rstrip("."), "mend SMTP_URL, or ask whoever runs the mail server")


def _database(name: migrations.History, engine: Engine) -> Iterator[Finding]:
    try:
        if not migrations.is_current(name):
            yield Finding(f"The {name} database has not seen the newest migration", "run flask upgrade")
        if engine.dialect.name == "sqlite":
            with engine.connect() as connection:
                mode = connection.scalar(text("PRAGMA journal_mode"))
            if mode != "wal":
                yield Finding(f"The {name} database is in journal mode {mode}", "move it to a local disk")
    except (SQLAlchemyError, OSError) as error:
        said = str(getattr(error, "orig", error)).splitlines()[0]
        yield Finding(f"The {name} database cannot be reached: {said}", "start it, or mend its address in the settings")
    version = pysqlite3.dbapi2.sqlite_version
    if engine.dialect.name == "sqlite" and tuple(int(part) for part in version.split(".")) < guard.SAFE_SQLITE:
        yield Finding(f"SQLite {version} can damage a database that two processes write to", "install the pinned requirements")


def _roles() -> Iterator[Finding]:
    """On PostgreSQL: the house's user can neither change the log nor switch its triggers off, and the portal's reaches nothing else."""
    if db.engine.dialect.name != "postgresql":
        return
    with db.engine.connect() as connection:
        user, is_super = connection.execute(text("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")).one()
        owned = connection.scalar(text("SELECT count(*) FROM pg_tables WHERE tablename = 'audit_entry' AND tableowner = current_user"))
        may = [table for table in LOG if connection.scalar(text(f"SELECT has_table_privilege('{table}', 'UPDATE, DELETE, TRUNCATE')"))]
        lacks = connection.scalars(
            text(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
                " AND relname <> 'alembic_version' AND NOT has_table_privilege(oid, 'SELECT') ORDER BY relname"
            )
        ).all()
    if is_super:
        yield Finding(f"The house's database user {user} is a superuser", "make a user of its own (docs/production.md)")
    elif owned or may:
        yield Finding(f"The database user {user} can change the log of acts", "let another user own the tables (docs/production.md)")
    if lacks:
        yield Finding(f"The database user {user} cannot read {', '.join(lacks)}", "give it its rights (docs/production.md)")
    portal = make_url(current_app.config["PORTAL_DATABASE_URL"])
    if portal.get_backend_name() == "postgresql" and portal.username == db.engine.url.username:
        yield Finding("The portal reads its pages as the office's user", "set PORTAL_DATABASE_URL to one of its own (flask portal-role)")


def _clocks() -> Iterator[Finding]:
    try:
        if datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Oslo")).utcoffset() != timedelta(hours=2):
            yield Finding("The time zone data do not know Norwegian summer time", "install tzdata")
    except ZoneInfoNotFoundError:
        yield Finding("The time zone data are missing", "install tzdata")
    now = clock.true_now()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect() as connection:
            there: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        if abs(there - now) > CLOCK_OFF:
            off = f"{(there - now).total_seconds():+.0f} seconds"
            yield Finding(f"The database's clock is {off} from this machine's", "let both follow an NTP server")
    newest = db.session.scalar(select(func.max(Task.made_at)))
    if newest is not None and newest > now + CLOCK_OFF:
        yield Finding(
            f"The newest task was made at {newest:%Y-%m-%d %H:%M} UTC, which is yet to come",
            "set the clock, and let it follow an NTP server",
        )


def _work() -> Iterator[Finding]:
    now = clock.true_now()
    if not any_council():
        yield Finding("No council is set up", "run flask setup")
    waiting = db.session.scalar(select(func.min(Task.next_try_at)).where(Task.state == TaskState.QUEUED, Task.next_try_at <= now))
    if waiting is not None and now - waiting > QUEUE_OLD:
        yield Finding(f"The oldest task in the queue has waited {_long(now - waiting)}", "see that worker and mail server run")
    for state, what in ((LetterState.FAILED, "did not arrive"), (LetterState.HELD, "wait for a choice since the restore")):
        count = db.session.scalar(select(func.count()).where(Letter.state == state))
        if count:
            yield Finding(f"{count} letters {what}", "let the secretary look at Utgående post")
    stuck = db.session.scalar(select(func.count()).where(Task.state == TaskState.FAILED, Task.kind != "letter"))
    if stuck:
        yield Finding(f"{stuck} tasks were given up", "look in the worker's log for what they said")
    newest = db.session.scalar(select(func.max(AuditEntry.id)))
    if newest is not None:
        yield from _anchored()


def _anchored() -> Iterator[Finding]:
    try:
        last = anchors.read()[-1:]
    except (anchors.BadAnchor, OSError) as error:
        yield Finding(f"The file of anchors cannot be read: {error}", "put it back from a backup")
        return
    if not last or clock.true_now() - last[0].at > DAILY:
        age = f"is {_long(clock.true_now() - last[0].at)} old" if last else "is not there"
        yield Finding(f"The newest anchor of the log {age}", "run flask audit anchor each day (meetingapp-anchor.timer)")


def _habits() -> Iterator[Finding]:
    habits: tuple[tuple[str, timedelta, str, str], ...] = (
        (signs.WORKER, WORKER_SILENT, "sign of life of the worker", "start flask worker (meetingapp-worker.service)"),
        (signs.BACKUP, DAILY, "good backup", "run flask backup each night (meetingapp-backup.timer)"),
    )
    for name, longest, what, do in habits:
        sign = signs.read(name)
        if sign is None:
            yield Finding(f"There has been no {what}", do)
        elif clock.true_now() - sign.at > longest:
            yield Finding(f"The last {what} is {_long(clock.true_now() - sign.at)} old", do)


def _long(time: timedelta) -> str:
    """A length of time in its largest fitting unit: "3 days", "20 minutes"."""
    for unit, seconds in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if time.total_seconds() >= 2 * seconds:
            return f"{time.total_seconds() / seconds:.0f} {unit}"
    return f"{time.total_seconds():.0f} seconds"

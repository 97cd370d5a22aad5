"""Every setting, from the environment. A bad one stops the start with one readable sentence."""

from __future__ import annotations

import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

HERE = Path(__file__).parent
DATABASES = ("sqlite", "postgresql")


class BadSetting(SystemExit):
    """A setting that the house cannot start with. Its text is the one sentence that the operator reads."""

    def __init__(self, name: str, said: str) -> None:
        super().__init__(f"{name}: {said}")


@dataclass(frozen=True)
class Settings:
    """The house's settings, checked. See docs/reference/settings.md for what each one means."""

    secret_key: str
    audit_key: str
    base_url: str
    database_url: str
    public_database_url: str
    portal_database_url: str  # the same database, as whoever may only read it
    var_dir: Path
    audit_anchors: Path
    smtp_url: str | None
    mail_domain: str
    undo_seconds: int
    worker_lease: timedelta
    session_idle: timedelta
    session_absolute: timedelta
    max_upload: int  # bytes
    trusted_proxies: int
    log_format: str
    metrics_port: int | None
    pg_bin: str  # the folder of pg_dump and pg_restore; empty: PATH
    is_demo: bool
    clock_starts_at: datetime | None
    clock_started: datetime | None

    @classmethod
    def from_environment(cls, env: Mapping[str, str] = os.environ) -> Settings:
        """Read and check all settings.

        :raises BadSetting: at the first one that cannot be used
        """
        var = Path(env.get("VAR_DIR") or HERE / "var").absolute()
        base_url = _web_address(env, "BASE_URL", "http://127.0.0.1:8000")
        secret_key = _secret(env, var)
        public = _database(env, "PUBLIC_DATABASE_URL", f"sqlite:///{var}/public.db")
        return cls(
            secret_key=secret_key,
            audit_key=_audit_key(env, secret_key),
            base_url=base_url,
            database_url=_database(env, "DATABASE_URL", f"sqlite:///{var}/office.db"),
            public_database_url=public,
            portal_database_url=_database(env, "PORTAL_DATABASE_URL", public),
            var_dir=var,
            audit_anchors=Path(env.get("AUDIT_ANCHORS") or var / "audit-anchors.log").absolute(),
            smtp_url=_smtp(env),
            mail_domain=env.get("MAIL_DOMAIN") or urlsplit(base_url).hostname or "localhost",
            undo_seconds=_whole(env, "UNDO_SECONDS", 60),
            worker_lease=timedelta(seconds=_whole(env, "WORKER_LEASE_SECONDS", 300)),
            session_idle=timedelta(minutes=_whole(env, "SESSION_IDLE_MINUTES", 120)),
            session_absolute=timedelta(hours=_whole(env, "SESSION_HOURS", 12)),
            max_upload=_whole(env, "MAX_UPLOAD_MB", 25) * 1024 * 1024,
            trusted_proxies=_whole(env, "TRUSTED_PROXIES", 0),
            log_format=_one_of(env, "LOG_FORMAT", ("json", "readable")),
            metrics_port=_whole(env, "METRICS_PORT", 0) or None,
            pg_bin=env.get("PG_BIN") or "",
            is_demo=_yes_or_no(env, "DEMO"),
            clock_starts_at=_moment(env, "CLOCK_STARTS_AT"),
            clock_started=_moment(env, "CLOCK_STARTED"),
        )

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https:")

    def for_flask(self) -> dict[str, Any]:
        """The same settings under the names that Flask and its extensions read."""
        return {
            "SECRET_KEY": self.secret_key,
            "AUDIT_KEY": self.audit_key,
            "AUDIT_ANCHORS": self.audit_anchors,
            "BASE_URL": self.base_url,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "PUBLIC_DATABASE_URL": self.public_database_url,
            "PORTAL_DATABASE_URL": self.portal_database_url,
            "FILES_DIR": self.var_dir / "files",
            "MAIL_DIR": self.var_dir / "mail",
            "SIGNS_DIR": self.var_dir / "signs",
            "VAR_DIR": self.var_dir,
            "PG_BIN": self.pg_bin,
            "LOG_FORMAT": self.log_format,
            "METRICS_PORT": self.metrics_port,
            "SMTP_URL": self.smtp_url,
            "MAIL_DOMAIN": self.mail_domain,
            "UNDO_SECONDS": self.undo_seconds,
            "WORKER_LEASE": self.worker_lease,
            "SESSION_COOKIE_NAME": "__Host-meeting" if self.is_https else "meeting",
            "SESSION_COOKIE_SECURE": self.is_https,
            "SESSION_IDLE": self.session_idle,
            "SESSION_ABSOLUTE": self.session_absolute,
            "TRUSTED_PROXIES": self.trusted_proxies,
            "MAX_CONTENT_LENGTH": self.max_upload,
            "MAX_FORM_MEMORY_SIZE": 2 * 1024 * 1024,
            "WTF_CSRF_TIME_LIMIT": None,  # bound to the session, whose own limits hold
            "DEMO": self.is_demo,
            "CLOCK_STARTS_AT": self.clock_starts_at,
            "CLOCK_STARTED": self.clock_started,
        }


def _secret(env: Mapping[str, str], var: Path) -> str:
    given = env.get("SECRET_KEY", "")
    if given:
        if len(given) < 32:
            raise BadSetting(
                "SECRET_KEY", "needs at least 32 characters; make one with: python -c 'import secrets; print(secrets.token_hex(32))'"
            )
        return given
    kept = var / "secret-key"
    try:
        if not kept.exists():
            var.mkdir(parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_hex(32))
        return kept.read_text().strip()
    except OSError as error:
        raise BadSetting(
            "VAR_DIR", f"cannot keep a secret key in {kept}: {error.strerror}. Set SECRET_KEY, or a VAR_DIR that can be written."
        ) from None


def _audit_key(env: Mapping[str, str], secret_key: str) -> str:
    """Its own key, or one that follows from the secret key: known to the settings only, never to the database."""
    given = env.get("AUDIT_KEY", "")
    if given and len(given) < 32:
        raise BadSetting("AUDIT_KEY", "needs at least 32 characters; leave it out to let it follow from SECRET_KEY")
    return given or hmac.new(secret_key.encode(), b"the key of the audit chain", "sha256").hexdigest()


def _database(env: Mapping[str, str], name: str, default: str) -> str:
    given = env.get(name) or default
    try:
        driver = make_url(given).get_backend_name()
    except ArgumentError:
        raise BadSetting(name, "is no database address; write it like postgresql://user@host/name or sqlite:////folder/file.db") from None
    if driver not in DATABASES:
        raise BadSetting(name, f"{driver} is not supported; use {' or '.join(DATABASES)}")
    return given


def _web_address(env: Mapping[str, str], name: str, default: str) -> str:
    given = (env.get(name) or default).rstrip("/")
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path:
        raise BadSetting(name, f"{given!r} is no address of a site; write it like https://mote.kommune.example")
    return given


def _smtp(env: Mapping[str, str]) -> str | None:
    given = env.get("SMTP_URL")
    if given and urlsplit(given).scheme not in ("smtp", "smtps"):
        raise BadSetting("SMTP_URL", "must begin with smtp:// or smtps://; leave it out to keep letters as files")
    return given or None


def _whole(env: Mapping[str, str], name: str, default: int) -> int:
    given = env.get(name) or str(default)
    if not given.isdecimal():
        raise BadSetting(name, f"{given!r} is no whole number")
    return int(given)


def _yes_or_no(env: Mapping[str, str], name: str) -> bool:
    given = (env.get(name) or "no").lower()
    if given not in ("yes", "no", "1", "0", "true", "false"):
        raise BadSetting(name, f"{given!r} is neither yes nor no")
    return given in ("yes", "1", "true")


def _one_of(env: Mapping[str, str], name: str, words: tuple[str, ...]) -> str:
    given = env.get(name) or words[0]
    if given not in words:
        raise BadSetting(name, f"{given!r} is none of: {', '.join(words)}")
    return given


def _moment(env: Mapping[str, str], name: str) -> datetime | None:
    given = env.get(name)
    if not given:
        return None
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise BadSetting(name, f"{given!r} is no moment; write it like 2026-11-23T08:00:00+01:00") from None
    if moment.tzinfo is None:
        raise BadSetting(name, f"{given!r} has no zone; write it like 2026-11-23T08:00:00+01:00")
    return moment.astimezone(UTC)

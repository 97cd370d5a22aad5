"""The house's own commands: `flask upgrade`, `flask worker`, `flask assets`."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from meetingapp.core import log
from meetingapp.core.audit.cli import commands as audit_commands
from meetingapp.core.database import migrations, roles, write
from meetingapp.core.outbox import worker as outbox_worker
from meetingapp.core.search import writing
from meetingapp.core.search.cli import commands as search_commands
from meetingapp.core.web import assets
from meetingapp.operations import cli as operations
from meetingapp.operations import metrics

ROOT = Path(__file__).parent.parent


@click.command("upgrade")
@click.argument("histories", nargs=-1, type=click.Choice(migrations.HISTORIES))
@with_appcontext
def upgrade(histories: tuple[migrations.History, ...]) -> None:
    """Bring the databases to the newest migration, and let what was there before the search be found."""
    migrations.upgrade(*histories)
    if not histories or "office" in histories:
        with write():
            if writing.is_empty():
                writing.rebuild()


@click.command("migration")
@click.argument("history", type=click.Choice(migrations.HISTORIES))
@click.argument("number")
@click.argument("what")
@with_appcontext
def migration(history: migrations.History, number: str, what: str) -> None:
    """Write a migration from what the models have and the database lacks."""
    migrations.write_migration(history, number, what)


@click.command("migrations-agree")
@with_appcontext
def migrations_agree() -> None:
    """Fail where a model has no migration, or a migration no model."""
    found = [f"{history}: {difference}" for history in migrations.HISTORIES for difference in migrations.differences(history)]
    for line in found:
        click.echo(line, err=True)
    if found:
        click.echo("Write a migration: flask migration office NNNN what_it_does", err=True)
        raise SystemExit(1)


@click.command("portal-role")
@click.argument("role")
@with_appcontext
def portal_role(role: str) -> None:
    """Let ROLE of PostgreSQL read the public pages, and keep it out of all else; for PORTAL_DATABASE_URL."""
    try:
        roles.grant_portal(role)
    except roles.NoSuchRole as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{role} can read the public pages, and nothing else.")


@click.command("worker")
@click.option("--once", is_flag=True, help="Do what is due now, then stop.")
@with_appcontext
def worker(once: bool) -> None:
    """Do what the outbox holds: send letters, publish pages."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    handlers, sweeps = app.extensions["outbox_handlers"], app.extensions["outbox_sweeps"]
    if once:
        for sweep in sweeps:
            sweep()
        click.echo(f"{outbox_worker.work_all(handlers)} done")
    else:
        log.configure(app.config["LOG_FORMAT"])
        port = app.config["METRICS_PORT"]
        metrics.serve(app, port + 1 if port else None, house=True)
        outbox_worker.run(app, handlers, sweeps)


@click.command("assets")
def build_assets() -> None:
    """Build style, script and fonts into static/build."""
    assets.build(ROOT / "static", ROOT / "node_modules")


def groups() -> list[click.Command]:
    """All of them, for the application factory."""
    return [
        upgrade,
        migration,
        migrations_agree,
        portal_role,
        worker,
        build_assets,
        audit_commands,
        search_commands,
        *operations.commands,
    ]

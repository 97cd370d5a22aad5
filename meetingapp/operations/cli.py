"""`flask backup`, `flask restore`, `flask setup` and `flask doctor`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from meetingapp.core.audit import verify as verifying
from meetingapp.core.database import db, migrations, moving, write
from meetingapp.core.database.dumps import DumpFailed
from meetingapp.operations import backup as backing_up
from meetingapp.operations import doctor as examination
from meetingapp.operations import restore as restoring
from meetingapp.operations import setup as setting_up
from meetingapp.operations.manifest import BadBackup, Manifest

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@contextmanager
def _one_sentence() -> Iterator[None]:
    """What is wrong reaches the operator as a sentence, without a trace."""
    try:
        yield
    except (BadBackup, DumpFailed, OSError) as error:
        raise click.ClickException(str(error)) from None


def _said(manifest: Manifest) -> str:
    rows = {name: f"{name} {sum(one.counts.values())} rows" for name, one in manifest.databases.items()}
    size = sum(manifest.files.values()) / 1e6
    return f"{', '.join(rows.values())}, {len(manifest.files)} files ({size:.1f} MB), {manifest.audit_count} acts in the log"


@click.command("backup")
@click.argument("folder", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option("--keep", default=14, show_default=True, help="How many of the newest backups in the folder stay.")
@with_appcontext
def backup(folder: Path | None, keep: int) -> None:
    """Back up both databases and the files into a new folder below FOLDER (VAR_DIR/backups), while everybody works on."""
    with _one_sentence():
        made, manifest = backing_up.make((folder or Path(current_app.config["VAR_DIR"]) / "backups").absolute(), keep=keep)
    click.echo(f"{made}: {_said(manifest)}.")
    click.echo("The keys are not in it: keep SECRET_KEY and AUDIT_KEY (or VAR_DIR/secret-key) in another place than the backups.")
    if manifest.missing:
        for sha256 in manifest.missing:
            click.echo(
                f"The file {sha256} is gone or damaged in the store; it may lie in an older backup, under files/{sha256[:2]}/.", err=True
            )
        raise SystemExit(1)


@click.command("restore")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--key-is-lost", is_flag=True, help="Restore with another key than the backup's: the log can then never be verified.")
@with_appcontext
def restore(folder: Path, key_is_lost: bool) -> None:
    """Restore one backup into this empty installation. Letters that were waiting are held, old links and sessions stay dead."""
    with _one_sentence():
        manifest = restoring.restore(folder.absolute(), key_is_lost=key_is_lost)
    click.echo(f"Restored the backup of {manifest.made_at}: {_said(manifest)}. Every hash and every count agrees.")
    if not key_is_lost:
        report = verifying.verify()
        click.echo("The log of acts is whole." if report.is_whole else f"The log of acts is NOT whole: {report.faults[0]}")
    for line in restoring.what_now():
        click.echo(line)


@click.command("setup")
@click.option(
    "--from", "file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Read a YAML or TOML file; else you are asked."
)
@with_appcontext
def setup(file: Path | None) -> None:
    """Set up a council: its facts, organisations, bodies, and the administrator, who gets a link to sign in with once."""
    try:
        given = setting_up.read(file) if file is not None else _asked()
        with write():
            done = setting_up.set_up(given)
    except setting_up.Refused as refused:
        for sentence in refused.sentences:
            click.echo(sentence, err=True)
        click.echo("Nothing was stored.", err=True)
        raise SystemExit(1) from None
    for line in (
        f"{done.council} is set up. What now:",
        f"- {done.administrator} signs in here, once and within 30 minutes: {done.link}",
        f"  After that, links and passwords are asked for at {current_app.config['BASE_URL']}/logg-inn.",
        "- Start web and worker (docs/production.md). The public pages come within a minute.",
        "- Enter people and seats: Folk og utvalg → Les inn folk og verv, or flask people-import FILE.",
        "- flask doctor says what is still missing; flask backup makes the first backup.",
    ):
        click.echo(line)


def _asked() -> dict[str, Any]:
    """The facts, from questions. What is wrong with them, `set_up` says."""
    click.echo("Answer in Norwegian, as it shall stand on the pages. Enter takes what stands in brackets.")
    council = {
        "name": click.prompt("The council's name, with «IPR» or «interkommunalt politisk råd»"),
        "email": click.prompt("Its e-mail address"),
        "public_host": click.prompt("Host name of its public pages; empty: every one", default="", show_default=False),
    }
    municipalities = click.prompt("Municipalities that take part, with commas between")
    county = click.prompt("The county council, if it takes part", default="", show_default=False)
    organisations = [{"name": name.strip(), "kind": "municipality"} for name in municipalities.split(",") if name.strip()]
    organisations += [{"name": county, "kind": "county"}] if county else []
    council["seat_municipality"] = click.prompt("Seat municipality", default=organisations[0]["name"] if organisations else "")
    bodies = [
        {
            "name": click.prompt("The council's highest body", default="Representantskapet"),
            "series": click.prompt("What its case numbers begin with", default="RR"),
            "kind": "representantskap",
            "voting_seats": click.prompt("Its voting seats", default="0"),
        }
    ]
    if committee := click.prompt("Working committee; empty: none", default="", show_default=False):
        series = click.prompt("What its case numbers begin with", default="AU")
        bodies.append({"name": committee, "series": series, "kind": "working_committee"})
    administrator = {"name": click.prompt("The administrator's name"), "email": click.prompt("The administrator's e-mail address")}
    return {"council": council, "administrator": administrator, "organisations": organisations, "bodies": bodies}


@click.command("doctor")
@with_appcontext
def doctor() -> None:
    """Say what is wrong with this installation, a line each, and what to do. Reads only. Exit code 1 if anything is."""
    found = examination.look()
    for finding in found:
        click.echo(str(finding))
    if found:
        click.echo(f"{len(found)} things are wrong.")
        raise SystemExit(1)
    click.echo("All is well: settings, folders, databases, mail, clock, queue, worker, backup and log.")


@click.command("move-to-postgresql")
@click.argument("office", type=FILE)
@click.argument("public", type=FILE)
@with_appcontext
def move_to_postgresql(office: Path, public: Path) -> None:
    """Copy the two SQLite files of a stopped installation into the PostgreSQL databases of the settings, which must be empty."""
    if {engine.dialect.name for engine in db.engines.values()} != {"postgresql"}:
        raise click.ClickException("DATABASE_URL and PUBLIC_DATABASE_URL must lead to PostgreSQL; give the SQLite files as arguments.")
    migrations.upgrade()
    for file, bind in ((office, None), (public, "public")):
        try:
            counts = moving.move(file, db.engines[bind], db.metadatas[bind])
        except moving.CannotMove as refused:
            raise click.ClickException(str(refused)) from None
        click.echo(f"{file}: {sum(counts.values())} rows in {len(counts)} tables.")
    click.echo("Now run flask search rebuild, for the indexes are of another kind here, and flask audit verify, which reads the whole")
    click.echo("log and says whether every entry came across as it was.")


commands: list[click.Command] = [backup, restore, setup, doctor, move_to_postgresql]

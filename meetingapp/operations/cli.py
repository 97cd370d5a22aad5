"""`flask backup`, `flask restore`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

from meetingapp.core.audit import verify as verifying
from meetingapp.core.database.dumps import DumpFailed
from meetingapp.operations import backup as backing_up
from meetingapp.operations import restore as restoring
from meetingapp.operations.manifest import BadBackup, Manifest


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

"""`flask audit verify` and `flask audit anchor`."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from meetingapp.core.audit import anchors
from meetingapp.core.audit import verify as verifying

commands = AppGroup("audit", help="The log of who changed what: see that it is whole, and write down where it ends.")


@commands.command("verify")
def verify() -> None:
    """Walk the whole log, compare it with its anchors, and fail if anything was changed."""
    shown = 0

    def progress(done: int, of: int) -> None:
        nonlocal shown
        if done - shown >= 50_000 or done >= of:
            shown = done
            click.echo(f"{done} of {of} entries looked at", err=True)

    report = verifying.verify(progress)
    for fault in report.faults:
        click.echo(fault)
    if report.found > len(report.faults):
        click.echo(f"… and {report.found - len(report.faults)} more.")
    if not report.is_whole:
        click.echo(f"The log is NOT whole: {report.found} faults in {report.count} entries.")
        raise SystemExit(1)
    click.echo(f"The log is whole: {report.count} entries, {report.anchors} anchors, nothing changed, nothing missing.")


@commands.command("anchor")
def anchor() -> None:
    """Write down where the log ends now, outside the database."""
    click.echo(str(anchors.write()))

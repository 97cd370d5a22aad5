"""`flask people-import`."""

from __future__ import annotations

from pathlib import Path

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from meetingapp.core.database import db, write
from meetingapp.council.imports import enter, table
from meetingapp.council.models import Council


class _Refused(Exception):
    """Takes the transaction back."""


@click.command("people-import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--council", "slug", help="The short name in addresses of the council, where there is more than one.")
@click.option("--look", is_flag=True, help="Only say what would happen.")
@with_appcontext
def commands(file: Path, slug: str | None, look: bool) -> None:
    """Read in people and seats from an XLSX or CSV file: all of it, or nothing and a line for each fault."""
    try:
        lines = table.read(file.read_bytes(), file.name)
        with write():
            outcome = enter.enter(lines, _council(slug), by=None)
            if look or not outcome.is_clean:
                raise _Refused
    except table.NotATable as refused:
        raise click.ClickException(str(refused)) from None
    except _Refused:
        for one in outcome.lines:
            for fault in one.faults:
                where = f"{file.name}:{one.line.number}"
                click.echo(f"{where}: {fault.heading + ': ' if fault.heading else ''}{fault.said}", err=True)
    said = f"{outcome.people} people and {outcome.seats} seats"
    if not outcome.is_clean:
        click.echo("Nothing was stored.", err=True)
        raise SystemExit(1)
    click.echo(f"Would enter {said}." if look else f"Entered {said}.")


def _council(slug: str | None) -> Council:
    found = db.session.scalars(select(Council).where(Council.slug == slug) if slug else select(Council)).all()
    if len(found) != 1:
        known = ", ".join(db.session.scalars(select(Council.slug).order_by(Council.slug)))
        raise click.ClickException(f"Say which council with --council; they are: {known or 'none (run flask setup first)'}.")
    return found[0]

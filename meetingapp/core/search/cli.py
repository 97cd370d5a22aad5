"""`flask search rebuild`: the indexes made anew from the rows."""

from __future__ import annotations

import click
from flask.cli import AppGroup

from meetingapp.core.database import write
from meetingapp.core.search.writing import rebuild as write_anew

commands = AppGroup("search", help="What can be found.")


@commands.command("rebuild")
def rebuild() -> None:
    """Make both indexes anew: after an upgrade, or after moving to another database."""
    with write():
        read = write_anew()
    for name, count in read.items():
        click.echo(f"{name}: {count}")

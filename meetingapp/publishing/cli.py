"""`flask publishing rebuild`: the pages made anew from the snapshots."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from meetingapp.core.database import db
from meetingapp.council.models import Council
from meetingapp.publishing import pages

commands = AppGroup("publishing", help="What is public.")


@commands.command("rebuild")
def rebuild() -> None:
    """Derive all public pages from the snapshots: after a deploy, or into an empty public database."""
    for council in db.session.scalars(select(Council).order_by(Council.id)):
        click.echo(f"{council.name}: {pages.rebuild(council)}")

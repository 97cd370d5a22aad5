"""`flask account`: what the operator does when nobody in the secretariat can sign in."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import AppGroup
from sqlalchemy import select

from meetingapp.accounts.commands import access
from meetingapp.core.database import db, write
from meetingapp.core.forms import RuleBroken
from meetingapp.council.models import Person

commands = AppGroup("account", help="A person's access: close, open, take away a lost second factor.")


def _do(address: str, act: Callable[..., None], **given: bool) -> None:
    with write():
        person = db.session.scalar(select(Person).where(Person.email == address.strip().lower()))
        if person is None:
            raise click.ClickException("Nobody has this address.")
        try:
            act(person, by=None, **given)
        except RuleBroken as broken:
            raise click.ClickException(broken.message) from None
        click.echo(f"Done for {person.name}.")


@commands.command("close")
@click.argument("address")
def close(address: str) -> None:
    """Shut a person out at once, everywhere."""
    _do(address, access.close_access)


@commands.command("open")
@click.argument("address")
def open_again(address: str) -> None:
    """Let a person in again."""
    _do(address, access.open_access)


@commands.command("reset-factor")
@click.argument("address")
@click.option("--password-too", is_flag=True, help="The password is forgotten as well.")
def reset_factor(address: str, password_too: bool) -> None:
    """Take away a lost second factor. Make sure first that it is the person who asks."""
    _do(address, access.reset_factor, password_too=password_too)

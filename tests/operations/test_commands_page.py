"""The reference of commands names every command there is, and no other."""

from __future__ import annotations

import re
from pathlib import Path

import click
from flask import Flask

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "commands.md"
OF_FLASK = {"run", "shell", "routes"}


def test_every_command_stands_there(app: Flask) -> None:
    there: set[str] = set()
    for name, command in app.cli.commands.items():
        there |= {f"{name} {one}" for one in command.commands} if isinstance(command, click.Group) else {name}
    groups = {name for name, command in app.cli.commands.items() if isinstance(command, click.Group)}
    told = set()
    for cell in re.findall(r"^\| `([^`]+)` \|", PAGE.read_text(), re.MULTILINE):
        words = cell.split()
        told.add(" ".join(words[:2]) if words[0] in groups else words[0])
    assert told == there - OF_FLASK

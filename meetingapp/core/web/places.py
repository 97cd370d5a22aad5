"""Where a sign-in leads: the name of one of our pages with its arguments, never an address that somebody sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BuildError

HOME = "/min-side"


@dataclass(frozen=True)
class Place:
    """One page of the office, as the router knows it."""

    endpoint: str = ""  # empty: nowhere in particular
    args: dict[str, Any] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """The path of the page, made by the router; the person's own page where there is none (any more)."""
        try:
            return url_for(self.endpoint, **self.args) if self.endpoint else HOME
        except BuildError:
            return HOME


def place_at(path: str) -> Place:
    """The page at `path` that can be read by a GET; an empty place for anything else, and for addresses that are secrets."""
    try:
        endpoint, args = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return Place()
    return Place() if endpoint == "static" or "secret" in args else Place(endpoint, dict(args))

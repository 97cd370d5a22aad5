"""Ids in addresses: what cannot be a key is no address of ours, so no query ever sees it."""

from __future__ import annotations

from typing import Any

from flask import Flask
from werkzeug.routing import IntegerConverter

LARGEST = 2**31 - 1  # what a key can be on both databases


class Id(IntegerConverter):
    """`<int:case_id>`: a whole number that can be a key."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **({"max": LARGEST} | named))


def init(app: Flask) -> None:
    """Let every `<int:…>` of the office mean an id. Before the blueprints come."""
    app.url_map.converters["int"] = Id

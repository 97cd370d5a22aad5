"""The world that the tests of access walk over: a copy for each test file."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from meetingapp.core import clock
from meetingapp.core.database import db
from tests.access.roles import World
from tests.access.world import build, copied
from tests.conftest import NOW
from tests.once import made_once

WORLD = "world.pickle"


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What every test file's world is a copy of; without its house, which each has of its own."""
    made = made_once(tmp_path_factory, "world", _build)
    world: World = pickle.loads((made / WORLD).read_bytes())
    return world


def _build(var: Path) -> None:
    with clock.frozen(NOW):
        world = build(var)
    (var / WORLD).write_bytes(pickle.dumps(replace(world, app=None, site=None)))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def world(first_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A council and its neighbour at work, at 08.00 on Monday 23 November 2026."""
    with clock.frozen(NOW):
        made = copied(first_world, tmp_path_factory.mktemp("world"))
        with made.app.app_context():
            yield made
            db.session.remove()

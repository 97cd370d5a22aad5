"""The world that the tests of access walk over: a copy for each test file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from meetingapp.core import clock
from meetingapp.core.database import db
from tests.access.roles import World
from tests.access.world import build, copied
from tests.conftest import NOW


@pytest.fixture(scope="session")
def first_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """What every test file's world is a copy of."""
    with clock.frozen(NOW):
        return build(tmp_path_factory.mktemp("world"))


@pytest.fixture(scope="module")
def world(first_world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A council and its neighbour at work, at 08.00 on Monday 23 November 2026."""
    with clock.frozen(NOW):
        made = copied(first_world, tmp_path_factory.mktemp("world"))
        with made.app.app_context():
            yield made
            db.session.remove()

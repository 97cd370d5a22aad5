"""The world that the tests of access walk over: once per test file."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from meetingapp.core import clock
from meetingapp.core.database import db
from tests.access.roles import World
from tests.access.world import build
from tests.browser.conftest import chromium as chromium
from tests.conftest import NOW


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A council and its neighbour at work, at 08.00 on Monday 23 November 2026."""
    with clock.frozen(NOW):
        made = build(tmp_path_factory.mktemp("world"))
        with made.app.app_context():
            yield made
            db.session.remove()

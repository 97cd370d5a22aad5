"""A second installation, empty, on the same kind of database: what a backup is restored into."""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask

from meetingapp.app import create_office
from meetingapp.core.database import db
from tests.conftest import Browser
from tests.databases import OWNER, Databases, settings, superuser
from tests.postgres import BINARIES

# The programs of the server that the tests start; those on PATH where another server is given.
PROGRAMS = "" if os.environ.get("TEST_DATABASE_URL") else str(BINARIES / "bin")


def an_empty_installation(databases: Databases, folder: Path) -> Flask:
    """An office in `folder` whose databases have no tables, with the keys that all houses under test have."""
    folder.mkdir()
    made = settings(folder, databases.environment(folder), BASE_URL="http://localhost", UNDO_SECONDS="0", PG_BIN=PROGRAMS)
    app = create_office(made)
    app.test_client_class = Browser
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()
            if engine.dialect.name == "sqlite":
                Path(str(engine.url.database)).unlink()
            else:
                with superuser(engine) as admin:
                    admin.execute(f"DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION {OWNER}")
    return app

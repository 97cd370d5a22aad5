"""A second installation, empty, on the same kind of database: what a backup is restored into."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from config import Settings
from meetingapp.app import create_office
from tests.conftest import Browser


def an_empty_installation(like: Settings, folder: Path) -> Flask:
    """An office in `folder` whose databases have no tables, with the keys of `like`."""
    settings = Settings.from_environment(
        {"VAR_DIR": str(folder), "SECRET_KEY": like.secret_key, "BASE_URL": like.base_url, "UNDO_SECONDS": "0"}
    )
    app = create_office(settings)
    app.test_client_class = Browser
    return app

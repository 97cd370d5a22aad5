"""Fails where a model has no migration: migrates empty databases and compares them with the models."""

from __future__ import annotations

import sys
import tempfile

from config import Settings
from meetingapp.app import create_office
from meetingapp.core.database import migrations


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        app = create_office(Settings.from_environment({"VAR_DIR": folder, "SECRET_KEY": "only-for-comparing-models-with-tables"}))
        with app.app_context():
            migrations.upgrade()
            found = [f"{history}: {difference}" for history in migrations.HISTORIES for difference in migrations.differences(history)]
    for line in found:
        print(line, file=sys.stderr)
    if found:
        print("A model and its table differ. Write a migration: .venv/bin/flask migration office NNNN what_it_does", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

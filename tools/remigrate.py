"""Write migrations/*/versions/0001 anew from the models (before the first release only)."""

import os
import tempfile
from pathlib import Path

from config import Settings
from meetingapp.core.database import migrations

ROOT = Path(__file__).parent.parent


def main() -> None:
    from meetingapp.app import create_office

    with tempfile.TemporaryDirectory() as folder:
        app = create_office(Settings.from_environment({"VAR_DIR": folder, "SECRET_KEY": "x" * 40}))
        with app.app_context():
            for history in migrations.HISTORIES:
                for old in (ROOT / "migrations" / history / "versions").glob("0001_*.py"):
                    os.unlink(old)
                migrations.write_migration(history, "0001", "first tables")


if __name__ == "__main__":
    main()

"""A bad setting stops the start with one readable sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import BadSetting, Settings
from meetingapp.core.database import SQLiteTooOld, require_safe_sqlite

GOOD = {"SECRET_KEY": "x" * 40}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("DATABASE_URL", "mysql://root@localhost/x"),
        ("DATABASE_URL", "nonsense"),
        ("BASE_URL", "ftp://example"),
        ("BASE_URL", "https://example.no/under"),
        ("SMTP_URL", "http://mail.example"),
        ("UNDO_SECONDS", "a minute"),
        ("DEMO", "perhaps"),
        ("CLOCK_STARTS_AT", "yesterday"),
        ("CLOCK_STARTS_AT", "2026-11-23T08:00:00"),
    ],
)
def test_a_bad_setting_is_named_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(BadSetting) as refused:
        Settings.from_environment({**GOOD, "VAR_DIR": str(tmp_path), name: value})

    assert str(refused.value).startswith(f"{name}: ")
    assert "\n" not in str(refused.value)


def test_a_secret_key_is_made_once_and_kept_to_ourselves(tmp_path: Path) -> None:
    first = Settings.from_environment({"VAR_DIR": str(tmp_path)})
    second = Settings.from_environment({"VAR_DIR": str(tmp_path)})

    assert first.secret_key == second.secret_key
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_an_sqlite_that_may_corrupt_the_file_is_refused() -> None:
    with pytest.raises(SQLiteTooOld):
        require_safe_sqlite("3.40.1")

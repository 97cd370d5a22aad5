"""The house refuses what can be refused; and these tests try to break in."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from config import Settings
from meetingapp.app import FLOORS
from meetingapp.core import policy
from meetingapp.core.database import migrations

ROOT = Path(__file__).parent.parent
BINARIES = Path(sys.executable).parent


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the code to do harm in."""
    for name in ("meetingapp", "templates", "migrations", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "config.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def _lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    return _run(folder, str(BINARIES / "lint-imports"), "--no-cache")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "line", "said"),
    [
        ("meetingapp/council/queries.py", "from meetingapp.minutes import models", "A floor imports only the floors below it"),
        ("meetingapp/core/clock/__init__.py", "from meetingapp.council import models", "A floor imports only the floors below it"),
        ("meetingapp/portal/app.py", "from meetingapp.cases import models", "The portal knows nothing of the office"),
        ("meetingapp/minutes/models.py", "from meetingapp.portal import models as m", "Only `publishing` knows the shape"),
    ],
)
def test_an_upward_import_breaks_the_check_with_a_sentence(copy: Path, file: str, line: str, said: str) -> None:
    path = copy / file
    path.write_text(path.read_text().replace("from __future__ import annotations\n", f"from __future__ import annotations\n\n{line}\n", 1))
    broken = _lint_imports(copy)

    assert broken.returncode != 0
    assert said in broken.stdout


@pytest.mark.slow
def test_a_model_without_a_migration_breaks_the_check(copy: Path) -> None:
    models = copy / "meetingapp" / "council" / "models.py"
    models.write_text(
        models.read_text().replace("    phone: Mapped[str]", '    fax: Mapped[str] = mapped_column(default="")\n    phone: Mapped[str]', 1)
    )
    broken = _run(copy, sys.executable, "-m", "tools.migrations")

    assert broken.returncode != 0
    assert "fax" in broken.stderr
    assert "Write a migration" in broken.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "line", ['<p style="color:red">x</p>', "<script>alert(1)</script>", "<p>Bare words here</p>", "{{ x|safe }}", '<a onclick="x">y</a>']
)
def test_a_template_that_breaks_the_content_policy_or_is_untranslated_is_refused(copy: Path, line: str) -> None:
    (copy / "templates" / "core" / "trial.html").write_text(line)

    assert _run(copy, sys.executable, "-m", "tools.templates").returncode != 0


def test_the_models_agree_with_the_migrations(app: Flask) -> None:
    assert [migrations.differences(history) for history in migrations.HISTORIES] == [[], []]
    assert all(migrations.is_current(history) for history in migrations.HISTORIES)


def test_every_floor_stands_in_the_contract_of_floors() -> None:
    contract = (ROOT / "pyproject.toml").read_text()

    assert [floor for floor in FLOORS if f'"meetingapp.{floor}"' not in contract] == []


def test_every_view_of_the_office_asks_the_policy_or_says_why_not(app: Flask) -> None:
    """Not proof that it asks on every path (the edge sees to that), but that somebody thought of it."""
    silent = []
    for endpoint, view in app.view_functions.items():
        if hasattr(view, "open_because") or endpoint == "static" or endpoint.startswith("trial."):
            continue
        source = Path(view.__code__.co_filename).read_text()
        if not re.search(r"policy\.|find\w*\(|own_council\(", source):
            silent.append(endpoint)

    assert silent == []


def test_every_action_that_is_asked_for_has_a_rule(app: Flask) -> None:
    asked = set()
    for path in [*(ROOT / "meetingapp").rglob("*.py"), *(ROOT / "templates").rglob("*.html")]:
        text = path.read_text()
        asked |= set(re.findall(r"""(?:policy\.(?:require|require_visible|allows)\(\w[\w.]*, |[^.]allows\()"([a-z_]+\.[a-z_]+)\"""", text))

    assert asked - policy.registered() == set()


def test_every_setting_is_in_the_reference() -> None:
    named = set(re.findall(r'"([A-Z][A-Z_]+)"', re.split(r"def for_flask", (ROOT / "config.py").read_text())[0]))
    named |= set(re.findall(r'env(?:\.get)?\(?\[?"([A-Z_]+)"', (ROOT / "config.py").read_text()))
    documented = (ROOT / "docs" / "reference" / "settings.md").read_text()

    assert [name for name in sorted(named) if f"`{name}`" not in documented] == []


def test_every_library_has_its_line() -> None:
    said = (ROOT / "docs" / "dependencies.md").read_text().lower()
    wanted = {
        re.split(r"[\[<>=]", line)[0]
        for name in ("base", "dev")
        for line in (ROOT / "requirements" / f"{name}.in").read_text().splitlines()
        if line and line[0].isalpha()
    }

    assert [name for name in sorted(wanted) if name not in said and not name.startswith("types-")] == []


@pytest.mark.parametrize("name", ["requirements/base.txt", "requirements/dev.txt", "package-lock.json", ".npmrc"])
def test_no_lock_file_names_a_registry(name: str) -> None:
    assert re.findall(r"https?://|resolved", (ROOT / name).read_text().replace("omit-lockfile-registry-resolved", "")) == []


def test_settings_reach_flask(tmp_path: Path) -> None:
    settings = Settings.from_environment({"VAR_DIR": str(tmp_path), "SECRET_KEY": "x" * 40, "BASE_URL": "https://mote.example"})

    assert settings.for_flask()["SESSION_COOKIE_SECURE"] is True
    assert settings.for_flask()["SESSION_COOKIE_NAME"].startswith("__Host-")

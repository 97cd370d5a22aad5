"""The drill that an operator runs is run here too."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.shows("promise-30")
def test_the_restore_drill_ends_well() -> None:
    done = subprocess.run([sys.executable, "-m", "tools.restore_drill"], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("OK  ") == 11, done.stdout
    assert "NOT OK" not in done.stdout

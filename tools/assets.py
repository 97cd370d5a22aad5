"""Builds style, script and fonts into static/build."""

from pathlib import Path

from meetingapp.core.web import assets

ROOT = Path(__file__).parent.parent

if __name__ == "__main__":
    assets.build(ROOT / "static", ROOT / "node_modules")

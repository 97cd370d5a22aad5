"""Refuses files that no longer fit in one head."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LINES = 450


def main() -> int:
    long = [(path, count) for path in sorted((ROOT / "meetingapp").rglob("*.py")) if (count := len(path.read_text().splitlines())) > LINES]
    for path, count in long:
        print(f"{path.relative_to(ROOT)}: {count} lines; there is a package inside (more than {LINES})", file=sys.stderr)
    return 1 if long else 0


if __name__ == "__main__":
    sys.exit(main())

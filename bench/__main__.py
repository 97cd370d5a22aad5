"""Run it: `python -m bench` prints every figure, `python -m bench --check` fails on counts and growth that miss their goal."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import growth, house, pages, start, writes
from bench.measure import Figure


def figures(folder: Path) -> Iterator[Figure]:
    """All of them, in the order of the goals. Growth comes last, for it fills the tables."""
    built = house.build(folder)
    yield from pages.public(built)
    yield from pages.office(built, folder)
    yield from writes.posts(built, folder)
    yield from writes.call_of_forty(built)
    yield from start.measures(built, folder)
    yield from growth.public_pages(built)
    yield from growth.lists(built)


def main() -> int:
    checks = "--check" in sys.argv[1:]
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        for figure in figures(Path(folder)):
            print(figure.line(), flush=True)
            if not figure.is_met and (figure.is_count or not checks):
                missed.append(figure)
    print(f"\n{len(missed)} goals not met" + (" among the counts" if checks else ""))
    return 1 if checks and missed else 0


if __name__ == "__main__":
    sys.exit(main())

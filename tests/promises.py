"""Which tests show which promise: `@pytest.mark.shows("promise-5", "R12")`. `make promises` prints it from collection alone.

The ids that have been asked for stand in `promises.toml`, a line each in our own words. An id that does not stand there fails.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

FILE = Path(__file__).parent / "promises.toml"


def asked_for() -> dict[str, str]:
    """Id → what is promised, in the order of the file."""
    series = tomllib.loads(FILE.read_text())
    return {identity: said for promises in series.values() for identity, said in promises.items()}


def shown_by(items: list[pytest.Item]) -> dict[str, set[str]]:
    """Id → the tests that show it; parameters count once.

    :raises pytest.UsageError: for an id that nobody has asked for
    """
    known, shown = asked_for(), defaultdict(set)
    for item in items:
        for mark in item.iter_markers("shows"):
            for identity in mark.args:
                if identity not in known:
                    raise pytest.UsageError(f"{item.nodeid} shows {identity!r}, which does not stand in {FILE.name}")
                shown[identity].add(re.sub(r"\[.*\]$", "", item.nodeid))
    return shown


def report(shown: dict[str, set[str]]) -> list[str]:
    """`ID  shown|missing  tests`, and a sum per series."""
    known = asked_for()
    lines = [
        f"{identity:<18}{'shown' if shown.get(identity) else 'missing':<9}{' '.join(sorted(shown.get(identity, ())))}" for identity in known
    ]
    of_series: dict[str, list[str]] = defaultdict(list)
    for identity in known:
        of_series[re.sub(r"-?\d+[a-z]?$", "", identity)].append(identity)
    sums = [f"{name}: {sum(bool(shown.get(one)) for one in ids)} of {len(ids)} shown" for name, ids in of_series.items()]
    return [*lines, "", *sums]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--promises", action="store_true", help="print which promises the tests show, and run none")


def pytest_collection_modifyitems(session: pytest.Session, config: pytest.Config, items: list[pytest.Item]) -> None:
    shown = shown_by(items)
    if config.getoption("--promises"):
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        assert terminal is not None
        terminal.ensure_newline()
        for line in report(shown):
            terminal.write_line(line)
        items.clear()


def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.config.getoption("--promises") and session.exitstatus == pytest.ExitCode.NO_TESTS_COLLECTED:
        session.exitstatus = pytest.ExitCode.OK

"""Writers of one SQLite file queue in order: nobody meets an error, nothing is lost, and nobody waits long."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from meetingapp.core.database.guard import engine_options

ROOT = Path(__file__).parents[2]
PROCESSES, THREADS = 2, 8


@dataclass(frozen=True)
class Written:
    """What the writers said, and what is in the file."""

    turns: dict[str, int]
    longest: float  # seconds that somebody waited for their turn
    errors: list[str]
    tally: dict[str, int]
    rows: dict[str, list[int]]

    @property
    def lost(self) -> list[str]:
        """Writers whose turns are not in the file one by one."""
        counted = {who: list(range(1, turns + 1)) for who, turns in self.turns.items()}
        return [who for who in self.turns if (self.tally[who], self.rows[who]) != (self.turns[who], counted[who])]


def write(folder: Path, seconds: float, how: str) -> Written:
    """Let sixteen writers in two processes write without a rest."""
    file = folder / f"{how}.db"
    url = f"sqlite:///{file}"
    names = [f"{process}-{thread}" for process in range(PROCESSES) for thread in range(THREADS)]
    engine = create_engine(url, **engine_options(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE tally (who TEXT PRIMARY KEY, turns INTEGER)"))
        connection.execute(text("CREATE TABLE written (who TEXT, turn INTEGER)"))
        connection.execute(text("INSERT INTO tally VALUES (:who, 0)"), [{"who": name} for name in names])
    command = [sys.executable, "-m", "tests.writers", str(file)]
    running = [
        subprocess.Popen([*command, str(process), str(THREADS), str(seconds), how], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for process in range(PROCESSES)
    ]
    said = [json.loads(process.communicate(timeout=seconds + 60)[0]) for process in running]
    with engine.connect() as connection:
        tally = {row.who: row.turns for row in connection.execute(text("SELECT who, turns FROM tally"))}
        rows: dict[str, list[int]] = {name: [] for name in names}
        for who, turn in connection.execute(text("SELECT who, turn FROM written ORDER BY rowid")):
            rows[who].append(turn)
    turns = {who: count for one in said for who, count in one["turns"].items()}
    return Written(turns, max(one["longest"] for one in said), [error for one in said for error in one["errors"]], tally, rows)


@pytest.mark.slow
@pytest.mark.shows("BW2")
def test_ceaseless_writers_meet_no_error_and_lose_nothing(tmp_path: Path) -> None:
    found = write(tmp_path, 3, "queue")

    assert found.errors == []
    assert found.lost == []
    assert min(found.turns.values()) > 0


@pytest.mark.soak
@pytest.mark.shows("BW2")
def test_sixteen_writers_for_a_minute(tmp_path: Path) -> None:
    queued, plain = write(tmp_path, 60, "queue"), write(tmp_path, 60, "plain")
    for name, one in (("queue", queued), ("BEGIN IMMEDIATE", plain)):
        turns = sum(one.turns.values())
        print(  # noqa: T201
            f"BW2 {name}: {turns} commits, {turns / 60:.0f}/s, longest wait {one.longest:.3f} s,"
            f" fewest and most turns {min(one.turns.values())} and {max(one.turns.values())}, {len(one.errors)} errors"
        )
    print(f"BW2 longest wait, queue / plain: {queued.longest / plain.longest:.3f} (goal 0.2; goal in itself 0.5 s)")  # noqa: T201

    assert queued.errors == []
    assert queued.lost == []

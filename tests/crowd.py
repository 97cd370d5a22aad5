"""Many people at once, in processes of their own: each a thread that posts its forms one after another, and tries again when told to.

`python -m tests.crowd` reads what to do from standard input as JSON, with the house's settings in the environment: `threads` is a list
of lists of [path, fields], `cookie` a signed-in person's, `now` the council's time. It writes [status, place, milliseconds] for each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from config import Settings
from meetingapp.app import create_office
from meetingapp.core import clock

ROOT = Path(__file__).parents[1]
Post = tuple[str, dict[str, str]]  # path and fields
TRIES = 40


def environment_of(settings: Settings) -> dict[str, str]:
    """The environment that leads a process of its own to the house with these settings."""
    return {
        "VAR_DIR": str(settings.var_dir),
        "SECRET_KEY": settings.secret_key,
        "BASE_URL": settings.base_url,
        "DATABASE_URL": settings.database_url,
        "PUBLIC_DATABASE_URL": settings.public_database_url,
        "UNDO_SECONDS": str(settings.undo_seconds),
    }


def start(
    settings: Settings, cookie: tuple[str, str], people: Sequence[Sequence[Post]], *, processes: int = 2
) -> list[subprocess.Popen[str]]:
    """Let `people` post from so many processes at once."""
    environment = {**os.environ, **environment_of(settings)}
    running = []
    for number in range(processes):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crowd"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert process.stdin is not None
        json.dump({"threads": people[number::processes], "cookie": cookie, "now": clock.now().isoformat()}, process.stdin)
        process.stdin.close()
        process.stdin = None
        running.append(process)
    return running


def answers(running: Sequence[subprocess.Popen[str]], seconds: float = 120) -> list[tuple[int, str, float]]:
    """Status, place and milliseconds of all their posts."""
    said = [process.communicate(timeout=seconds)[0] for process in running]
    assert [process.returncode for process in running] == [0] * len(running)
    return [(status, place, taken) for one in said for status, place, taken in json.loads(one)]


def _post_all(office: Any, cookie: tuple[str, str], posts: Sequence[Post]) -> list[tuple[int, str, float]]:
    client = office.test_client()
    client.set_cookie(*cookie)
    done = []
    for path, fields in posts:
        for _try in range(TRIES):
            began = time.monotonic()
            answer = client.post(path, data=fields)
            if answer.status_code != 503:
                break
            time.sleep(0.25)  # "try again in a minute", for the impatient
        done.append((answer.status_code, answer.headers.get("Location", ""), (time.monotonic() - began) * 1000))
    return done


def main() -> None:
    given = json.load(sys.stdin)
    office = create_office(Settings.from_environment())
    office.config["WTF_CSRF_ENABLED"] = False  # the token is tried elsewhere
    done: list[tuple[int, str, float]] = []

    def work(posts: Sequence[Post]) -> None:
        done.extend(_post_all(office, given["cookie"], posts))

    with clock.frozen(datetime.fromisoformat(given["now"])):
        threads = [threading.Thread(target=work, args=(posts,)) for posts in given["threads"]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    json.dump(done, sys.stdout)


if __name__ == "__main__":
    main()

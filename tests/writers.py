"""Writers that never rest, as a process of their own: `python -m tests.writers DATABASE NAME THREADS SECONDS queue|plain`.

Each turn counts one up for its thread, and adds a row, in one transaction as the house opens them. Says in one line of JSON how many
turns each thread had, how long the longest wait was, and what went wrong.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from contextlib import nullcontext

from sqlalchemy import create_engine, text

from meetingapp.core.database.guard import engine_options
from meetingapp.core.database.transactions import write_queue


def main(database: str, name: str, threads: int, seconds: float, how: str) -> None:
    url = f"sqlite:///{database}"
    engine = create_engine(url, pool_size=threads, **engine_options(url))
    turns, longest, errors = [0] * threads, [0.0] * threads, []
    start = threading.Barrier(threads)

    def work(number: int) -> None:
        start.wait()
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            began = time.monotonic()
            try:
                with (
                    write_queue(engine) if how == "queue" else nullcontext(),
                    engine.connect() as connection,
                    connection.execution_options(writes=True).begin(),
                ):
                    longest[number] = max(longest[number], time.monotonic() - began)
                    who = {"who": f"{name}-{number}"}
                    connection.execute(text("UPDATE tally SET turns = turns + 1 WHERE who = :who"), who)
                    connection.execute(text("INSERT INTO written (who, turn) SELECT who, turns FROM tally WHERE who = :who"), who)
                turns[number] += 1
            except Exception as error:
                errors.append(repr(error))

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    print(json.dumps({"turns": {f"{name}-{n}": turns[n] for n in range(threads)}, "longest": max(longest), "errors": errors}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])

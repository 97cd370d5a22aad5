"""Memory and start of a process (BR1, BR2), beside one that only imports the same libraries."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from bench.house import MONDAY, House
from bench.measure import Figure

ROOT = Path(__file__).parent.parent
LIBRARIES = """
import flask_login, flask_sqlalchemy, flask_wtf, flask_babel, sqlalchemy.orm, sqlalchemy.dialects.sqlite, wtforms
import icalendar, markdown, nh3, babel.dates, smtplib, email.policy, zoneinfo
from flask import Flask
app = Flask(__name__)
@app.get("/")
def index(): return "x"
babel.dates.format_datetime(locale="nn"); markdown.markdown("x"); nh3.clean("x"); icalendar.Calendar().to_ical()
"""
PEER_MIB, PEER_SECONDS = 275, 20  # Indico 3.3.14, one worker, measured on a machine of this size
ROUNDS = 3


def measures(house: House, folder: Path) -> Iterator[Figure]:
    """BR1 and BR2: the best of some starts, for noise only slows."""
    (folder / "libraries.py").write_text(LIBRARIES)
    here = {"PYTHONPATH": str(folder), "PATH": os.environ["PATH"]}
    ours = {
        **here, "PYTHONPATH": str(ROOT), "VAR_DIR": str(house.settings.var_dir), "SECRET_KEY": house.settings.secret_key,
        "BASE_URL": "http://127.0.0.1", "DEMO": "yes", "CLOCK_STARTS_AT": MONDAY.isoformat(), "LOG_FORMAT": "json",
    }  # fmt: skip
    floor = [_serve("libraries:app", folder, here, "/") for _ in range(ROUNDS)]
    house_ = [_serve("wsgi:app", ROOT, ours, "/readyz") for _ in range(ROUNDS)]
    (slow, big), (fast, small) = (tuple(min(run[n] for run in runs) for n in (0, 1)) for runs in (house_, floor))
    yield Figure("BR1 memory of a web process after 100 requests", big, "MiB RSS", small, 1.3)
    yield Figure("BR1 the same, beside a worker of Indico", big, "MiB RSS", PEER_MIB, 0.34)
    yield Figure("BR2 first answer after the start", slow, "s", fast, 2)
    yield Figure("BR2 the same, beside Indico", slow, "s", PEER_SECONDS, 0.125)


def _serve(target: str, folder: Path, environment: dict[str, str], path: str) -> tuple[float, float]:
    """Seconds until the first answer, and MiB that stay in memory after a hundred more."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [Path(sys.executable).parent / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "4", "--no-ws", "--log-level", "error", target]
    began = time.monotonic()
    server = subprocess.Popen([str(part) for part in command], cwd=folder, env=environment, stderr=subprocess.DEVNULL)
    try:
        _ask(f"http://127.0.0.1:{port}{path}", began + 60)
        first = time.monotonic() - began
        for _ in range(100):
            _ask(f"http://127.0.0.1:{port}{path}", began + 60)
        children = [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]
        return first, max(_resident(pid) for pid in children)
    finally:
        server.terminate()
        server.wait(timeout=20)


def _ask(url: str, until: float) -> None:
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                answer.read()
                return
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)


def _resident(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Rss:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError("this kernel does not say how much memory a process has")

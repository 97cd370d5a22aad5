"""`make run`: a council at work on demo data. Migrates, loads the demo at the first start, serves, and ends everything at Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).parent.parent
DEMO_STARTS = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 08.00 in Oslo
PORT = os.environ.get("PORT", "8000")


def _settle(environment: dict[str, str]) -> list[str]:
    """Migrate, load the demo if there is none, and return the lines to print: where to look, and a sign-in link for three people."""
    os.environ.update(environment)
    from config import Settings
    from meetingapp import demo
    from meetingapp.app import create_office
    from meetingapp.core.database import migrations

    app = create_office(Settings.from_environment())
    with app.app_context():
        migrations.upgrade()
        if not demo.is_loaded():
            demo.load(progress=lambda what: print(f"  {what}", flush=True))
        return demo.ways_in()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex(("127.0.0.1", port)) != 0


def _wait(url: str, server: subprocess.Popen[bytes], seconds: float = 30) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def main() -> int:
    if not PORT.isdecimal() or not _is_free(int(PORT)):
        print(f"Port {PORT} is taken. Choose another: make run PORT=8001", file=sys.stderr)
        return 1
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    kept = var / "demo-clock"  # where the demo's clock had come to, so that it never goes back
    starts = max(DEMO_STARTS, datetime.fromisoformat(kept.read_text())) if kept.exists() else DEMO_STARTS
    base = f"http://127.0.0.1:{PORT}"
    began = datetime.now(UTC)  # noqa: TID251 - the clock of the demo is set from here
    environment = {
        "DEMO": "yes",
        "BASE_URL": base,
        "VAR_DIR": str(var),
        "MAIL_DOMAIN": os.environ.get("MAIL_DOMAIN", "hamarregionen.example"),
        "CLOCK_STARTS_AT": starts.isoformat(),
        "CLOCK_STARTED": began.isoformat(),
        "LOG_FORMAT": os.environ.get("LOG_FORMAT", "readable"),
    }
    lines = _settle(environment)
    whole = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
    binaries = Path(sys.executable).parent
    serve = [binaries / "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", PORT, "--workers", "1"]
    serve += ["--blocking-threads", "4", "--no-ws", "--log-level", "warning", "wsgi:app"]
    commands = [serve, [binaries / "flask", "--app", "wsgi:office", "worker"]]
    processes = [subprocess.Popen([str(part) for part in command], cwd=ROOT, env=whole, start_new_session=True) for command in commands]
    stopping = False

    def stop(*_: object) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        if not _wait(f"{base}/", processes[0]):
            print("The server did not start; see above.", file=sys.stderr)
            return 1
        print("\n".join(["", f"The demo council is at {base}/", *lines, "Stop with Ctrl-C.", ""]), flush=True)
        while not stopping and all(process.poll() is None for process in processes):
            time.sleep(0.2)
            kept.write_text((starts + (datetime.now(UTC) - began) + timedelta(seconds=1)).isoformat())  # noqa: TID251
        return 0 if stopping else 1
    finally:
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in processes:
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)


if __name__ == "__main__":
    sys.exit(main())

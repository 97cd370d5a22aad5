"""`make restore-drill`: shows that a backup can be restored. Demo council → backup → another folder → start it there and walk through it.

Prints an OK line for each thing that holds, and ends with an error at the first that does not. Leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path

ROOT = Path(__file__).parent.parent
BINARIES = Path(sys.executable).parent
MEMBER = "nils.demostad@stange.example"
PAGES = ("/", "/moter/regionradet-2026-04-24", "/moter")
A_LINK = f"""
from datetime import timedelta
from hashlib import sha256
from sqlalchemy import select
from config import Settings
from meetingapp import demo
from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.app import create_office
from meetingapp.core import clock
from meetingapp.core.database import db, migrations, write
from meetingapp.council.models import Person
from meetingapp.portal.reader import Pages
app = create_office(Settings.from_environment())
def a_link():
    with write():
        person = db.session.scalars(select(Person).where(Person.email == "{MEMBER}")).one()
        print(links.path_of(links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + timedelta(minutes=30))))
"""
BEFORE = f"""{A_LINK}
with app.app_context():
    migrations.upgrade()
    demo.load(meetings=("m4", "m8"))
    a_link()
    pages = Pages(app.config["PUBLIC_DATABASE_URL"])
    for path in {PAGES}:
        print(path, sha256(pages.read("127.0.0.1", path, "plain").body).hexdigest())
"""
AFTER = f"""{A_LINK}
with app.app_context():
    a_link()
"""


def _ok(said: str) -> None:
    print(f"OK  {said}", flush=True)


def _expect(holds: bool, said: str) -> None:
    if not holds:
        raise SystemExit(f"NOT OK  {said}")
    _ok(said)


def _run(environment: dict[str, str], *command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"NOT OK  {' '.join(command[-3:])}\n{done.stdout}{done.stderr}")
    return done.stdout


def _flask(environment: dict[str, str], *arguments: str) -> str:
    return _run(environment, str(BINARIES / "flask"), "--app", "wsgi:office", *arguments)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def _served(environment: dict[str, str], port: int) -> Iterator[None]:
    """Web, listening on loopback, until the block ends."""
    command = [str(BINARIES / "granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "4", "--no-ws", "--log-level", "error", "wsgi:app"]
    log = Path(environment["VAR_DIR"]) / "web.log"
    with log.open("w") as out:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while True:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2):
                    break
            except OSError:
                if time.monotonic() > until or process.poll() is not None:
                    raise SystemExit(f"NOT OK  the house does not start\n{log.read_text()}") from None
                time.sleep(0.1)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(timeout=20)


class _Browser:
    """As much of a browser as the drill needs."""

    def __init__(self, base: str) -> None:
        self._base, self._open = base, urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str, form: dict[str, str] | None = None) -> tuple[int, bytes]:
        """Status and bytes of a page; with `form`, what it answers to it."""
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        try:
            with self._open.open(self._base + path, data=data, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def press(self, path: str) -> tuple[int, bytes]:
        """Open a page that has one form with one button, and press it."""
        _status, page = self.get(path)
        main = page.decode().partition("<main")[2]
        fields = {}
        for tag in re.findall(r"<input [^>]*>", main):
            said = dict(re.findall(r'(name|value)="([^"]*)"', tag))
            fields[said["name"]] = said.get("value", "")
        return self.get(path, fields)


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="restore-drill-") as folder:
        first, second, backups = (Path(folder) / name for name in ("first", "second", "backups"))
        port = _free_port()
        base = f"http://127.0.0.1:{port}"
        shared = {
            "SECRET_KEY": secrets.token_hex(32),
            "BASE_URL": base,
            "MAIL_DOMAIN": "hamarregionen.example",
            "DEMO": "yes",
            "CLOCK_STARTS_AT": "2026-11-23T08:00:00+01:00",
            "PYTHONPATH": str(ROOT),
        }
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR", "PG_BIN")}
        one, two = ({**kept, **shared, "VAR_DIR": str(place)} for place in (first, second))
        old_link, *digests = _run(one, sys.executable, "-c", BEFORE).splitlines()
        before = dict(line.split() for line in digests)
        _ok("a council at work, with a sign-in link on its way")
        _ok(_flask(one, "backup", str(backups)).splitlines()[0].partition(": ")[2])
        [made] = backups.glob("backup-*")
        restored = _flask(two, "restore", str(made))
        _ok(restored.splitlines()[0])
        _expect("The log of acts is whole." in restored, "the log of acts is whole")
        with _served(two, port):
            browser = _Browser(base)
            after = {path: hashlib.sha256(browser.get(path)[1]).hexdigest() for path in PAGES}
            _expect(after == before, f"the same bytes at {', '.join(PAGES)}")
            _expect(browser.get("/logg-inn")[0] == 200, "the sign-in page answers")
            _expect(browser.get(old_link)[0] == 404, "the link from before the backup stays dead")
            new_link = _run(two, sys.executable, "-c", AFTER).strip()
            _expect(browser.press(new_link)[0] == 200, "a new link signs a member in")
            status, page = browser.get("/kontor/moter")
            _expect(status == 200 and "4. desember" in page.decode(), "the office shows the coming meetings")
        _expect(list((second / "mail").glob("*")) == [], "no letter was sent")
        _flask(two, "worker", "--once")
        _expect(list((second / "mail").glob("*")) == [], "and the worker sends none of before")
        print("The drill is done: what was backed up works in another place.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

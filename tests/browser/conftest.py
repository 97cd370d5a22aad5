"""A whole house under a real browser: server and worker as processes of their own, on the demo council."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from config import Settings

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class House:
    """A running house: its address, its letters, and the links it printed."""

    address: str
    mail: Path
    links: dict[str, str]
    environment: dict[str, str]  # what its processes were started with

    def letters(self) -> list[EmailMessage]:
        """All letters so far, oldest first."""
        return [message_from_bytes(f.read_bytes(), policy=SMTP) for f in sorted(self.mail.glob("*.eml"))]  # type: ignore[misc]

    def letter_to(self, address: str, about: str, seconds: float = 20) -> EmailMessage:
        """The newest letter to `address` with `about` in its subject; waits for the worker."""
        until = time.monotonic() + seconds
        while True:
            found = [m for m in self.letters() if address in str(m["To"]) and about in str(m["Subject"])]
            if found:
                return found[-1]
            assert time.monotonic() < until, f"no letter to {address} about {about}"
            time.sleep(0.2)

    def wait_for(self, path: str, text: str, seconds: float = 20) -> None:
        """Until the public page at `path` says `text`: the worker makes pages after the press."""
        until, said = time.monotonic() + seconds, ""
        while text not in said:
            assert time.monotonic() < until, f"{path} never said {text!r}: {said[:500]}"
            time.sleep(0.2)
            try:
                with urllib.request.urlopen(self.address + path, timeout=5) as answer:
                    said = answer.read().decode()
            except urllib.error.HTTPError as error:
                said = str(error)

    def link_in(self, letter: EmailMessage, part: str) -> str:
        """The first address in the plain text of `letter` that holds `part`."""
        body = letter.get_body(("plain",))
        assert body is not None
        found = re.search(rf"http://\S*{part}\S*", body.get_content())
        assert found, body.get_content()
        return found[0]


def lead_on(pressed: Locator) -> None:
    """Press what leads to another page, and wait until that page is there: a click may return while the old one still stands."""
    with pressed.page.expect_navigation():
        pressed.click()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(demo_in: Callable[[Path], Settings], folder: Path) -> Iterator[House]:
    """`tools.run` as a process over a loaded demo: server and worker up. Three seconds of undo instead of sixty."""
    port, log = free_port(), folder / "log"
    var = folder / "var"
    var.mkdir()
    loaded = demo_in(var)
    house = {"SECRET_KEY": loaded.secret_key, "DATABASE_URL": loaded.database_url, "PUBLIC_DATABASE_URL": loaded.public_database_url}
    environment = {
        **os.environ,
        **house,
        "PORTAL_DATABASE_URL": loaded.portal_database_url,
        "PORT": str(port),
        "VAR_DIR": str(var),
        "UNDO_SECONDS": "3",
    }
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "tools.run"], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    until = time.monotonic() + 60
    while "Ctrl-C" not in log.read_text():
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < until, log.read_text()
        time.sleep(0.2)
    links = dict(re.findall(r"(Sekretær|Medlem|Partner).*?(http://\S+)", log.read_text()))
    yield House(f"http://127.0.0.1:{port}", var / "mail", links, environment)
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait(timeout=20) == 0, log.read_text()
    with pytest.raises(OSError):  # Ctrl-C has ended every process
        urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2)


@pytest.fixture
def house(demo_in: Callable[[Path], Settings], tmp_path: Path) -> Iterator[House]:
    """A house of one test's own."""
    with running(demo_in, tmp_path) as made:
        yield made

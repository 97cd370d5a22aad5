"""A house whose processes are killed at random moments while people work in it, and what is left of it afterwards."""

from __future__ import annotations

import http.client
import json
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from tests.faults.smtp import MailServer
from tests.forms import form_data

ROOT = Path(__file__).parents[2]


class Processes:
    """The house's processes. Only those are killed that were started here, by their ids."""

    def __init__(self, environment: dict[str, str], workers: int, agendas: int) -> None:
        self._log = Path(environment["VAR_DIR"]) / "storm.log"
        self._log.parent.mkdir(parents=True, exist_ok=True)
        self._zygote = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.zygote", str(agendas)],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log.open("w"),
            text=True,
            start_new_session=True,
        )
        self.facts: dict[str, Any] = json.loads(self._line())
        self.port = int(self.facts["port"])
        self.living = {name: self._start(name) for name in ("web", *(f"worker {number}" for number in range(workers)))}

    def _line(self) -> str:
        assert self._zygote.stdout is not None
        line = self._zygote.stdout.readline()
        assert line, self._log.read_text()
        return line

    def _say(self, what: str) -> None:
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(what + "\n")
        self._zygote.stdin.flush()

    def _start(self, name: str) -> int:
        self._say(name.split()[0])
        return int(self._line())

    def kill(self, name: str) -> None:
        """SIGKILL, and another one in its place."""
        os.kill(self.living[name], signal.SIGKILL)
        self.living[name] = self._start(name)

    def end(self) -> None:
        for process in self.living.values():
            os.kill(process, signal.SIGKILL)
        assert self._zygote.stdin is not None
        self._zygote.stdin.close()
        assert self._zygote.wait(10) == 0, self._log.read_text()


@contextmanager
def a_house(environment: dict[str, str], *, workers: int = 2, agendas: int = 0) -> Iterator[Processes]:
    processes = Processes(environment, workers, agendas)
    try:
        yield processes
    finally:
        processes.end()


@dataclass
class Client:
    """Somebody at work: sends each form until it is answered, with the same key, as a browser does at a reload."""

    port: int
    cookie: str
    stop: threading.Event
    tries: int = 0
    broken: Counter[str] = field(default_factory=Counter)  # what came instead of an answer

    def ask(self, method: str, path: str, body: str | None = None, kind: str = "application/x-www-form-urlencoded") -> tuple[int, str]:
        """One request; status 0 when the line broke."""
        self.tries += 1
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": self.cookie, "Host": "localhost", "Sec-Fetch-Site": "same-origin"}
        if body is not None:
            headers |= {"Content-Type": kind, "Origin": "http://localhost"}
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except (OSError, http.client.HTTPException) as error:
            self.broken[type(error).__name__] += 1
            return 0, ""
        finally:
            connection.close()

    def insist(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        """The answer, however often it takes; a 5xx is none."""
        until = time.monotonic() + 60
        while True:
            status, said = self.ask(method, path, body)
            if 0 < status < 500:
                return status, said
            if status:
                self.broken[str(status)] += 1
            assert time.monotonic() < until, f"{method} {path} was never answered: {self.broken}"
            time.sleep(0.02)

    def form_at(self, path: str, *, form: str | int = 0, **fields: Any) -> tuple[str, dict[str, Any]]:
        status, said = self.insist("GET", path)
        assert status == 200, said[:2000]
        action, data = form_data(said, form=form, button=None, fields=fields)
        return action or path, data


@dataclass
class Editor(Client):
    """Makes new cases."""

    name: str = ""
    acknowledged: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def work(self) -> None:
        action, data = self.form_at("/kontor/saker/ny", title="x")
        while not self.stop.is_set():
            title = f"{self.name} {len(self.sent)}"
            self.sent.append(title)
            body = urlencode({**data, "title": title, "_key": f"key {title}"}, doseq=True)
            status, said = self.insist("POST", action, body)
            assert status in (302, 303), (status, re.sub(r"<[^>]+>", " ", said)[:1500])
            self.acknowledged.append(title)


@dataclass
class Caller(Client):
    """Sends calls again, each with its calendar object."""

    addresses: list[str] = field(default_factory=list)
    acknowledged: int = 0

    def work(self) -> None:
        token = self.form_at("/kontor/saker/ny")[1]["csrf_token"]
        number = 0
        while not self.stop.is_set():
            number += 1
            body = urlencode({"csrf_token": token, "_key": f"again {number}"})
            status, said = self.insist("POST", self.addresses[number % len(self.addresses)], body)
            assert status in (302, 303, 409), (status, said[:1000])  # 409: the letter before it is on its way still
            self.acknowledged += status != 409
            time.sleep(0.01)


@dataclass
class Fixer(Client):
    """Fixes agendas, which gives their cases numbers of one series."""

    meetings: list[int] = field(default_factory=list)
    acknowledged: list[int] = field(default_factory=list)  # meetings

    def work(self) -> None:
        token = self.form_at("/kontor/saker/ny")[1]["csrf_token"]
        for meeting in self.meetings:
            if self.stop.is_set():
                break
            body = urlencode({"csrf_token": token, "_key": f"fix {meeting}"})
            status, said = self.insist("POST", f"/kontor/moter/{meeting}/fastsett", body)
            assert status in (302, 303), (status, re.sub(r"<[^>]+>", " ", said)[:1500])
            self.acknowledged.append(meeting)
            time.sleep(0.05)


@dataclass
class Crew:
    """Who was at work."""

    editors: list[Editor]
    caller: Caller
    fixers: list[Fixer]

    @property
    def all(self) -> list[Editor | Caller | Fixer]:
        return [*self.editors, self.caller, *self.fixers]


def storm(
    processes: Processes,
    *,
    kills: int,
    editors: int,
    rest: tuple[float, float],
    chance: random.Random,
    strike: Callable[[], None] | None = None,
) -> Crew:
    """Let people work, and kill a process of the house again and again.

    :param rest: seconds between two kills, from and to
    :param strike: what is done to the house instead
    """
    stop, facts = threading.Event(), processes.facts
    who = (processes.port, facts["cookie"], stop)
    crew = Crew(
        [Editor(*who, name=f"Sak {number}") for number in range(editors)],
        Caller(*who, addresses=facts["send_again"]),
        [Fixer(*who, meetings=facts["agendas"][number::2]) for number in range(2 if facts["agendas"] else 0)],
    )
    failed: list[BaseException] = []

    def at_work(who: Editor | Caller | Fixer) -> None:
        try:
            who.work()
        except BaseException as error:
            failed.append(error)
            stop.set()

    threads = [threading.Thread(target=at_work, args=(one,)) for one in crew.all]
    for thread in threads:
        thread.start()
    names = list(processes.living)
    for _ in range(kills):
        time.sleep(chance.uniform(*rest))
        if strike is not None:
            strike()
        else:
            processes.kill(chance.choices(names, [1 if name == "web" else 2 for name in names])[0])
        if stop.is_set():
            break
    stop.set()
    for thread in threads:
        thread.join(90)
        assert not thread.is_alive()
    if failed:
        raise failed[0]
    return crew


def copies(house: MailServer) -> dict[str, list[tuple[str, str]]]:
    """Message-ID → UID and SEQUENCE of each copy that arrived."""
    found: dict[str, list[tuple[str, str]]] = {}
    for _, mail in house.letters():
        calendar = next((part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"), "")
        uid, sequence = re.search(r"(?m)^UID:(\S+)", calendar), re.search(r"(?m)^SEQUENCE:(\d+)", calendar)
        found.setdefault(str(mail["Message-ID"]), []).append((uid[1] if uid else "", sequence[1] if sequence else ""))
    return found

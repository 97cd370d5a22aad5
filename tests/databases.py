"""Fresh databases for a house under test: migrated once, and copied as often as a test asks."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from sqlalchemy import URL, Engine, event, make_url

from config import Settings
from meetingapp.app import create_office
from meetingapp.core.database import db, migrations, roles
from tests.postgres import connect

KEY = "a key for tests only, of no worth to anyone"
READER = "meeting_portal"  # reads the public pages
OWNER = "meeting_office"  # owns the databases, as the house does in production: no superuser
HISTORIES = ("office", "public")
LEFT = "databases"  # the file that names the databases of a folder which were left to be copied


def settings(var: Path, databases: dict[str, str], **given: str) -> Settings:
    """The settings of a house in the folder `var`, over `databases` (as a `Databases` gives them)."""
    return Settings.from_environment({"VAR_DIR": str(var), "SECRET_KEY": KEY, "BASE_URL": "http://localhost", **databases, **given})


def migrate(var: Path, databases: dict[str, str]) -> None:
    """Bring the empty `databases` (as a `Databases` gives them) to the newest migration."""
    with create_office(settings(var, databases)).app_context():
        migrations.upgrade()
        if db.engine.dialect.name == "postgresql":
            roles.grant_portal(READER)
        for engine in db.engines.values():
            engine.dispose()


def careless(engine: Engine) -> None:
    """Let `engine` not wait for the disk: what the suite writes on SQLite need not survive a power cut. Not for what a crash shall test."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _record: connection.execute("PRAGMA synchronous=OFF").close())


_servers: list[URL] = []  # of this process: one, on PostgreSQL


def migrate_on(server: str, run: str, folder: Path) -> None:
    """Leave a migrated pair on the server, named in `folder`, for the test processes of the run `run` to copy."""
    names = [f"test_{run}_migrated_{history}" for history in HISTORIES]
    with connect(server) as admin:
        for name in names:
            admin.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE template1')
    migrate(folder, _addresses(make_url(server), names))
    (folder / LEFT).write_text("\n".join(names))


def _address(server: URL, name: str, user: str = OWNER) -> str:
    """The address of the database `name`, as `user`; empty is the superuser."""
    url = server.set(database=name)
    return (url.set(username=user) if user else url).render_as_string(hide_password=False)


def _addresses(server: URL, names: Sequence[str]) -> dict[str, str]:
    """The settings that lead to the pair of databases `names`: the office's and the public one."""
    office, public = names
    return {
        "DATABASE_URL": _address(server, office),
        "PUBLIC_DATABASE_URL": _address(server, public),
        "PORTAL_DATABASE_URL": _address(server, public, READER),
    }


def drop_all(server: str, run: str) -> None:
    """Drop the databases of the run `run` that are still on the server."""
    with connect(server) as admin:
        for (name,) in admin.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", (f"test_{run}_",)).fetchall():
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def superuser(engine: Engine) -> psycopg.Connection:
    """A connection to the PostgreSQL database of `engine` that no right and no trigger binds."""
    (server,) = _servers
    return connect(server.set(database=engine.url.database).render_as_string(hide_password=False))


class OnSQLite:
    """Pairs of migrated files, each a copy of one that was migrated once."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        """:param folder: where the migrated pair lies"""
        self._template = folder

    def environment(self, var: Path) -> dict[str, str]:
        """The settings that lead to a migrated pair of databases in `var`: none, the files lie where the house looks for them."""
        self.refresh(var, lambda: None)
        return {}

    def refresh(self, var: Path, disconnect: Callable[[], None], kept: Kept | None = None) -> None:
        """Let the pair in `var` be as it was: after its migrations, or when it was `kept`.

        :param disconnect: closes every connection to it; called where they cannot stay
        """
        disconnect()
        for name in HISTORIES:
            for left in var.glob(f"{name}.db-*"):
                left.unlink()
            shutil.copy((kept.folder if kept else self._template) / f"{name}.db", var / f"{name}.db")

    def keep(self, var: Path, disconnect: Callable[[], None]) -> Kept:
        """Keep the pair in `var` as it is now, for `refresh`."""
        disconnect()
        kept = Kept(folder=Path(tempfile.mkdtemp(dir=self._template)))
        for name in HISTORIES:
            shutil.copy(var / f"{name}.db", kept.folder / f"{name}.db")
        return kept

    def leave(self, var: Path) -> None:
        """Leave the pair in `var` to be copied, by every test process. Nobody has it open any more."""

    def copied(self, var: Path, source: Path) -> dict[str, str]:
        """The settings that lead to a pair in `var` which begins as the one that was left in `source`."""
        for name in HISTORIES:
            for file in source.glob(f"{name}.db*"):
                shutil.copy(file, var / file.name)
        return {}

    @contextmanager
    def without_office(self, var: Path) -> Iterator[None]:
        """Meanwhile the house in `var` has no office database."""
        office, away = var / "office.db", var / "office.away"
        office.rename(away)
        yield
        assert not office.exists()
        away.rename(office)


class OnPostgreSQL:
    """Pairs of migrated databases on one server, each made from a template that was migrated once."""

    name = "postgresql"

    def __init__(self, folder: Path, server: str, run: str) -> None:
        """
        :param folder: where the migrated pair is named
        :param server: the address of a superuser
        :param run: a word for the names of the databases, which no other process uses
        """
        self._server, self._run = make_url(server), run
        _servers[:] = [self._server]
        self._admin = connect(server)
        self._template = dict(zip(HISTORIES, (folder / LEFT).read_text().split(), strict=True))
        self._made: dict[str, Emptied] = {}
        self._of: dict[Path, str] = {}

    def _name(self, which: str, history: str) -> str:
        return f"test_{self._run}_{which}_{history}"

    def _create(self, which: str, history: str, template: str = "") -> None:
        """A database that begins as the database `template`; by default as the migrated one."""
        name = self._name(which, history)
        if made := self._made.get(name):
            made.close()
        self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._admin.execute(f'CREATE DATABASE "{name}" OWNER {OWNER} TEMPLATE "{template or self._template[history]}" STRATEGY FILE_COPY')
        self._made[name] = Emptied(_address(self._server, name, user=""))

    def _urls(self, which: str) -> dict[str, str]:
        return _addresses(self._server, [self._name(which, history) for history in HISTORIES])

    def environment(self, var: Path) -> dict[str, str]:
        """The settings that lead to a migrated pair of databases for the house in `var`."""
        self._of.setdefault(var, str(len(self._of)))
        for history in HISTORIES:
            self._create(self._of[var], history)
        return self._urls(self._of[var])

    def leave(self, var: Path) -> None:
        """Leave the pair in `var` to be copied, by every test process. Nobody has it open any more; whoever started the run drops it."""
        names = [self._name(self._of[var], history) for history in HISTORIES]
        for name in names:
            self._made.pop(name).close()
        (var / LEFT).write_text("\n".join(names))

    def copied(self, var: Path, source: Path) -> dict[str, str]:
        """The settings that lead to a pair in `var` which begins as the one that was left in `source`."""
        self._of.setdefault(var, str(len(self._of)))
        for history, template in zip(HISTORIES, (source / LEFT).read_text().split(), strict=True):
            self._create(self._of[var], history, template)
        return self._urls(self._of[var])

    def refresh(self, var: Path, disconnect: Callable[[], None], kept: Kept | None = None) -> None:
        """As on SQLite. Connections stay where only rows are changed: a new one costs more than all else."""
        for history in HISTORIES:
            rows = kept.rows[history] if kept else None
            if not self._emptied(var, history).put_back(rows):
                disconnect()
                self._create(self._of[var], history)
                assert rows is None or self._emptied(var, history).put_back(rows)

    def keep(self, var: Path, disconnect: Callable[[], None]) -> Kept:
        """As on SQLite."""
        return Kept(rows={history: self._emptied(var, history).rows() for history in HISTORIES})

    def _emptied(self, var: Path, history: str) -> Emptied:
        return self._made[self._name(self._of[var], history)]

    @contextmanager
    def without_office(self, var: Path) -> Iterator[None]:
        """Meanwhile nobody gets into the office database of the house in `var`."""
        name = self._name(self._of[var], "office")
        self._admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        self._admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (name,))
        yield
        self._admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')

    def close(self) -> None:
        for name, made in self._made.items():
            made.close()
            self._admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        self._admin.close()


@dataclass(frozen=True)
class Rows:
    """What is in a database, apart from its shape."""

    tables: dict[str, bytes]
    sequences: dict[str, int]


@dataclass(frozen=True)
class Kept:
    """A pair of databases as it was at some time: its files, or its rows by history."""

    folder: Path = Path()
    rows: dict[str, Rows] = field(default_factory=dict)


class Emptied:
    """A database that goes back to its first state by emptying the tables that were written: a fifth of what a new one takes."""

    tables = "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
    # The catalogue as it stands: moved by every CREATE, ALTER, DROP, GRANT and ENABLE, and by no row. What is ours is numbered from 16384.
    catalogue = "SELECT " + ", ".join(
        f"(SELECT concat(count(*), ' ', max(xmin::text::bigint)) FROM {table})"
        for table in (
            "pg_class WHERE oid >= 16384",
            "pg_attribute WHERE attrelid >= 16384",
            "pg_constraint WHERE oid >= 16384",
            "pg_index WHERE indexrelid >= 16384",
            "pg_proc WHERE oid >= 16384",
            "pg_trigger",
            "pg_namespace",
            "pg_extension",
        )
    )
    sequences = "SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false) FROM pg_sequences"
    counted = "SELECT format('%I.%I', schemaname, sequencename), last_value FROM pg_sequences WHERE last_value IS NOT NULL"
    often = 60  # rows that were deleted stay in the files, and slow everything a little

    def __init__(self, url: str) -> None:
        self._times = 0
        self._admin = connect(url)
        self._admin.execute("SET session_replication_role = replica; SET lock_timeout = '2s'")  # past triggers and foreign keys
        self._tables = [name for (name,) in self._admin.execute(self.tables)]
        self._written = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in self._tables)
        self._first_catalogue = self._admin.execute(self.catalogue).fetchone()
        self._first_rows = self.rows()

    def rows(self) -> Rows:
        """All rows as they are now, and how far the sequences have come."""
        return Rows(
            {name: b"".join(map(bytes, self._copied(name))) for (name,) in self._admin.execute(self._written)},
            dict(self._admin.execute(self.counted).fetchall()),
        )

    def _copied(self, table: str) -> list[bytes | memoryview]:
        with self._admin.cursor().copy(f"COPY {table} TO STDOUT") as rows:
            return list(rows)

    def put_back(self, rows: Rows | None = None) -> bool:
        """Whether the database has the rows it had at first, or `rows`. Not so where its tables were changed, or somebody holds a lock."""
        rows = rows or self._first_rows
        self._times += 1
        if self._times > self.often:
            return False
        try:
            if self._admin.execute(self.catalogue).fetchone() != self._first_catalogue:
                return False
            with self._admin.transaction():
                for (name,) in self._admin.execute(self._written).fetchall():
                    self._admin.execute(f"DELETE FROM {name}")
                for name, data in rows.tables.items():
                    with self._admin.cursor().copy(f"COPY {name} FROM STDIN") as copy:
                        copy.write(data)
                self._admin.execute(self.sequences)
                for name, last in rows.sequences.items():
                    self._admin.execute("SELECT setval(%s::regclass, %s)", (name, last))
        except psycopg.OperationalError:
            return False
        return True

    def close(self) -> None:
        self._admin.close()


Databases = OnSQLite | OnPostgreSQL

"""One whole database into one file, and back into an empty one: VACUUM INTO on SQLite, pg_dump and psql on PostgreSQL.

A plain copy of a SQLite file in use is no backup: what was written last stands in its `-wal` file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pysqlite3.dbapi2
from sqlalchemy import text
from sqlalchemy.engine import Engine

Ask = Callable[[str], list[tuple[Any, ...]]]
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename",
}


class DumpFailed(RuntimeError):
    """The database could not be written out or read in. The message says why, in one sentence."""


@dataclass(frozen=True)
class Facts:
    """What a database held when it was written out."""

    counts: dict[str, int] = field(default_factory=dict)  # table → rows
    revision: str = ""  # of its migrations
    audit: tuple[int, str] = (0, "")  # length and last hash of the log of acts
    files: dict[str, int] = field(default_factory=dict)  # SHA-256 → bytes


def is_empty(engine: Engine) -> bool:
    """Whether the database has no tables at all. One query."""
    with engine.connect() as connection:
        return not connection.execute(text(TABLES[engine.dialect.name])).first()


def facts(engine: Engine) -> Facts:
    """What the database holds now. A query a table."""
    with engine.connect() as connection:
        return _facts(lambda sql: [tuple(row) for row in connection.execute(text(sql))], engine.dialect.name)


def dump(engine: Engine, to: Path, *, programs: str = "") -> Facts:
    """Write the whole database, as it is at one moment, to the file `to`. Others go on reading and writing meanwhile.

    :param programs: the folder of pg_dump, where it is not on PATH
    :return: what that moment held
    :raises DumpFailed: with the program's own words
    """
    if engine.dialect.name == "sqlite":
        raw = engine.raw_connection()
        try:
            raw.cursor().execute("PRAGMA query_only=OFF")
            raw.cursor().execute("VACUUM INTO ?", (str(to),))
        except pysqlite3.dbapi2.Error as error:
            raise DumpFailed(f"SQLite could not write the copy: {error}.") from None
        finally:
            raw.close()
        return facts_of_file(to)
    with engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection:
        snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))  # counted and written out: the same moment
        _run(_program("pg_dump", programs), engine, "--format=custom", f"--snapshot={snapshot}", f"--file={to}")
        return _facts(lambda sql: [tuple(row) for row in connection.execute(text(sql))], "postgresql")


def facts_of_file(file: Path) -> Facts:
    """What a SQLite file holds that nobody writes to.

    :raises DumpFailed: when it is damaged
    """
    connection = pysqlite3.dbapi2.connect(f"file:{quote(str(file))}?mode=ro&immutable=1", uri=True)
    try:
        if (said := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
            raise DumpFailed(f"The copy of the database is damaged: {said}")
        return _facts(lambda sql: connection.execute(sql).fetchall(), "sqlite")
    except pysqlite3.dbapi2.Error as error:
        raise DumpFailed(f"The copy of the database cannot be read: {error}.") from None
    finally:
        connection.close()


def load(engine: Engine, file: Path, *, then: Sequence[str] = (), programs: str = "") -> None:
    """Fill an empty database from a file that `dump` wrote.

    :param then: SQL run with it, so that nobody ever sees the database without it
    :raises DumpFailed: with the program's own words; the database is then as empty as before
    """
    if engine.dialect.name == "sqlite":
        _load_file(engine, file, then)
        return
    read = [_program("pg_restore", programs), "--no-owner", "--no-privileges", "--file=-", str(file)]
    write = [_program("psql", programs), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    address, environment = _connection(engine)
    with tempfile.TemporaryFile() as said:
        psql = subprocess.Popen(
            [*write, f"--dbname={address}"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=environment
        )
        assert psql.stdin is not None
        try:
            restored = subprocess.Popen(read, stdout=subprocess.PIPE, stderr=said)
            assert restored.stdout is not None
            try:
                shutil.copyfileobj(restored.stdout, psql.stdin)
            finally:
                restored.stdout.close()
            if restored.wait() == 0:
                psql.stdin.write("\n".join(["", "RESET search_path;", *(f"{one};" for one in then), ""]).encode())
            else:
                psql.kill()  # before it sees the end, which it would take for a COMMIT
            psql.stdin.close()
        except BrokenPipeError:
            pass  # psql has stopped at an error, and says so
        if psql.wait() != 0:
            said.seek(0)
            raise DumpFailed(f"PostgreSQL could not read the copy: {_last_line(said.read())}")


def _load_file(engine: Engine, file: Path, then: Sequence[str]) -> None:
    place = Path(str(engine.url.database))
    engine.dispose()
    fresh = place.with_name(f".{place.name}.restoring")
    shutil.copyfile(file, fresh)
    connection = pysqlite3.dbapi2.connect(str(fresh))
    try:
        for one in then:
            connection.execute(one)
        connection.commit()
    except pysqlite3.dbapi2.Error as error:
        raise DumpFailed(f"SQLite could not read the copy: {error}.") from None
    finally:
        connection.close()
    with fresh.open("rb") as written:
        os.fsync(written.fileno())
    for left in ("-wal", "-shm"):
        Path(f"{place}{left}").unlink(missing_ok=True)  # of the empty database that is replaced
    os.replace(fresh, place)


def moment(engine: Engine, at: datetime) -> str:
    """`at` as SQL writes it in the database's own way."""
    plain = at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return f"'{plain}'" if engine.dialect.name == "sqlite" else f"'{plain}+00'"


def _facts(ask: Ask, dialect: str) -> Facts:
    names = [str(row[0]) for row in ask(TABLES[dialect])]
    counts = {name: int(ask(f'SELECT count(*) FROM "{name}"')[0][0]) for name in names}
    revision = ask("SELECT version_num FROM alembic_version") if "alembic_version" in counts else []
    head = ask("SELECT count, hash FROM audit_head WHERE id = 1") if "audit_head" in counts else []
    files = ask("SELECT sha256, size FROM stored_file ORDER BY sha256") if "stored_file" in counts else []
    return Facts(
        counts,
        str(revision[0][0]) if revision else "",
        (int(head[0][0]), str(head[0][1])) if head else (0, ""),
        {str(sha256): int(size) for sha256, size in files},
    )


def _program(name: str, folder: str) -> str:
    found = shutil.which(name, path=folder or None)
    if found is None:
        raise DumpFailed(f"{name} is not on PATH: install postgresql-client, or set PG_BIN to the folder where it lies.")
    return found


def _connection(engine: Engine) -> tuple[str, dict[str, str]]:
    """The address for a program, and an environment with the password: what stands on a command line, everybody on the machine sees."""
    url = engine.url.set(drivername="postgresql")
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    return url._replace(password=None).render_as_string(), environment


def _run(program: str, engine: Engine, *arguments: str) -> None:
    address, environment = _connection(engine)
    done = subprocess.run([program, *arguments, f"--dbname={address}"], capture_output=True, env=environment, check=False)
    if done.returncode != 0:
        raise DumpFailed(f"{Path(program).name} failed: {_last_line(done.stderr)}")


def _last_line(said: bytes) -> str:
    lines = [line for line in said.decode(errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing."

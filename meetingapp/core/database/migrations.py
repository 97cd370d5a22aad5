"""Two histories of migrations, office and public, under one command. A portal alone migrates alone.

Alembic is loaded by who migrates, not by who serves pages: it is a tenth of a process's memory and start.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import MetaData, inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError

from meetingapp.core.database.model import UTCDateTime, db

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.migration import MigrationContext

History = Literal["office", "public"]
HISTORIES: tuple[History, ...] = ("office", "public")
FOLDER = Path(__file__).parents[3] / "migrations"
NAMED = re.compile(r"""^(revision|down_revision)\b[^=\n]*= *["'](\w+)["']""", re.MULTILINE)  # as Alembic writes them


def _metadata(history: History) -> MetaData:
    return db.metadatas[None if history == "office" else history]


def _engine(history: History) -> Engine:
    return db.engines[None if history == "office" else history]


def _config(history: History) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER / history).replace("%", "%%"))
    config.set_main_option("version_path_separator", "os")
    config.set_main_option("path_separator", "os")
    return config


def _render_item(kind: str, item: object, autogen: Any) -> str | Literal[False]:
    """Migrations name plain SQLAlchemy types, never our classes, which may move."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UTCDateTime) else False


def _is_a_model(name: str | None, kind: str, parents: Any) -> bool:
    """Whether something in the database is there for a model. The full-text indexes stand beside the tables they follow."""
    if kind == "table":
        return "_fts" not in (name or "")
    return not (kind in ("column", "index") and (name or "").endswith("vector"))


def _require_whole_keys(ctx: MigrationContext, **_step: Any) -> None:
    """:raises IntegrityError: when a step of a migration on SQLite leaves a row that points to none; it is rolled back"""
    if ctx.connection is not None and ctx.connection.dialect.name == "sqlite":
        broken = ctx.connection.exec_driver_sql("PRAGMA foreign_key_check").first()
        if broken is not None:
            raise IntegrityError("PRAGMA foreign_key_check", None, ValueError(f"a row of {broken[0]} points to none of {broken[2]}"))


def run(history: History) -> None:
    """What a history's `env.py` does: migrate the open database."""
    from alembic import context

    with _engine(history).connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET statement_timeout = 0")  # filling a column of a large table takes its time
            connection.commit()
        else:
            driver = connection.connection.dbapi_connection
            assert driver is not None
            # Else a table that is rebuilt could not be dropped while rows point to it. Each step ends with a look at all keys.
            driver.execute("PRAGMA foreign_keys=OFF").close()
        connection.detach()  # so that nobody else gets a connection that was changed
        context.configure(
            connection=connection,
            target_metadata=_metadata(history),
            render_as_batch=True,
            compare_type=True,
            render_item=_render_item,
            include_name=_is_a_model,
            transaction_per_migration=True,
            on_version_apply=_require_whole_keys,  # type: ignore[arg-type]  # called by names alone
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


def upgrade(*histories: History) -> None:
    """Bring the databases to the newest migration; without arguments, both."""
    from alembic import command

    for history in histories or HISTORIES:
        command.upgrade(_config(history), "head")


def write_migration(history: History, number: str, what: str) -> None:
    """Write a migration from what the models have and the migrated database lacks."""
    from alembic import command

    command.revision(_config(history), message=what, rev_id=number, autogenerate=True)


def differences(history: History) -> list[Any]:
    """What the models have and the migrated database lacks, or the other way; `[]` when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with _engine(history).connect() as connection:
        found = MigrationContext.configure(
            connection, opts={"compare_type": True, "render_item": _render_item, "include_name": _is_a_model}
        )
        return list(compare_metadata(found, _metadata(history)))


def knows(history: History, revision: str) -> bool:
    """Whether `revision` stands among the migrations of this version of the code."""
    return revision in _written(history)["revision"]


def newest(history: History) -> set[str]:
    """The migrations that no other follows: one, or none where there are none yet."""
    written = _written(history)
    return written["revision"] - written["down_revision"]


@cache
def _written(history: History) -> dict[str, set[str]]:
    """What the files of a history say they are, and what they follow. They change with the code, so they are read once."""
    found: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for file in (FOLDER / history / "versions").glob("*.py"):
        for name, revision in NAMED.findall(file.read_text()):
            found[name].add(revision)
    return found


def is_current(history: History) -> bool:
    """Whether the database has seen the newest migration. Two queries."""
    with _engine(history).connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        return set(connection.scalars(text("SELECT version_num FROM alembic_version"))) == newest(history)

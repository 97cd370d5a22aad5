"""Who may do what on PostgreSQL: the office owns both databases; the portal's role reads the public tables and gets in nowhere else."""

from __future__ import annotations

from sqlalchemy import Connection, text

from meetingapp.core.database.model import db


class NoSuchRole(ValueError):
    """Nobody can be given rights who does not exist, or on a database that knows no roles."""


def grant_portal(role: str) -> None:
    """Let `role` read all tables of the public database, those that later migrations make too, and close the office database to it.

    Run by whoever owns the databases. Databases of PostgreSQL are open to everybody until that is taken back, so it is.

    :raises NoSuchRole: when there is no such role, or the databases are SQLite's
    """
    public, office = db.engines["public"], db.engines[None]
    if public.dialect.name != "postgresql":
        raise NoSuchRole("Only PostgreSQL has roles; the portal opens SQLite's file for reading only.")
    with public.begin() as connection:
        if connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :role"), {"role": role}).first() is None:
            raise NoSuchRole(f"There is no role {role}. Make it first: CREATE ROLE {role} LOGIN PASSWORD '…'")
        name = _quoted(connection, role)
        _close(connection)
        connection.exec_driver_sql(f"GRANT CONNECT ON DATABASE {_database(connection)} TO {name}")
        connection.exec_driver_sql(f"GRANT USAGE ON SCHEMA public TO {name}")
        connection.exec_driver_sql(f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {name}")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {name}")
        connection.exec_driver_sql(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO {name}")
    with office.begin() as connection:
        _close(connection)
        connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {_database(connection)} FROM {name}")


def _close(connection: Connection) -> None:
    """Let nobody in but the owner and those who are given the right by name."""
    connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {_database(connection)} FROM PUBLIC")
    connection.exec_driver_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC")


def _database(connection: Connection) -> str:
    return _quoted(connection, str(connection.engine.url.database))


def _quoted(connection: Connection, name: str) -> str:
    return connection.dialect.identifier_preparer.quote_identifier(name)

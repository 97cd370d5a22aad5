"""What the portal may do in the databases: read its pages."""

from __future__ import annotations

from typing import Any

import psycopg
import pysqlite3.dbapi2
import pytest
from flask import Flask
from sqlalchemy import insert, text
from sqlalchemy.engine import make_url

from meetingapp.core.database import db, short_write
from meetingapp.portal.app import Portal
from meetingapp.portal.models import Page
from tests.conftest import NOW
from tests.databases import READER
from tests.postgres import connect

WRITES = (
    "INSERT INTO page SELECT host, '/b', status, media_type, file_name, etag, modified_at, plain, br, gz FROM page",
    "UPDATE page SET status = 410",
    "DELETE FROM page",
    "DROP TABLE page",
    "CREATE TABLE mine (id integer)",
)


@pytest.fixture
def page(app: Flask) -> None:
    """A page in the public database."""
    with short_write("public") as connection:
        connection.execute(
            insert(Page),
            {
                "host": "",
                "path": "/a",
                "status": 200,
                "media_type": "text/html",
                "etag": "x",
                "modified_at": NOW,
                "plain": b"",
                "file_name": "",
            },
        )


def test_the_portals_own_connection_reads_and_cannot_write(portal: Portal, page: None) -> None:
    connection = portal._pages._connection()
    for statement in WRITES:
        with pytest.raises((psycopg.errors.ReadOnlySqlTransaction, pysqlite3.dbapi2.OperationalError)):
            connection.execute(statement)
    found = portal._pages.read("", "/a", "plain")
    assert found is not None
    assert found.status == 200


@pytest.mark.only("postgresql")
def test_the_portals_role_has_no_right_to_more(app: Flask, house: Any, page: None) -> None:
    """Not even where it does without the read-only transaction that it asks for itself."""
    assert app.test_cli_runner().invoke(args=["portal-role", READER]).exit_code == 0
    settings = house[1]
    with short_write("public") as owner:
        owner.execute(text("CREATE TABLE later (id integer)"))  # as a migration to come would make it
    with connect(settings.portal_database_url) as reader:
        assert reader.execute("SELECT path FROM page").fetchall() == [("/a",)]
        assert reader.execute("SELECT count(*) FROM later").fetchone() == (0,)
        for statement in (*WRITES, "TRUNCATE page"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)
    office = make_url(settings.database_url).set(username=READER).render_as_string(hide_password=False)
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        connect(office)


@pytest.mark.only("postgresql")
def test_a_role_that_does_not_exist_is_told_of(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["portal-role", 'nobody"; DROP TABLE page'])
    assert done.exit_code == 1
    assert "CREATE ROLE" in done.output
    assert db.session.execute(text("SELECT 1"), bind_arguments={"bind": db.engines["public"]}).scalar() == 1


@pytest.mark.only("sqlite")
def test_sqlite_says_that_it_knows_no_roles(app: Flask) -> None:
    done = app.test_cli_runner().invoke(args=["portal-role", READER])
    assert done.exit_code == 1
    assert "Only PostgreSQL has roles" in done.output

"""A disk that is full and a database that is locked: refused cleanly, read as usual, and well again by itself."""

from __future__ import annotations

import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, text

from meetingapp.core.database import engine_options
from tests.databases import OnSQLite, migrate
from tests.faults.smtp import MailServer, running
from tests.faults.storm import Client, a_house
from tests.faults.test_storm import environment, wait_until_empty
from tests.forms import Page, form_data

READ = ("/kontor", "/kontor/saker", "/kontor/saker/ny", "/kontor/moter", "/kontor/utgaende-post", "/min-side")
PATIENCE = 20  # seconds: in the queue, and then for the database
LONG = "En lang tittel som noen har tenkt lenge på, og som ikke må gå tapt"


def full(process: int) -> None:
    """No file that `process` writes may grow or be written past its first byte: what a full disk is to it."""
    resource.prlimit(process, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))


def roomy(process: int) -> None:
    resource.prlimit(process, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def upload(client: Client, path: str, token: str, size: int) -> tuple[int, str]:
    """Send a PDF of so many bytes as an attachment."""
    line = "----a-line"
    fields = {"csrf_token": token, "_key": f"upload {size}", "title": LONG}
    parts = [f'--{line}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields.items()]
    parts.append(f'--{line}\r\nContent-Disposition: form-data; name="file"; filename="notat.pdf"\r\nContent-Type: application/pdf\r\n\r\n')
    body = "".join(parts) + "%PDF-1.7\n" + "0" * size + f"\r\n--{line}--\r\n"
    return client.ask("POST", path, body, kind=f"multipart/form-data; boundary={line}")


@pytest.mark.slow
@pytest.mark.shows("promise-8")
def test_a_full_disk_refuses_cleanly_reads_on_and_heals(databases, tmp_path):
    mail = MailServer()
    with running(mail):
        given = environment(databases, tmp_path / "var", mail)
        with a_house(given, workers=1) as house:
            client = Client(house.port, house.facts["cookie"], threading.Event())
            action, data = client.form_at("/kontor/saker/ny", title=LONG)
            one_case = house.facts["case"]
            wait_until_empty(given["DATABASE_URL"])
            sent_before = len(mail.got)

            for process in house.living.values():
                full(process)
            status, said = client.ask("POST", action, urlencode(data, doseq=True))
            uploads = [upload(client, f"/kontor/saker/{one_case}/vedlegg", data["csrf_token"], size) for size in (1000, 2_000_000)]
            reading = [client.ask("GET", path)[0] for path in READ]
            time.sleep(0.5)  # the worker meets it too
            for process in house.living.values():
                roomy(process)

            page = Page(said)
            if databases.name == "sqlite":  # PostgreSQL's disk is its own server's
                assert status == 503
                assert "Disken er full, så ingenting ble lagret" in page.text
                assert titles(given, LONG) == 0
                again, kept = form_data(said, form=0, button="Send det du skrev", fields={})
                assert kept == data
                assert client.insist("POST", again, urlencode(kept, doseq=True))[0] == 303
                assert titles(given, LONG) == 1
            assert [code for code, _ in uploads] == [503, 503], uploads
            assert all("Disken er full" in Page(text_of).text for _, text_of in uploads)
            assert reading == [200] * len(READ)
            assert upload(client, f"/kontor/saker/{one_case}/vedlegg", data["csrf_token"], 1000)[0] in (303, 422)
            assert client.insist("POST", house.facts["send_again"][0], urlencode({"csrf_token": data["csrf_token"], "_key": "a"}))[0] == 303
            wait_until_empty(given["DATABASE_URL"])
            assert len(mail.got) == sent_before + 1
    whole(given)


def titles(given: dict[str, str], title: str) -> int:
    url = given["DATABASE_URL"]
    with create_engine(url, **engine_options(url)).connect() as connection:
        return connection.execute(text('SELECT count(*) FROM "case" WHERE title = :title'), {"title": title}).scalar_one()


def whole(given: dict[str, str]) -> None:
    url = given["DATABASE_URL"]
    with create_engine(url, **engine_options(url)).connect() as connection:
        if connection.dialect.name == "sqlite":
            assert connection.execute(text("PRAGMA integrity_check")).scalars().all() == ["ok"]


@pytest.mark.slow
@pytest.mark.shows("promise-8")
def test_a_locked_database_refuses_in_time_reads_on_and_heals(databases, tmp_path):
    mail = MailServer()
    with running(mail):
        given = environment(databases, tmp_path / "var", mail)
        with a_house(given, workers=1) as house, locked(given["DATABASE_URL"]) as let_go:
            clients = [Client(house.port, house.facts["cookie"], threading.Event()) for _ in range(3)]
            action, data = clients[0].form_at("/kontor/saker/ny", title=LONG)
            answers, waited = [], []

            def save(client: Client, number: int) -> None:
                began = time.monotonic()
                answers.append(client.ask("POST", action, urlencode({**data, "_key": f"lock {number}"}, doseq=True))[0])
                waited.append(time.monotonic() - began)

            threads = [threading.Thread(target=save, args=(client, number)) for number, client in enumerate(clients)]
            for thread in threads:
                thread.start()
            reading = [clients[0].ask("GET", path)[0] for path in READ]
            for thread in threads:
                thread.join(60)
            assert reading == [200] * len(READ)
            assert answers == [503] * 3
            assert max(waited) < PATIENCE

            let_go()
            assert clients[0].ask("POST", action, urlencode(data, doseq=True))[0] == 303
    assert titles(given, LONG) == 1
    whole(given)


@contextmanager
def locked(url: str) -> Iterator[Callable[[], None]]:
    """Somebody else holds what every writer needs, until the function is called: on SQLite the file, on PostgreSQL the log's last link."""
    engine = create_engine(url, **engine_options(url))
    with engine.connect() as connection:
        connection.execution_options(writes=True)
        holding = connection.begin()
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT * FROM audit_head FOR UPDATE"))
        yield lambda: holding.is_active and holding.rollback()
        if holding.is_active:
            holding.rollback()
    engine.dispose()


@pytest.mark.soak
@pytest.mark.shows("promise-8")
def test_a_small_disk_fills_up_under_load_and_gets_room_again(tmp_path):
    """A file system of 8 MB in memory; needs the right to mount."""
    disk = tmp_path / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)], check=True)
    mail = MailServer()
    try:
        with running(mail):
            migrate(tmp_path / "template", {})
            given = environment(OnSQLite(tmp_path / "template"), disk / "var", mail)
            with a_house(given, workers=1) as house:
                client = Client(house.port, house.facts["cookie"], threading.Event())
                action, data = client.form_at("/kontor/saker/ny", title=LONG)
                acknowledged, refused = 0, 0
                for number in range(3000):
                    body = {**data, "title": f"Fyll {number}", "_key": f"fill {number}", "closed_words": "ord " * 200}
                    status, said = client.ask("POST", action, urlencode(body, doseq=True))
                    acknowledged += status == 303
                    refused += status == 503 and "Disken er full" in said
                    assert status in (303, 503), status
                    if refused >= 20:
                        break
                assert refused >= 20
                assert [client.ask("GET", path)[0] for path in READ] == [200] * len(READ)
                subprocess.run(["mount", "-o", "remount,size=64m", str(disk)], check=True)
                assert client.ask("POST", action, urlencode(data, doseq=True))[0] == 303
                wait_until_empty(given["DATABASE_URL"])
        whole(given)
        with create_engine(given["DATABASE_URL"], **engine_options(given["DATABASE_URL"])).connect() as connection:
            kept = connection.execute(text("SELECT count(*) FROM \"case\" WHERE title LIKE 'Fyll %'")).scalar_one()
        assert kept == acknowledged
        print({"acknowledged": acknowledged, "refused": refused})  # noqa: T201 - a soak prints its figures
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)  # a process that was killed may not be quite gone

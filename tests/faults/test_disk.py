"""A disk that is full and a database that is locked: refused cleanly, read as usual, and well again by itself."""

from __future__ import annotations

import resource
import threading
import time
from urllib.parse import urlencode

import pytest
from sqlalchemy import create_engine, text

from meetingapp.core.database import engine_options
from tests.faults.smtp import MailServer, running
from tests.faults.storm import Client, a_house
from tests.faults.test_storm import environment, wait_until_empty
from tests.forms import Page, form_data

READ = ("/kontor", "/kontor/saker", "/kontor/saker/ny", "/kontor/moter", "/kontor/utgaende-post", "/min-side")
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

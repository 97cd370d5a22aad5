"""`flask doctor`: each thing that can be wrong is found, in a line that says what to do."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask
from sqlalchemy import text

from config import Settings
from meetingapp.app import create_office
from meetingapp.core import clock, outbox, signs
from meetingapp.core.audit import anchors
from meetingapp.core.database import db
from meetingapp.core.mail.models import LetterState
from meetingapp.core.mail.post import post_letter
from meetingapp.core.outbox import TaskState
from meetingapp.core.web import assets
from meetingapp.operations import doctor


@pytest.fixture
def well(app: Flask, council: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An installation with nothing wrong."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(object(), hostname="127.0.0.1", port=port)  # type: ignore[no-untyped-call]
    server.start()  # type: ignore[no-untyped-call]
    given = {
        "BASE_URL": "https://mote.prove.example",
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_DOMAIN": "prove.example",
    }
    for name, value in given.items():
        monkeypatch.setitem(app.config, name, value)
    signs.give(signs.WORKER)
    signs.give(signs.BACKUP)
    anchors.write()
    yield app
    server.stop()  # type: ignore[no-untyped-call]
    for name in (signs.WORKER, signs.BACKUP):
        signs.take_away(name)
    anchors.place().unlink(missing_ok=True)


def _said() -> list[str]:
    """What the doctor finds, but for what belongs to the machine of the tests: its disk and its database users."""
    db.session.commit()
    of_the_machine = ("is free on the disk", "database user", "office's user")
    return [str(one) for one in doctor.look() if not any(word in one.what for word in of_the_machine)]


def test_where_nothing_is_wrong_it_says_so(well: Flask) -> None:
    assert _said() == []


def _config(name: str, value: Any) -> Callable[[Flask, pytest.MonkeyPatch], None]:
    return lambda app, patch: patch.setitem(app.config, name, value)


def _old(name: str) -> Callable[[Flask, pytest.MonkeyPatch], None]:
    def age(app: Flask, patch: pytest.MonkeyPatch) -> None:
        place = Path(app.config["SIGNS_DIR"]) / f"{name}.json"
        place.write_text(f'{{"at": "{(clock.true_now() - timedelta(days=3)).isoformat()}"}}')

    return age


def _secret_beside_the_data(app: Flask, patch: pytest.MonkeyPatch) -> None:
    kept = Path(app.config["VAR_DIR"]) / "secret-key"
    kept.write_text(app.config["SECRET_KEY"])


def _old_queue(app: Flask, patch: pytest.MonkeyPatch) -> None:
    outbox.post("trial").next_try_at = clock.true_now() - timedelta(hours=3)


def _given_up(app: Flask, patch: pytest.MonkeyPatch) -> None:
    outbox.post("trial").state = TaskState.FAILED


def _letter(state: LetterState) -> Callable[[Flask, pytest.MonkeyPatch], None]:
    def post(app: Flask, patch: pytest.MonkeyPatch) -> None:
        letter = post_letter("x", about=1, to_name="Å", to_address="a@prove.example", realm=None)
        letter.state, letter_task = state, db.session.get_one(outbox.Task, letter.task_id)
        letter_task.state = TaskState.DONE

    return post


def _an_act(app: Flask, patch: pytest.MonkeyPatch) -> None:
    from meetingapp.core import audit
    from meetingapp.council import queries

    council = queries.council(1)
    assert council is not None
    audit.record("council.edit", council, by=None)


def _no_anchor(app: Flask, patch: pytest.MonkeyPatch) -> None:
    _an_act(app, patch)
    anchors.place().unlink()


def _bad_anchor(app: Flask, patch: pytest.MonkeyPatch) -> None:
    _an_act(app, patch)
    anchors.place().write_text("tull\n")


def _from_the_future(app: Flask, patch: pytest.MonkeyPatch) -> None:
    outbox.post("trial", delay=timedelta(days=9)).made_at = clock.true_now() + timedelta(days=2)


def _older_migration(app: Flask, patch: pytest.MonkeyPatch) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0001'"))


def _not_built(app: Flask, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(assets, "BUILT", Path("/nowhere"))


def _full_disk(app: Flask, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(shutil, "disk_usage", lambda place: shutil._ntuple_diskusage(10**12, 10**12, 10**6))  # type: ignore[attr-defined]


WRONG = [
    (_config("BASE_URL", "http://mote.prove.example"), "BASE_URL is http://mote.prove.example"),
    (_secret_beside_the_data, "SECRET_KEY is the one in"),
    (_config("DEMO", True), "DEMO or CLOCK_STARTS_AT is on"),
    (_config("MAIL_DOMAIN", "localhost"), "MAIL_DOMAIN is localhost"),
    (_config("SMTP_URL", None), "SMTP_URL is not set"),
    (_config("SMTP_URL", "smtp://127.0.0.1:9"), "The mail server 127.0.0.1:9 cannot be used"),
    (_config("FILES_DIR", Path("/proc/nowhere")), "/proc/nowhere cannot be written"),
    (_not_built, "Built files are gone: app.css, app.js"),
    (_older_migration, "The office database has not seen the newest migration"),
    (_old(signs.WORKER), "The last sign of life of the worker is 3 days old"),
    (_old(signs.BACKUP), "The last good backup is 3 days old"),
    (lambda app, patch: signs.take_away(signs.BACKUP), "There has been no good backup"),
    (_old_queue, "The oldest task in the queue has waited 3 hours"),
    (_given_up, "1 tasks were given up"),
    (_letter(LetterState.FAILED), "1 letters did not arrive"),
    (_letter(LetterState.HELD), "1 letters wait for a choice since the restore"),
    (_no_anchor, "The newest anchor of the log is not there"),
    (_bad_anchor, "The file of anchors cannot be read"),
    (_from_the_future, "which is yet to come"),
]


@pytest.mark.parametrize(("spoil", "said"), WRONG, ids=[said for _spoil, said in WRONG])
def test_each_fault_is_found_alone(well: Flask, monkeypatch: pytest.MonkeyPatch, spoil: Any, said: str) -> None:
    spoil(well, monkeypatch)
    try:
        found = _said()
    finally:
        (Path(well.config["VAR_DIR"]) / "secret-key").unlink(missing_ok=True)
    assert [said in one for one in found] == [True], found
    assert " → " in found[0]


def test_a_full_disk_and_a_far_disk(well: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    _full_disk(well, monkeypatch)
    assert any("GB is free on the disk" in one.what for one in doctor.look())
    mounts = tmp_path / "mounts"
    monkeypatch.setattr(doctor, "MOUNTS", mounts)
    mounts.write_text("/dev/sda1 / ext4 rw 0 0\nserver:/var /srv/far\\040away nfs4 rw 0 0\n")
    assert doctor._file_system(Path("/srv/far away/meetingapp")) == "nfs4"
    assert doctor._file_system(Path("/srv")) == "ext4"
    mounts.write_text("//server/share / cifs rw 0 0\n")
    assert any("lies on cifs" in one.what for one in doctor.look()) is (db.engine.dialect.name == "sqlite")


def test_a_database_user_that_could_do_too_much_is_told_of(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(well.config, "PORTAL_DATABASE_URL", well.config["PUBLIC_DATABASE_URL"])
    found = [one.what for one in doctor.look()]
    is_postgresql = db.engine.dialect.name == "postgresql"  # on SQLite whoever has the file has all rights
    assert ("The database user meeting_office can change the log of acts" in found) is is_postgresql
    assert ("The portal reads its pages as the office's user" in found) is is_postgresql


def test_a_database_that_is_away_and_an_installation_without_a_council(app: Flask, tmp_path: Path) -> None:
    assert "No council is set up → run flask setup" in _said()
    nowhere = {"DATABASE_URL": "postgresql+psycopg://nobody@/nothing?host=/nowhere", "VAR_DIR": str(tmp_path)}
    with create_office(Settings.from_environment({**nowhere, "SECRET_KEY": "a key for tests only, of no worth to anyone"})).app_context():
        found = [one.what for one in doctor.look()]
    assert any(one.startswith("The office database cannot be reached") for one in found)
    assert any(one.startswith("The public database has not seen") for one in found)


def test_the_command_prints_a_line_each_and_fails(well: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(well.config, "DEMO", True)
    result = well.test_cli_runner().invoke(args=["doctor"])
    assert result.exit_code == 1
    assert "DEMO or CLOCK_STARTS_AT is on: the clock and the banner are the demo's → take both settings away" in result.output

"""A backup made while people work, restored elsewhere: nothing is missing, and nothing of it happens again."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.engine import Engine

from meetingapp.accounts import links
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.accounts.sessions import marks_of
from meetingapp.core import audit, clock, signs
from meetingapp.core.audit import anchors
from meetingapp.core.audit import verify as verifying
from meetingapp.core.database import db, dumps, short_write, write
from meetingapp.core.files import store
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.outbox import worker
from meetingapp.core.web.secrets import hashed
from meetingapp.core.web.sessions import WebSession
from meetingapp.council.commands import add_person
from meetingapp.council.models import Person
from meetingapp.operations import backup, restore
from meetingapp.operations.manifest import BadBackup
from meetingapp.portal.models import Page
from tests.invitations.support import a_call
from tests.operations.second import PROGRAMS, an_empty_installation

# What a restore changes on purpose, and what counters and indexes hold that go on while the others write.
MOVES = {"web_session", "personal_link", "outbox_task", "letter", "letter_event", "audit_head", "counter", "publication"}


@pytest.fixture(autouse=True)
def _programs(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """pg_dump must be of the server's version."""
    monkeypatch.setitem(app.config, "PG_BIN", PROGRAMS)


@pytest.fixture
def second(house: Any, app: Flask, tmp_path: Path) -> Flask:
    """An empty installation beside the one under test."""
    return an_empty_installation(house[2], tmp_path / "second")


def _rows(engine: Engine) -> dict[str, set[str]]:
    """Every row of every table, as text."""
    with engine.connect() as connection:
        tables = [row[0] for row in connection.execute(text(dumps.TABLES[engine.dialect.name]))]
        return {table: {repr(tuple(row)) for row in connection.execute(text(f'SELECT * FROM "{table}"'))} for table in tables}


def _work_hard(app: Flask, number: int, done: set[str], stop: threading.Event) -> None:
    with app.app_context():
        for turn in range(10_000):
            if stop.is_set():
                return
            email = f"writer{number}-{turn}@prove.example"
            sha256 = store.keep_bytes(email.encode())
            with write():
                add_person(name=f"Skriver {number} {turn}", email=email, by=None)
                store.register(sha256, media_type="application/pdf", size=len(email))
            done.add(email)


@pytest.mark.slow
@pytest.mark.shows("promise-30")
def test_a_backup_made_under_load_is_restored_elsewhere_with_nothing_missing(
    app: Flask, council: Any, second: Flask, tmp_path: Path
) -> None:
    with short_write("public") as connection:
        page = {"host": "", "path": "/", "status": 200, "media_type": "text/html", "file_name": "", "etag": "x", "plain": b"<p>\xc3\xa6"}
        connection.execute(Page.__table__.insert().values(modified_at=clock.true_now(), **page))  # type: ignore[attr-defined]
    anchors.write()
    done, stop = set[str](), threading.Event()
    threads = [threading.Thread(target=_work_hard, args=(app, number, done, stop)) for number in range(3)]
    for thread in threads:
        thread.start()
    try:
        while len(done) < 20:
            assert any(thread.is_alive() for thread in threads)
            stop.wait(0.01)
        before = set(done)
        made, manifest = backup.make(tmp_path / "backups")
        after = len(done)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert after > len(before), "nobody worked while the backup was made"
    assert manifest.missing == []
    sign = signs.read(signs.BACKUP)
    assert sign is not None
    whole = {bind: _rows(db.engines[bind]) for bind in (None, "public")}
    stored = {sha256: (store.folder() / sha256[:2] / sha256).read_bytes() for sha256 in manifest.files}

    with second.app_context():
        restore.restore(made)
        got = {bind: _rows(db.engines[bind]) for bind in (None, "public")}
        facts = dumps.facts(db.engine)
        assert {name: facts.counts[name] for name in facts.counts if name not in ("web_session", "letter_event")} == {
            name: count for name, count in manifest.databases["office"].counts.items() if name not in ("web_session", "letter_event")
        }
        assert facts.audit == (manifest.audit_count, manifest.audit_hash)
        report = verifying.verify()
        assert (report.is_whole, report.anchors) == (True, 1), report.faults
        people = {row[0] for row in db.session.execute(text("SELECT email FROM person"))}
        acts = db.session.scalar(text("SELECT count(*) FROM audit_entry WHERE action = 'person.add'"))
        assert {sha256: (store.folder() / sha256[:2] / sha256).read_bytes() for sha256 in facts.files} == stored
    assert before <= people, "what was answered before the backup is in it"
    written = {email for email in people if email.startswith("writer")}
    assert acts == len(written) == len(stored), "a person, the act and the file come together or not at all"
    grown = {table: sorted(rows - whole[None][table]) for table, rows in got[None].items() if table not in MOVES}
    assert {table: rows for table, rows in grown.items() if rows and not table.startswith("search_")} == {}
    assert got["public"] == whole["public"]


@pytest.mark.shows("promise-30")
def test_nothing_of_before_happens_again(
    app: Flask, house: Any, council: Any, secretary: Any, signed_in: Callable[..., Any], second: Flask, tmp_path: Path
) -> None:
    a_call(council, secretary)
    browser = signed_in(council.secretary)
    link = links.make_link(LinkPurpose.SIGN_IN, council.chair, expires_at=clock.true_now() + links.SIGN_IN_LASTS)
    reply = links.link_for(LinkPurpose.REPLY, council.chair, _about(council.chair.email))
    assert reply is not None
    old = [links.path_of(link), f"{links.path_of(reply)}/svar"]
    db.session.commit()
    token = browser.get_cookie(app.config["SESSION_COOKIE_NAME"]).value
    assert [app.test_client().get(path).status_code for path in old] == [200, 200]
    made, _manifest = backup.make(tmp_path / "backups")

    with second.app_context():
        restore.restore(made)
        assert db.session.scalars(select(WebSession)).all() == []
        worker.work_all(second.extensions["outbox_handlers"])
        assert list(Path(second.config["MAIL_DIR"]).glob("*")) == []
        held = db.session.scalars(select(Letter.to_address).where(Letter.state == LetterState.HELD)).all()
        assert council.chair.email in held
        db.session.rollback()
        assert {second.test_client().get(path).status_code for path in old} == {404}
        stale = second.test_client()
        stale.set_cookie(second.config["SESSION_COOKIE_NAME"], token)
        assert stale.get("/kontor").status_code in (302, 303, 401)

        now = clock.true_now()
        marks = {"factor": True, "proved": now.isoformat(), **marks_of(Actor(db.session.get_one(Person, council.secretary.id)))}
        row = WebSession(
            id_hash=hashed("new"),
            user_id=str(council.secretary.id),
            data=json.dumps({"_user_id": str(council.secretary.id), "_fresh": True, **marks}),
            created=now,
            last_seen=now,
        )
        db.session.add(row)
        db.session.commit()
        fresh: Any = second.test_client()
        fresh.set_cookie(second.config["SESSION_COOKIE_NAME"], "new")
        assert f"{len(held)} brev" in fresh.see("/kontor/utgaende-post").text
        page = fresh.see("/kontor/utgaende-post/ventet")
        assert f"{len(held)} brev ventet" in page.text
        chosen = db.session.scalars(select(Letter).where(Letter.to_address == council.chair.email)).one()
        chosen_id, about = chosen.id, chosen.about
        answer = fresh.submit("/kontor/utgaende-post/ventet", letters=[str(chosen_id)], button="Send")
        assert answer.status_code == 303, answer.get_data(as_text=True)
        answer = fresh.submit("/kontor/utgaende-post/ventet", button="ligge")
        assert answer.status_code == 303
        worker.work_all(second.extensions["outbox_handlers"])
        sent = [file.read_text() for file in Path(second.config["MAIL_DIR"]).glob("*.eml")]
        assert len(sent) == 1
        new = links.link_for(LinkPurpose.REPLY, council.chair, about)
        assert new is not None
        assert second.test_client().get(f"{links.path_of(new)}/svar").status_code == 200
        states = db.session.scalars(select(Letter.state)).all()
        assert sorted(state.value for state in states) == ["handed over"] + ["withdrawn"] * (len(held) - 1)
        assert {entry.action for entry in audit.entries_of(db.session.get_one(Letter, chosen_id))} == {"letter.send_after_restore"}
        assert verifying.verify().is_whole


def _about(address: str) -> int:
    return db.session.scalars(select(Letter.about).where(Letter.to_address == address, Letter.kind == "invitation")).one()


def test_a_damaged_backup_a_full_house_and_another_key_are_refused(app: Flask, council: Any, second: Flask, tmp_path: Path) -> None:
    kept = store.keep_bytes(b"a paper")
    with write():
        store.register(kept, media_type="application/pdf", size=7)
    made, manifest = backup.make(tmp_path / "backups")
    with pytest.raises(BadBackup, match="not empty"):
        restore.restore(made)  # into the house it was made from
    with second.app_context():
        for name in ("manifest.json", manifest.databases["office"].file, f"files/{kept[:2]}/{kept}"):
            good = (made / name).read_bytes()
            (made / name).write_bytes(good[:-3] + b"???")
            with pytest.raises(BadBackup, match="not what was written"):
                restore.restore(made)
            (made / name).unlink()
            with pytest.raises(BadBackup, match=r"is gone|no backup"):
                restore.restore(made)
            (made / name).write_bytes(good)
        second.config["AUDIT_KEY"], right = "another key, and a long one at that, yes", second.config["AUDIT_KEY"]
        with pytest.raises(BadBackup, match="AUDIT_KEY"):
            restore.restore(made)
        assert dumps.is_empty(db.engine)
        assert not store.folder().exists()
        second.config["AUDIT_KEY"] = right
        restore.restore(made)
        with pytest.raises(BadBackup, match="not empty"):
            restore.restore(made)


def test_the_newest_stay_a_broken_one_has_no_name_and_a_lost_file_is_told(app: Flask, council: Any, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    sha256 = store.keep_bytes(b"a paper that gets lost")
    with write():
        store.register(sha256, media_type="application/pdf", size=22)
    (folder / ".unfinished-backup-20260101T000000Z").mkdir(parents=True)
    made = [backup.make(folder, keep=2)[0] for _ in range(3)]
    assert backup.all_in(folder) == made[1:]
    assert {place.name for place in folder.iterdir()} == {".lock", *(place.name for place in made[1:])}
    assert (made[1] / "files" / sha256[:2] / sha256).samefile(made[2] / "files" / sha256[:2] / sha256)
    assert oct(made[2].stat().st_mode)[-3:] == "700"
    everything = b"".join(file.read_bytes() for file in made[2].rglob("*") if file.is_file())
    assert app.config["SECRET_KEY"].encode() not in everything
    assert app.config["AUDIT_KEY"].encode() not in everything

    signs.take_away(signs.BACKUP)
    (made[2] / "files" / sha256[:2] / sha256).write_bytes(b"damaged in the backup")
    (store.folder() / sha256[:2] / sha256).unlink()
    told = app.test_cli_runner().invoke(args=["backup", str(folder)])
    assert told.exit_code == 1
    assert sha256 in told.output
    assert signs.read(signs.BACKUP) is None

"""`flask restore`: a backup into an empty installation, and what keeps it from doing over again what was done after the backup.

Letters that were waiting wait for a person. Sessions end, and every personal link made before stops working: what was used or revoked
after the backup must not come to life again. The database never exists without this: it is part of the restore itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from meetingapp.core import clock, signs
from meetingapp.core.audit import anchors
from meetingapp.core.database import db, dumps, migrations
from meetingapp.core.files import store
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.operations import manifest as manifests
from meetingapp.operations.backup import BINDS
from meetingapp.operations.manifest import BadBackup, Manifest, fingerprint, hash_of, on_disk
from meetingapp.publishing.models import Publication, PublicationState

ENDED = ("web_session",)  # tables that a restore empties
WAITING = "letter.state IN ('queued', 'delayed', 'unknown')"


def restore(folder: Path, *, key_is_lost: bool = False) -> Manifest:
    """Fill this empty installation from the backup in `folder`, and make it safe to start. Verified before and after.

    :param key_is_lost: go on with another audit key than the backup's; the log of acts can then never be verified
    :raises BadBackup, DumpFailed: in one sentence; the databases are then as empty as before, unless it says otherwise
    """
    manifest = manifests.read(folder)
    _check_place(manifest, key_is_lost)
    damaged = list(manifests.faults(folder, manifest))
    if damaged:
        more = f" And {len(damaged) - 1} more." if len(damaged) > 1 else ""
        raise BadBackup(f"The backup is damaged, nothing was restored: {damaged[0]}{more}")
    _put_files_back(folder, manifest)
    now, programs = clock.true_now(), current_app.config["PG_BIN"]
    for name, bind in sorted(BINDS.items(), reverse=True):  # the office last: with it the installation is whole
        engine, given = db.engines[bind], manifest.databases[name]
        then = list(_make_safe(engine, set(given.counts), now)) if bind is None else []
        dumps.load(engine, folder / given.file, then=then, programs=programs)
    _compare(manifest)
    migrations.upgrade()
    if manifest.anchors:
        anchors.place().parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "audit-anchors.log", anchors.place())
    signs.give(signs.RESTORED, backup=manifest.made_at, audit=manifest.audit_count)
    return manifest


def what_now() -> list[str]:
    """Lines for whoever restored: what waits for a person. Two queries."""
    letters = db.session.scalar(select(func.count()).where(Letter.state == LetterState.HELD)) or 0
    publications = db.session.scalar(select(func.count()).where(Publication.state == PublicationState.HELD)) or 0
    return [
        "What now:",
        f"- {letters} letters were waiting and are held: the secretary chooses under Utgående post (/kontor/utgaende-post/ventet).",
        f"- {publications} publications are held back: the secretary sees them under Kunngjøringer.",
        "- What was published or taken back after the backup is as it was before: compare before you let people in.",
        "- Sessions have ended, personal links and recovery codes have stopped: people ask for new ones at /logg-inn and under Min konto.",
        "- Passwords and code apps are as they were: whoever changed theirs after the backup changes them again.",
        "- Then start web and worker, and run flask doctor.",
    ]


def _check_place(manifest: Manifest, key_is_lost: bool) -> None:
    for name, bind in BINDS.items():
        engine, given = db.engines[bind], manifest.databases[name]
        if given.kind != engine.dialect.name:
            raise BadBackup(f"The backup's {name} database is {given.kind}, this installation's is {engine.dialect.name}; they must agree.")
        if not dumps.is_empty(engine):
            raise BadBackup(f"The {name} database is not empty; a backup is restored into a new, empty installation only.")
        if not migrations.knows(name, given.revision):
            raise BadBackup(f"The backup is of a newer version ({name} {given.revision}); install that version first.")
    if store.folder().exists() and any(store.folder().rglob("*")):
        raise BadBackup(f"{store.folder()} is not empty; a backup is restored into a new, empty installation only.")
    if anchors.place().exists() and hash_of(anchors.place()) != manifest.anchors:
        raise BadBackup(f"{anchors.place()} is there already; move it away and keep it: flask audit verify can compare with it later.")
    if fingerprint(current_app.config["AUDIT_KEY"]) != manifest.key and not key_is_lost:
        raise BadBackup(
            "This installation has another SECRET_KEY or AUDIT_KEY than the backup; set the old ones, or say --key-is-lost"
            " and live with a log that cannot be verified."
        )


def _put_files_back(folder: Path, manifest: Manifest) -> None:
    for sha256 in manifest.files:
        place = store.folder() / sha256[:2] / sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(folder / "files" / sha256[:2] / sha256, place)
        on_disk(place)
        on_disk(place.parent)


def _make_safe(engine: Engine, tables: set[str], now: datetime) -> Iterator[str]:
    """Plain SQL, for the database may be older than this code's tables."""
    at = dumps.moment(engine, now)
    if {"outbox_task", "letter"} <= tables:
        yield (
            "UPDATE outbox_task SET state = 'withdrawn', leased_until = NULL WHERE state = 'queued' AND id IN"
            " (SELECT task_id FROM letter WHERE kind = 'sign-in')"
        )
        yield f"UPDATE letter SET state = 'withdrawn' WHERE kind = 'sign-in' AND {WAITING}"
        yield (
            "UPDATE outbox_task SET state = 'held', leased_until = NULL WHERE id IN"
            f" (SELECT task_id FROM letter WHERE {WAITING}) AND state NOT IN ('withdrawn', 'failed')"
        )
        yield f"UPDATE letter SET state = 'held' WHERE {WAITING} AND task_id IN (SELECT id FROM outbox_task WHERE state = 'held')"
        yield (
            "INSERT INTO letter_event (letter_id, at, state, server, reply)"
            f" SELECT id, {at}, 'held', '', 'restored from a backup' FROM letter WHERE state = 'held'"
        )
        yield (  # all else that would follow by itself, but what only makes public pages anew of what is public
            "UPDATE outbox_task SET state = 'withdrawn', leased_until = NULL, trouble = 'restored from a backup'"
            " WHERE state = 'queued' AND kind <> 'rebuild-pages'"
        )
    if "publication" in tables:
        yield """UPDATE publication SET state = 'held', found = '[{"kind": "restored"}]' WHERE state = 'asked'"""
    if "personal_link" in tables:
        yield f"UPDATE personal_link SET revoked_at = {at} WHERE revoked_at IS NULL"
    if "recovery_code" in tables:
        yield f"UPDATE recovery_code SET used_at = {at} WHERE used_at IS NULL"
    for table in ENDED:
        if table in tables:
            yield f"DELETE FROM {table}"


def _compare(manifest: Manifest) -> None:
    """:raises BadBackup: where what was read in is not what was written out"""
    for name, bind in BINDS.items():
        given, found = manifest.databases[name], dumps.facts(db.engines[bind])
        changed = {*ENDED, "letter_event"}
        for table, count in given.counts.items():
            if table not in changed and found.counts.get(table) != count:
                raise BadBackup(f"After the restore {table} has {found.counts.get(table)} rows, the backup has {count}; do not start this.")
        if bind is None and found.audit != (manifest.audit_count, manifest.audit_hash):
            raise BadBackup("After the restore the log of acts ends elsewhere than in the backup; do not start this.")

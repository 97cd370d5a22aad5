"""`flask backup`: both databases, then the files they know, with hashes. Made beside, and named when whole.

Files are written before the row that knows them, and never removed, so every file that the copied database speaks of lies in the store.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from flask import current_app

from meetingapp.core import clock, signs
from meetingapp.core.audit import anchors
from meetingapp.core.database import db, dumps, migrations
from meetingapp.core.files import store
from meetingapp.operations.manifest import NAME, BadBackup, Database, Manifest, fingerprint, hash_of, on_disk

BINDS: dict[migrations.History, str | None] = {"office": None, "public": "public"}
NAMED = re.compile(r"backup-\d{8}T\d{6}Z")
UNFINISHED = ".unfinished"


def make(folder: Path, *, keep: int = 14) -> tuple[Path, Manifest]:
    """A whole backup in a new folder below `folder`; of those that lie there, the `keep` newest stay.

    :return: where it lies, and what is in it. Files that the store has lost stand in `missing`: the backup is made all the same,
        but the sign of a good backup is not given
    :raises BadBackup, DumpFailed: in one sentence; nothing half made is left
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(folder):
        for left in folder.glob(f"{UNFINISHED}-*"):
            shutil.rmtree(left)
        name = _free_name(folder)
        making = folder / f"{UNFINISHED}-{name}"
        making.mkdir(mode=0o700)
        try:
            manifest = _fill(making, newest(folder))
            for place in sorted(making.rglob("*"), reverse=True):
                on_disk(place)
            on_disk(making)
            os.replace(making, folder / name)
        except BaseException:
            shutil.rmtree(making, ignore_errors=True)
            raise
        on_disk(folder)
        if not manifest.missing:
            signs.give(signs.BACKUP, folder=str(folder / name), audit=manifest.audit_count)
        for old in all_in(folder)[: -max(1, keep)]:
            shutil.rmtree(old)
    return folder / name, manifest


def all_in(folder: Path) -> list[Path]:
    """The whole backups below `folder`, oldest first."""
    return sorted(place for place in folder.glob("backup-*") if NAMED.fullmatch(place.name) and (place / NAME).exists())


def newest(folder: Path) -> Path | None:
    """The newest whole backup below `folder`."""
    return next(iter(reversed(all_in(folder))), None)


def _fill(making: Path, before: Path | None) -> Manifest:
    made_at, known = clock.true_now(), dumps.Facts()
    databases: dict[str, Database] = {}
    for name, bind in BINDS.items():
        engine = db.engines[bind]
        file = f"{name}.{'db' if engine.dialect.name == 'sqlite' else 'dump'}"
        facts = dumps.dump(engine, making / file, programs=current_app.config["PG_BIN"])
        databases[name] = Database(file, engine.dialect.name, hash_of(making / file), facts.revision, facts.counts)
        known = facts if bind is None else known
    missing = [sha256 for sha256 in known.files if not _take(sha256, making, before)]
    anchored = ""
    if anchors.place().exists():
        shutil.copyfile(anchors.place(), making / "audit-anchors.log")
        anchored = hash_of(making / "audit-anchors.log")
    manifest = Manifest(
        made_at=made_at.isoformat(timespec="seconds"),
        databases=databases,
        audit_count=known.audit[0],
        audit_hash=known.audit[1],
        anchors=anchored,
        files={sha256: size for sha256, size in known.files.items() if sha256 not in missing},
        key=fingerprint(current_app.config["AUDIT_KEY"]),
        missing=missing,
    )
    manifest.write(making)
    for place in making.rglob("*"):
        place.chmod(0o700 if place.is_dir() else 0o600)
    return manifest


def _take(sha256: str, making: Path, before: Path | None) -> bool:
    """Put one file into the backup, and return whether it is whole. What the backup before it has whole is the same bytes: a link."""
    place = making / "files" / sha256[:2] / sha256
    place.parent.mkdir(parents=True, exist_ok=True)
    if before is not None:
        kept = before / "files" / sha256[:2] / sha256
        try:
            if hash_of(kept) == sha256:
                os.link(kept, place)
                return True
        except OSError:
            place.unlink(missing_ok=True)
    found = hashlib.sha256()
    try:
        with (store.folder() / sha256[:2] / sha256).open("rb") as source, place.open("wb") as copy:
            while part := source.read(1 << 20):
                found.update(part)
                copy.write(part)
    except FileNotFoundError:
        return False
    if found.hexdigest() != sha256:
        place.unlink()
        return False
    return True


def _free_name(folder: Path) -> str:
    """A name that sorts by time and that no backup has."""
    moment = clock.true_now()
    while (folder / (name := f"backup-{moment:%Y%m%dT%H%M%SZ}")).exists():
        moment += timedelta(seconds=1)
    return name


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BadBackup(f"Another backup is being made in {folder}; wait until it is done.") from None
    finally:
        os.close(handle)

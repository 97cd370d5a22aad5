"""What lies in a backup: every file with its hash, every table with its rows, and where the log of acts ended."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

NAME, SEAL = "manifest.json", "manifest.sha256"
FORMAT = 1


class BadBackup(Exception):
    """A backup that cannot be used. The message says why, in one sentence."""


@dataclass(frozen=True)
class Database:
    """One database of the backup."""

    file: str  # in the backup's folder
    kind: str  # sqlite or postgresql
    sha256: str
    revision: str  # of its migrations
    counts: dict[str, int]  # table → rows


@dataclass(frozen=True)
class Manifest:
    """All that is known of a backup."""

    made_at: str  # ISO 8601, UTC
    databases: dict[str, Database]  # office and public
    audit_count: int
    audit_hash: str
    anchors: str  # SHA-256 of the file of anchors; empty when there is none
    files: dict[str, int]  # SHA-256 → bytes
    key: str  # tells the audit key from another, and nothing of what it is
    missing: list[str] = field(default_factory=list)  # files that were gone or damaged when the backup was made
    format: int = FORMAT

    def write(self, folder: Path) -> None:
        """Write it, and its own hash beside it."""
        said = json.dumps(asdict(self), indent=1, sort_keys=True).encode()
        (folder / NAME).write_bytes(said)
        (folder / SEAL).write_text(f"{hashlib.sha256(said).hexdigest()}  {NAME}\n")


def read(folder: Path) -> Manifest:
    """The manifest of the backup in `folder`.

    :raises BadBackup: where there is none, it was changed, or a newer version wrote it
    """
    try:
        said, seal = (folder / NAME).read_bytes(), (folder / SEAL).read_text().split()[0]
    except (OSError, IndexError):
        raise BadBackup(f"{folder} is no backup: it has no {NAME} with its {SEAL}.") from None
    if not hmac.compare_digest(hashlib.sha256(said).hexdigest(), seal):
        raise BadBackup(f"{NAME} is not what was written; take another backup.")
    given: dict[str, Any] = json.loads(said)
    if given["format"] != FORMAT:
        raise BadBackup(
            f"The backup has format {given['format']}; this version reads format {FORMAT}. Restore it with the version it is of."
        )
    databases = {name: Database(**one) for name, one in given.pop("databases").items()}
    return Manifest(databases=databases, **given)


def faults(folder: Path, manifest: Manifest) -> Iterator[str]:
    """A line for each file of the backup that is gone or is not what was written."""
    owed = {one.file: one.sha256 for one in manifest.databases.values()}
    owed |= {f"files/{sha256[:2]}/{sha256}": sha256 for sha256 in manifest.files}
    if manifest.anchors:
        owed["audit-anchors.log"] = manifest.anchors
    for name, sha256 in owed.items():
        try:
            if hash_of(folder / name) != sha256:
                yield f"{name} is not what was written."
        except OSError:
            yield f"{name} is gone."


def hash_of(file: Path) -> str:
    """SHA-256 of a file's bytes."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def fingerprint(key: str) -> str:
    """What tells a key from another, without telling the key."""
    return hmac.new(key.encode(), b"which key was it", "sha256").hexdigest()[:16]


def on_disk(place: Path) -> None:
    """Wait until a file, or a folder's list of names, lies on the disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

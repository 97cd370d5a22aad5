"""A snapshot as it is told in one language: what pages and lists are made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from meetingapp.publishing.models import Snapshot, SnapshotKind


@dataclass(frozen=True)
class Told:
    """One snapshot in one language."""

    kind: SnapshotKind
    path: str
    version: int
    title: str
    html: str
    data: dict[str, Any]
    made_at: datetime
    language: str


def tell(snapshots: Sequence[Snapshot], language: str, *, own: str) -> list[Told]:
    """The snapshots in `language`; one that was made before it was spoken here is told in `own`, the council's."""
    told = []
    for one in snapshots:
        given = one.translations.get(language)
        words = given or {"title": one.title, "html": one.html, "data": one.data}
        told.append(
            Told(one.publication.kind, one.path, one.version, made_at=one.made_at, language=language if given else own, **words),
        )
    return told

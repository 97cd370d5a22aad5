"""Who may see and write what is one person's own: that person."""

from __future__ import annotations

from typing import Any

from meetingapp.cases.models import Case
from meetingapp.cases.policy import may_read
from meetingapp.core import policy
from meetingapp.personal.models import Note


@policy.action("note.own")
def may_keep_notes(actor: Any, about: Note | Case | None = None) -> bool:
    """Whoever wrote the note, signed in, and nobody else, whatever their office; on a case that the person may read.

    :param about: None: any of one's own
    """
    if not actor.is_authenticated or actor.person_id is None or getattr(actor, "link", None) is not None:
        return False
    if isinstance(about, Note):
        return bool(about.person_id == actor.person_id)
    return about is None or may_read(actor, about)


@policy.action("help.put_away")
def may_put_away(actor: Any) -> bool:
    """Whoever is signed in, for themselves."""
    return bool(actor.is_authenticated)

"""Who may see, change and report on actions."""

from __future__ import annotations

from typing import Any

from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import policy
from meetingapp.council.models import Council
from meetingapp.followups import queries
from meetingapp.followups.models import Action, ActionOwner


@policy.action("action.read")
def may_read_action(actor: Any, about: Action | Council) -> bool:
    """Everybody with a seat in the council, and whoever owns the action."""
    if isinstance(about, Council):
        return bool(actor.is_inside(about))
    return actor.is_inside(about.council_id) or bool(parts_of(actor, about))


@policy.action("action.edit")
def may_edit_action(actor: Any, about: Action | Council) -> bool:
    """The council's secretariat."""
    return bool(actor.is_secretary_of(about.council_id if isinstance(about, Action) else about))


@policy.action("action.report")
def may_report(actor: Any, action: Action, part: ActionOwner | None = None) -> bool:
    """The owner, someone with a seat for an organisation that owns it, the holder of its link, and the secretariat.

    :param part: None: any part
    """
    if actor.is_secretary_of(action.council_id):
        return True
    own = parts_of(actor, action)
    return part in own if part is not None else bool(own)


@policy.action("commitment.status")
def may_set_status(actor: Any, council: Council) -> bool:
    """The council's secretariat."""
    return bool(actor.is_secretary_of(council))


def parts_of(actor: Any, action: Action) -> list[ActionOwner]:
    """The parts of `action` that are `actor`'s to report on."""
    link = getattr(actor, "link", None)
    if link is not None:
        if link.purpose is not LinkPurpose.ACTION or link.subject_id != action.id:
            return []
        organisations = {actor.person.organisation_id}
    else:
        organisations = queries.organisation_ids_of(actor)
    return [
        part
        for part in action.owners
        if (part.person_id is not None and part.person_id == actor.person_id)
        or (part.organisation_id is not None and part.organisation_id in organisations)
    ]

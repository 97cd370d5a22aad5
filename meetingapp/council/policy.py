"""Who may read and change who is who."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.council import queries
from meetingapp.council.models import Body, Council, Organisation, Person


@policy.action("council.read")
def may_read_council(actor: Any, about: Council | Body | Organisation) -> bool:
    """Everybody with a seat in a council that it belongs to."""
    return any(actor.is_inside(council) for council in _council_ids(about))


@policy.action("council.edit")
def may_edit_council(actor: Any, about: Council | Body | Organisation) -> bool:
    """The council's secretariat."""
    return any(actor.is_secretary_of(council) for council in _council_ids(about))


@policy.action("person.read")
def may_read_person(actor: Any, person: Person) -> bool:
    """Everybody with a seat in a council that knows the person."""
    return any(actor.is_inside(council) for council in queries.council_ids_of_person(person))


@policy.action("person.edit")
def may_edit_person(actor: Any, person: Person) -> bool:
    """The secretariat of a council that knows the person; where the person holds a seat, of all councils that it is in.

    The address is what a person signs in with: one council's secretary must not be able to take over another council's member.
    """
    seated = queries.council_ids_with_seat(person.id)
    if seated:
        return all(actor.is_secretary_of(council) for council in seated)
    return any(actor.is_secretary_of(council) for council in queries.council_ids_of_person(person))


def _council_ids(about: Council | Body | Organisation) -> set[int]:
    if isinstance(about, Council):
        return {about.id}
    if isinstance(about, Body):
        return {about.council_id}
    return queries.council_ids_of_organisation(about.id)

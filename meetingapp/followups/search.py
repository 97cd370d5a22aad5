"""How actions are found. One that comes from an exempt case is open by the case's public title alone."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from meetingapp.cases.models import Case
from meetingapp.core import search
from meetingapp.followups.models import Action


@search.source("action", Action, follows={Case: lambda case: select(Action.id).where(Action.case_id == case.id)})
def of_action(action: Action) -> Iterable[search.Entry]:
    place = f"/kontor/oppfolging/{action.id}"
    lock = action.case_id if action.case is not None and action.case.is_exempt else None
    yield search.Entry(action.title, place, action.council_id, action.created_at, action.text, lock=lock)
    if lock is not None and action.case is not None:
        yield search.Entry(action.case.public_title, place, action.council_id, action.created_at)

"""Who makes things public, and takes them back."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.council.models import Council
from meetingapp.meetings.models import Meeting
from meetingapp.publishing.models import Publication


@policy.action("publication.list")
def may_list(actor: Any, council: Council) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(council))


@policy.action("publication.make")
def may_publish(actor: Any, meeting: Meeting) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(meeting.council_id))


@policy.action("publication.recall")
def may_recall(actor: Any, publication: Publication) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(publication.council_id))

"""Who has a desk."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.council.models import Council


@policy.action("desk.own")
def may_see_own_page(actor: Any) -> bool:
    """Everybody who is signed in."""
    return bool(actor.is_authenticated)


@policy.action("desk.secretary")
def may_see_desk(actor: Any, council: Council) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(council))

"""Who may open the pages people live in."""

from __future__ import annotations

from typing import Any

from meetingapp.core import policy
from meetingapp.council.models import Council


@policy.action("desk.own")
def may_see_own(actor: Any) -> bool:
    """Everybody who is signed in, their own."""
    return bool(actor.is_authenticated)


@policy.action("desk.secretary")
def may_see_desk(actor: Any, council: Council) -> bool:
    """The secretary."""
    return bool(actor.is_secretary_of(council))


@policy.action("post.read")
def may_read_post(actor: Any, council: Council | int) -> bool:
    """The secretary of the council whose letters they are."""
    return bool(actor.is_secretary_of(council))


@policy.action("post.act")
def may_act_on_post(actor: Any, council: Council | int) -> bool:
    """The secretary of the council whose letters they are."""
    return bool(actor.is_secretary_of(council))

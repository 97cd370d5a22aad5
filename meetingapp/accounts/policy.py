"""Who may do what with an account."""

from __future__ import annotations

from meetingapp.accounts.actor import Actor
from meetingapp.core import policy
from meetingapp.council.models import Council


@policy.action("account.own")
def may_see_own_account(actor: Actor) -> bool:
    """Everybody who is signed in, their own."""
    return bool(actor.is_authenticated)


@policy.action("partner_link.make")
def may_make_partner_link(actor: Actor, council: Council) -> bool:
    """The council's secretariat makes and revokes the links of its partners."""
    return actor.is_secretary_of(council)

"""Who may do what with an account."""

from __future__ import annotations

from meetingapp.accounts.actor import Actor
from meetingapp.core import policy


@policy.action("account.own")
def may_see_own_account(actor: Actor) -> bool:
    """Everybody who is signed in, their own."""
    return bool(actor.is_authenticated)

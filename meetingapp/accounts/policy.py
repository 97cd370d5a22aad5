"""Who may do what with an account."""

from __future__ import annotations

from meetingapp.accounts.actor import Actor
from meetingapp.core import policy
from meetingapp.council.models import Council, Person


@policy.action("account.own")
def may_see_own_account(actor: Actor) -> bool:
    """Everybody who is signed in, their own: sessions, password, second factor."""
    return bool(actor.is_authenticated)


@policy.action("account.manage")
def may_manage_account(actor: Actor, person: Person) -> bool:
    """Close and open another's access, and take away a lost second factor: whoever may change the person's address, but never oneself."""
    return actor.person_id != person.id and policy.allows(actor, "person.edit", person)


@policy.action("partner_link.make")
def may_make_partner_link(actor: Actor, council: Council) -> bool:
    """The council's secretariat makes and revokes the links of its partners."""
    return actor.is_secretary_of(council)

"""Signing in by a one-time link to a known address, and a partner's personal link."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.accounts import links, queries
from meetingapp.accounts.links import NOWHERE
from meetingapp.accounts.models import LinkPurpose, LinkWanted, PersonalLink
from meetingapp.core import audit, clock, outbox
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.post import post_letter
from meetingapp.core.web.places import Place
from meetingapp.council.models import Council, Person


def want_link(address: str, *, leads_to: Place = NOWHERE) -> LinkWanted:
    """Note that a sign-in link is wanted at `address`. The work is the same whether we know it or not; the worker looks.

    :param leads_to: the page to go to after signing in
    """
    wanted = LinkWanted(address=address.strip().lower(), next_endpoint=leads_to.endpoint, next_args=leads_to.args, made_at=clock.true_now())
    db.session.add(wanted)
    db.session.flush()  # the task points to it
    outbox.post("sign-in-link", about=wanted.id)
    return wanted


def send_link(wanted: LinkWanted) -> PersonalLink | None:
    """Answer a wish with a one-time link, if it is not too old and we know the address; the wish is forgotten either way."""
    found = queries.who_has(wanted.address)
    made_at, leads_to = wanted.made_at, Place(wanted.next_endpoint, wanted.next_args)
    db.session.delete(wanted)
    if found is None or clock.true_now() - made_at > links.SIGN_IN_LASTS:
        return None
    person, _account = found
    link = links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + links.SIGN_IN_LASTS, leads_to=leads_to)
    post_letter("sign-in", about=link.id, to_name=person.name, to_address=person.email, realm=None, version=link.uid)
    return link


def spend(link: PersonalLink) -> None:
    """A sign-in link works once."""
    link.used_at = clock.true_now()


def make_partner_link(council: Council, person: Person, *, by: audit.Doer | None) -> PersonalLink:
    """A personal link to the partner's room, for a year, and a letter with it. The one before it stops working.

    :raises RuleBroken: when the person belongs to no partner of `council` today
    """
    if not links.is_partner(person, council, clock.today()):
        raise RuleBroken(
            _("%(name)s belongs to no partner of the council.", name=person.name),
            next_step=_("Enter the organisation as a partner first."),
        )
    before = links.partner_link(person, council)
    if before is not None:
        before.revoked_at = clock.true_now()
    link = links.make_link(
        LinkPurpose.PARTNER,
        person,
        expires_at=clock.true_now() + links.PARTNER_LASTS,
        council=council,
        organisation=person.organisation,
    )
    post_letter("partner-link", about=link.id, to_name=person.name, to_address=person.email, realm=council.id, version=link.uid)
    audit.record("partner_link.make", link, by=by, person=person.id)
    return link


def revoke_partner_link(link: PersonalLink, *, by: audit.Doer | None) -> None:
    """`link` stops working at once."""
    link.revoked_at = link.revoked_at or clock.true_now()
    audit.record("partner_link.revoke", link, by=by, person=link.person_id)

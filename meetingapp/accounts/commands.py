"""Signing in by a one-time link to a known address, and a partner's personal link."""

from __future__ import annotations

from flask_babel import gettext as _

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.core import audit, clock
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.post import post_letter
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council, Person


def ask_for_link(address: str, *, next_path: str = "") -> PersonalLink | None:
    """Send a one-time link to `address`, if we know it. Whoever asks is told the same either way.

    :param next_path: a path of the office to go to after signing in
    :return: the link, for the log and for tests; None for an unknown address
    """
    person = council_queries.person_by_email(address)
    if person is None:
        return None
    link = links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + links.SIGN_IN_LASTS, next_path=next_path)
    post_letter("sign-in", about=link.id, to_name=person.name, to_address=person.email, realm=None, version=link.uid)
    return link


def spend(link: PersonalLink) -> None:
    """A sign-in link works once."""
    link.used_at = clock.true_now()


def choose_language(person: Person, language: str, *, by: audit.Doer | None) -> None:
    """Keep the language a person wants for pages and letters.

    :param language: empty: the language of their organisation
    """
    person.language = language
    audit.record("person.language", person, by=by, language=language)


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

"""Signing in by a one-time link to a known address."""

from __future__ import annotations

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose, PersonalLink
from meetingapp.core import clock
from meetingapp.core.mail.post import post_letter
from meetingapp.council import queries as council_queries


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

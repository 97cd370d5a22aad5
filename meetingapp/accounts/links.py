"""Secret addresses: made, found and revoked. The database holds a hash; the address can be made again by whoever has the house's key."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from flask import current_app
from sqlalchemy import select, update
from sqlalchemy.orm import joinedload

from meetingapp.accounts.models import Account, LinkPurpose, PersonalLink
from meetingapp.core import clock
from meetingapp.core.database import db
from meetingapp.core.i18n import languages
from meetingapp.core.web.places import Place
from meetingapp.core.web.secrets import derived, hashed, new_secret
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council, Organisation, Person

SIGN_IN_LASTS = timedelta(minutes=30)
DEMO_LASTS = timedelta(hours=12)  # printed by `make run`, on loopback only
PARTNER_LASTS = timedelta(days=365)
NOWHERE = Place()
SECRET = re.compile(r"(/(?:g|logg-inn)/)([A-Za-z0-9_-]{20,})")  # as `address_of` writes it


def make_link(
    purpose: LinkPurpose,
    person: Person,
    *,
    expires_at: datetime,
    council: Council | None = None,
    organisation: Organisation | None = None,
    subject_id: int | None = None,
    leads_to: Place = NOWHERE,
) -> PersonalLink:
    """A new link for `person`. Its address comes from `address_of`.

    :param expires_at: true time
    """
    link = _new(purpose, person, subject_id, expires_at=expires_at, council=council, organisation=organisation, leads_to=leads_to)
    db.session.add(link)
    db.session.flush()  # letters point to it
    return link


def make_links(
    purpose: LinkPurpose, subjects: Sequence[tuple[Person, int]], *, expires_at: datetime, council: Council
) -> list[PersonalLink]:
    """As `make_link`, for many people at once, each with the id of what their link is about. One query, however many."""
    made = [_new(purpose, person, subject_id, expires_at=expires_at, council=council) for person, subject_id in subjects]
    db.session.add_all(made)
    db.session.flush()  # letters point to them
    return made


def _new(purpose: LinkPurpose, person: Person, subject_id: int | None, *, leads_to: Place = NOWHERE, **given: Any) -> PersonalLink:
    uid = new_secret()
    return PersonalLink(
        uid=uid,
        secret_hash=hashed(_secret(uid)),
        purpose=purpose,
        person=person,
        subject_id=subject_id,
        sent_to=person.email,
        next_endpoint=leads_to.endpoint,
        next_args=leads_to.args,
        made_at=clock.true_now(),
        **given,
    )


def _secret(uid: str) -> str:
    return derived(current_app.config["SECRET_KEY"], "link", uid)


def address_of(link: PersonalLink) -> str:
    """The whole secret address of `link`."""
    place = "logg-inn" if link.purpose is LinkPurpose.SIGN_IN else "g"
    return f"{current_app.config['BASE_URL']}/{place}/{_secret(link.uid)}"


def path_of(link: PersonalLink) -> str:
    """The address without the site: for tests and redirects."""
    return address_of(link).removeprefix(current_app.config["BASE_URL"])


def leads_to(link: PersonalLink) -> Place:
    """The page that a sign-in by `link` leads to."""
    return Place(link.next_endpoint, link.next_args)


def masked(text: str) -> str:
    """`text` with every secret address made unusable: for those who may read the letter, and are not its receiver."""
    return SECRET.sub(r"\1…", text)


def works_until(text: str) -> datetime | None:
    """When the last of the secret addresses in `text` that still work runs out; None where none of them works. One query."""
    hashes = {hashed(found[2]) for found in SECRET.finditer(text)}
    found = db.session.scalars(select(PersonalLink).where(PersonalLink.secret_hash.in_(hashes)))
    return max((link.expires_at for link in found if link.is_open(clock.true_now())), default=None)


def open_link(secret: str, *purposes: LinkPurpose) -> PersonalLink | None:
    """The link behind `secret`, if it is of one of `purposes` and still open. One query; the person comes loaded.

    A link of somebody whose access is closed is closed too, and a sign-in link that went to another address than the person has now.
    The page under way speaks that person's language from now on.
    """
    link = db.session.scalar(
        select(PersonalLink)
        .outerjoin(Account, Account.person_id == PersonalLink.person_id)
        .where(PersonalLink.secret_hash == hashed(secret), PersonalLink.purpose.in_(purposes), Account.closed_at.is_(None))
        .options(
            joinedload(PersonalLink.person).joinedload(Person.organisation),
            joinedload(PersonalLink.organisation),
            joinedload(PersonalLink.council),
        )
    )
    if link is None or not link.person.is_active or not link.is_open(clock.true_now()):
        return None
    if link.purpose is LinkPurpose.SIGN_IN and link.sent_to != link.person.email:
        return None
    languages.speak(link.person.speaks)
    return link


def revoke_sign_in_links(person: Person) -> None:
    """The sign-in links of `person` that nobody has used stop working at once."""
    unused = (PersonalLink.revoked_at.is_(None), PersonalLink.used_at.is_(None))
    db.session.execute(
        update(PersonalLink)
        .where(PersonalLink.person_id == person.id, PersonalLink.purpose == LinkPurpose.SIGN_IN, *unused)
        .values(revoked_at=clock.true_now())
    )


def link_for(purpose: LinkPurpose, person: Person, subject_id: int | None) -> PersonalLink | None:
    """The newest open link of `person` for one subject. One query."""
    found = db.session.scalar(
        select(PersonalLink)
        .where(PersonalLink.purpose == purpose, PersonalLink.person_id == person.id, PersonalLink.subject_id == subject_id)
        .order_by(PersonalLink.id.desc())
        .limit(1)
    )
    return found if found is not None and found.is_open(clock.true_now()) else None


def links_for(purpose: LinkPurpose, person: Person, subject_id: int) -> Sequence[PersonalLink]:
    """All links of `person` for one subject, newest first, those that are closed too. One query."""
    return db.session.scalars(
        select(PersonalLink)
        .where(PersonalLink.purpose == purpose, PersonalLink.person_id == person.id, PersonalLink.subject_id == subject_id)
        .order_by(PersonalLink.id.desc())
    ).all()


def is_partner(person: Person, council: Council, day: date) -> bool:
    """Whether `person` belongs to an organisation that `council` knows as a partner on `day`. One query."""
    found = council_queries.affiliations_between(council.id, person.organisation_id, day, day) if person.organisation_id else []
    return person.is_active and any(not affiliation.is_participant for affiliation in found)


def partner_link(person: Person, council: Council) -> PersonalLink | None:
    """The newest open link of `person` to the partner's room of `council`. One query."""
    found = db.session.scalar(
        select(PersonalLink)
        .where(PersonalLink.purpose == LinkPurpose.PARTNER, PersonalLink.person_id == person.id, PersonalLink.council_id == council.id)
        .order_by(PersonalLink.id.desc())
        .limit(1)
    )
    return found if found is not None and found.is_open(clock.true_now()) else None

"""The demo council: invented people and cases, loaded through the same commands that the office uses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlalchemy import select

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.council.models import Council, Organisation, Person
from meetingapp.demo import ahead, people, year
from meetingapp.demo.source import Source
from meetingapp.demo.timeline import run
from meetingapp.demo.year import YEAR

SLUG = "hamarregionen"


def is_loaded() -> bool:
    """Whether the demo council is there. One query."""
    found = db.session.scalar(select(Council.id).where(Council.slug == SLUG))
    db.session.rollback()
    return found is not None


def load(progress: Callable[[str], None] = lambda what: None, *, meetings: Sequence[str] = YEAR) -> None:
    """Load the demo council into an empty, migrated installation. Its past is written as if it had happened then.

    :param progress: is told what is loaded now
    :param meetings: keys of the files, in order; of a year that is loaded in part, the numbers of the rest count as given elsewhere
    """
    source = Source.read()
    progress("Råd, virksomheter, folk og utvalg …")
    people.load(source)
    run(year.steps(source, meetings), progress)
    progress("Møtet 29. januar 2027 og saker i kø …")
    ahead.load(source)


def ways_in() -> list[str]:
    """A sign-in link for the secretary and a member, and a partner's own link: for the demo on loopback only."""
    lines = []
    with write():
        for who, email in (("Sekretær", "ellen.attrappli@hamarregionen.example"), ("Medlem", "nils.demostad@stange.example")):
            person = db.session.scalars(select(Person).where(Person.email == email)).one()
            link = links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + links.DEMO_LASTS)
            lines.append(f"  {who} ({person.name}): {links.address_of(link)}")
        partner = db.session.scalars(select(Person).where(Person.email == "tone.tenktlien@lo.example")).one()
        council = db.session.scalars(select(Council).where(Council.slug == SLUG)).one()
        organisation = db.session.get(Organisation, partner.organisation_id)
        own = links.link_for(LinkPurpose.PARTNER, partner, None) or links.make_link(
            LinkPurpose.PARTNER, partner, council=council, organisation=organisation, expires_at=clock.true_now() + links.PARTNER_LASTS
        )
        lines.append(f"  Partner ({partner.name}, {organisation.name if organisation else ''}): {links.address_of(own)}")
    return lines

"""People and organisations: one row each, whichever councils know them."""

from __future__ import annotations

from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.mail.post import post_letter
from meetingapp.core.text.sorting import sort_key
from meetingapp.core.web import sessions
from meetingapp.council import queries
from meetingapp.council.models import Affiliation, Council, Organisation, OrganisationKind, Person


def add_person(
    *,
    name: str,
    email: str,
    by: audit.Doer | None,
    organisation: Organisation | None = None,
    phone: str = "",
    title: str = "",
    party_list: str = "",
    language: str = "",
) -> Person:
    """A new person. The address is kept in lower case, for it is what a person signs in with.

    :raises RuleBroken: without a name or an address, or when someone has the address already
    """
    person = Person(is_active=True)
    _write_person(person, name, email, organisation, phone, title, party_list, language)
    db.session.add(person)
    audit.record("person.add", person, by=by)
    return person


def edit_person(
    person: Person,
    *,
    name: str,
    email: str,
    by: audit.Doer | None,
    organisation: Organisation | None = None,
    phone: str = "",
    title: str = "",
    party_list: str = "",
    language: str = "",
    is_active: bool = True,
) -> None:
    """Change what we know of `person`. Nobody is deleted: a person who has left is made inactive, and can then no longer sign in.

    A new address is told by letter, to the old one and the new one.

    :raises RuleBroken: as `add_person`; and when a person who still holds a seat would become inactive
    """
    if not is_active and queries.seats_of_person(person.id, clock.today()):
        raise RuleBroken(
            _("%(name)s still holds a seat.", name=person.name),
            next_step=_("End the seat first, then make the person inactive."),
            field="is_active",
        )
    email_before, email_changes = person.email, person.email != email.strip().lower()
    _write_person(person, name, email, organisation, phone, title, party_list, language)
    person.is_active = is_active
    if email_changes or not is_active:  # what was opened from the old mailbox ends at once
        sessions.end_sessions(str(person.id), but_this=True)
    if email_changes:
        _tell_of_address(person, email_before, "address-from")
        _tell_of_address(person, person.email, "address-to")
    audit.record("person.edit", person, by=by, email_changed=email_changes, is_active=is_active)


def _tell_of_address(person: Person, address: str, change: str) -> None:
    """A letter about how the person signs in, which the floor above writes (`accounts/mails.py`)."""
    post_letter(
        "security",
        about=person.id,
        to_name=person.name,
        to_address=address,
        realm=None,
        version=f"{change}-{clock.true_now().isoformat()}",
        details={"change": change},
    )


def _write_person(
    person: Person, name: str, email: str, organisation: Organisation | None, phone: str, title: str, party_list: str, language: str
) -> None:
    name, email = " ".join(name.split()), email.strip().lower()
    if not name:
        raise RuleBroken(_("Write a name."), field="name")
    if not email:
        raise RuleBroken(_("Write an e-mail address."), field="email")
    with db.session.no_autoflush:
        other = db.session.scalar(select(Person).where(Person.email == email))
    if other is not None and other is not person:
        raise RuleBroken(_("%(name)s has this address already. Two people cannot share one.", name=other.name), field="email")
    person.name, person.sort_name, person.email = name, sort_key(name), email
    person.organisation = organisation
    person.phone, person.title, person.party_list, person.language = phone.strip(), title.strip(), party_list.strip(), language


def add_organisation(
    council: Council | None,
    *,
    name: str,
    kind: OrganisationKind,
    by: audit.Doer | None,
    short_name: str = "",
    language: str = "nb",
    email: str = "",
    note: str = "",
    is_participant: bool = False,
    since: date | None = None,
) -> Organisation:
    """A new organisation, known to `council` from `since` (today) as a participant or a partner.

    :param council: None when no council knows it yet
    :param short_name: for tables; by default the name without "kommune"
    :raises RuleBroken: when an organisation has the name already
    """
    organisation = Organisation(kind=kind)
    _write_organisation(organisation, name, short_name, kind, language, email, note)
    db.session.add(organisation)
    audit.record("organisation.add", organisation, by=by)
    if council is not None:
        add_affiliation(council, organisation, is_participant=is_participant, since=since or clock.today(), by=by)
    return organisation


def edit_organisation(
    organisation: Organisation,
    *,
    name: str,
    kind: OrganisationKind,
    by: audit.Doer | None,
    short_name: str = "",
    language: str = "nb",
    email: str = "",
    note: str = "",
) -> None:
    """Change what we know of `organisation`.

    :raises RuleBroken: when another organisation has the name
    """
    _write_organisation(organisation, name, short_name, kind, language, email, note)
    audit.record("organisation.edit", organisation, by=by)


def _write_organisation(
    organisation: Organisation, name: str, short_name: str, kind: OrganisationKind, language: str, email: str, note: str
) -> None:
    name = " ".join(name.split())
    if not name:
        raise RuleBroken(_("Write a name."), field="name")
    with db.session.no_autoflush:
        other = db.session.scalar(select(Organisation).where(func.lower(Organisation.name) == name.lower()))
    if other is not None and other is not organisation:
        raise RuleBroken(_("There is an organisation with this name already: %(name)s.", name=other.name), field="name")
    organisation.name, organisation.short_name = name, short_name.strip() or name.removesuffix(" kommune")[:80]
    organisation.kind, organisation.language = kind, language
    organisation.email, organisation.note = email.strip().lower(), note.strip()


def add_affiliation(
    council: Council,
    organisation: Organisation,
    *,
    is_participant: bool,
    since: date,
    by: audit.Doer | None,
    until: date | None = None,
) -> Affiliation:
    """Let `organisation` take part in `council`, or be known to it as a partner, from `since`.

    One that is known already changes role: the old time ends the day before.

    :raises RuleBroken: when it would end before it begins, or begin on or before the start of what holds now
    """
    if until is not None and until < since:
        raise RuleBroken(_("The end is before the beginning."), field="until")
    for old in queries.affiliations_between(council.id, organisation.id, since, until):
        if old.is_participant == is_participant:
            raise RuleBroken(_("%(name)s has this role already at that time.", name=organisation.short_name), field="is_participant")
        if old.valid_from >= since:
            raise RuleBroken(
                _("%(name)s has another role from %(day)s.", name=organisation.short_name, day=old.valid_from.strftime("%d.%m.%Y")),
                next_step=_("Choose a later day."),
                field="since",
            )
        old.valid_to = since - timedelta(days=1)
    affiliation = Affiliation(
        council_id=council.id, organisation=organisation, is_participant=is_participant, valid_from=since, valid_to=until
    )
    db.session.add(affiliation)
    audit.record("affiliation.add", affiliation, by=by, is_participant=is_participant)
    return affiliation


def end_affiliation(affiliation: Affiliation, *, last_day: date, by: audit.Doer | None) -> None:
    """`affiliation` holds to the end of `last_day`.

    :raises RuleBroken: when it had not begun by then
    """
    if last_day < affiliation.valid_from:
        raise RuleBroken(_("The end is before the beginning."), field="last_day")
    affiliation.valid_to = last_day
    audit.record("affiliation.end", affiliation, by=by, last_day=last_day.isoformat())

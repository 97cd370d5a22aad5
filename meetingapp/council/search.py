"""How people and organisations are found: by name, title and where they come from. Addresses and numbers are not looked in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from sqlalchemy import select

from meetingapp.core import search
from meetingapp.council.models import Organisation, Person

ALWAYS = datetime(2000, 1, 1, tzinfo=UTC)  # people have no date of their own: among many hits they come last


@search.source("person", Person, follows={Organisation: lambda one: select(Person.id).where(Person.organisation_id == one.id)})
def of_person(person: Person) -> Iterable[search.Entry]:
    """Whoever is active."""
    if person.is_active:
        home = person.organisation.name if person.organisation is not None else ""
        about = ", ".join(part for part in (person.title, home) if part)
        yield search.Entry(person.name, f"/kontor/folk/personer/{person.id}", 0, ALWAYS, text=about)


@search.source("organisation", Organisation)
def of_organisation(organisation: Organisation) -> Iterable[search.Entry]:
    yield search.Entry(organisation.name, f"/kontor/folk/virksomheter/{organisation.id}", 0, ALWAYS)

"""`flask setup`: the first council, its organisations, bodies and administrator, through the same commands as the pages."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField
from wtforms.validators import InputRequired, Optional, Regexp

from meetingapp.accounts import links
from meetingapp.accounts.models import LinkPurpose
from meetingapp.core import clock, outbox
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.council import commands, words
from meetingapp.council.addresses import address_part
from meetingapp.council.bases import add_usual_bases
from meetingapp.council.forms import address, line
from meetingapp.council.models import Body, BodyKind, Council, Organisation, OrganisationKind, Person, SeatRole
from meetingapp.publishing.commands import REBUILD

HOST = Regexp(r"^([a-z0-9-]+\.)*[a-z0-9-]+$", message="Write a host name, like mote.regionen.no.")
DAYS = Regexp(r"^[1-9]\d{0,2}$", message="Write a number of days, 1 to 999.")
USUAL_DAYS = {"notice_days": "14", "papers_days": "7"}
LISTS = {"organisations": "organisation", "bodies": "body"}


class Refused(Exception):
    """What stands in the way, a sentence each."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class CouncilFacts(Form):
    name = StringField(validators=line(200, needed="Write the council's name, like «Hamarregionen IPR»."))
    short_name = StringField(validators=line(80))
    email = StringField(validators=address(needed="Write the council's e-mail address."))
    public_host = StringField(validators=[*line(255), HOST])
    seat_municipality = StringField(validators=line(200))
    legal_form = StringField(validators=line(200))


class AdministratorFacts(Form):
    name = StringField(validators=line(200, needed="Write the administrator's name."))
    email = StringField(validators=address(needed="Write the administrator's e-mail address."))
    title = StringField(validators=line(200))
    organisation = StringField(validators=line(200))


class OrganisationFacts(Form):
    name = StringField(validators=line(200, needed="Write the organisation's name."))
    short_name = StringField(validators=line(80))
    kind = StringField(validators=[InputRequired("Write its kind, like municipality or county.")])
    participant = StringField()
    email = StringField(validators=address())


class BodyFacts(Form):
    name = StringField(validators=line(200, needed="Write the body's name."))
    series = StringField(validators=line(40, needed="Write what its case numbers begin with, like RR."))
    kind = StringField(validators=[InputRequired("Write its kind, like representantskap or working_committee.")])
    email = StringField(validators=address())
    voting_seats = StringField(validators=[Optional(), Regexp(r"^\d{1,3}$", message="Write a number from 0 up.")])
    notice_days = StringField(validators=[Optional(), DAYS])
    papers_days = StringField(validators=[Optional(), DAYS])


SHAPES: dict[str, type[Form]] = {
    "council": CouncilFacts,
    "administrator": AdministratorFacts,
    "organisation": OrganisationFacts,
    "body": BodyFacts,
}


@dataclass(frozen=True)
class Done:
    """What has been made, for the lines at the end."""

    council: str
    administrator: str
    link: str  # opens once


def read(file: Path) -> dict[str, Any]:
    """The facts in a YAML or TOML file.

    :raises Refused: when it cannot be read as one
    """
    try:
        found = tomllib.loads(file.read_text()) if file.suffix == ".toml" else yaml.safe_load(file.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, yaml.YAMLError) as error:
        raise Refused(f"{file} cannot be read: {' '.join(str(error).split())}") from None
    if not isinstance(found, dict):
        raise Refused(f"{file} says nothing that can be set up; see docs/production.md for an example.")
    return found


def faults(given: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each field that cannot stand: `bodies 2, series: Write …`."""
    for unknown in sorted(set(given) - {"council", "administrator", *LISTS}):
        yield f"{unknown}: There is no such part. The parts are council, administrator, organisations and bodies."
    for name in ("council", "administrator"):
        yield from _faults(name, SHAPES[name], given.get(name))
    for name, one in LISTS.items():
        rows = given.get(name)
        if not isinstance(rows, list) or not rows:
            yield f"{name}: Write at least one."
            continue
        for number, row in enumerate(rows, 1):
            yield from _faults(f"{name} {number}", SHAPES[one], row)


def _faults(place: str, shape: type[Form], given: Any) -> Iterator[str]:
    if not isinstance(given, dict):
        yield f"{place}: This part is missing."
        return
    form = shape(MultiDict({name: _text(value) for name, value in given.items()}))
    for unknown in sorted(set(given) - set(form.data)):
        yield f"{place}, {unknown}: There is no such field. The fields are {', '.join(form.data)}."
    form.validate()
    for name, said in form.errors.items():
        yield from (f"{place}, {name}: {one}" for one in said)
    kinds: type[OrganisationKind] | type[BodyKind] | None = {OrganisationFacts: OrganisationKind, BodyFacts: BodyKind}.get(shape)  # type: ignore[assignment]
    if kinds is not None and given.get("kind") and _kind(kinds, _text(given["kind"])) is None:
        yield f"{place}, kind: {given['kind']} is none of {', '.join(kind.value for kind in kinds)}."


def set_up(given: Mapping[str, Any]) -> Done:
    """Make it all, in the transaction under way.

    :raises Refused: a sentence for each field that is wrong, or when the council is there already; nothing may then be kept
    """
    found = list(faults(given))
    if found:
        raise Refused(*found)
    facts = {name: _text(value) for name, value in given["council"].items()}
    known = db.session.scalar(select(Council).where(func.lower(Council.name) == " ".join(facts["name"].split()).lower()))
    if known is not None:
        raise Refused(f"{known.name} is set up already, and nothing was changed. Its people sign in at /logg-inn.")
    place = "council"
    try:
        council = commands.add_council(
            slug=address_part(facts.get("short_name") or commands.LEGAL_NAME.sub("", facts["name"])) or "raad",
            name=facts["name"],
            short_name=facts.get("short_name", ""),
            email=facts["email"],
            public_host=facts.get("public_host", ""),
            legal_form=facts.get("legal_form", ""),
            by=None,
        )
        organisations: dict[str, Organisation] = {}
        for number, row in enumerate(given["organisations"], 1):
            place = f"organisations {number}"
            organisation = _organisation(council, row)
            organisations[organisation.name.lower()] = organisations[organisation.short_name.lower()] = organisation
        place = "council"
        council.seat_municipality = _named(organisations, facts.get("seat_municipality", ""), "seat_municipality")
        bodies = []
        for number, row in enumerate(given["bodies"], 1):
            place = f"bodies {number}"
            bodies.append(_body(council, row))
        place = "administrator"
        person = _administrator(bodies[0], organisations, given["administrator"])
    except RuleBroken as broken:
        raise Refused(f"{place}{f', {broken.field}' if broken.field else ''}: {broken.message} {broken.next_step}".strip()) from None
    add_usual_bases()
    outbox.post(REBUILD, about=council.id)
    link = links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + links.SIGN_IN_LASTS)
    return Done(council.name, f"{person.name} <{person.email}>", links.address_of(link))


def _organisation(council: Council, row: Mapping[str, Any]) -> Organisation:
    """The organisation of this name: another council of the installation may know it already."""
    name = " ".join(_text(row["name"]).split())
    is_participant = _text(row.get("participant", "yes")).lower() in ("yes", "true", "ja", "1")
    found = db.session.scalar(select(Organisation).where(func.lower(Organisation.name) == name.lower()))
    if found is not None:
        commands.add_affiliation(council, found, is_participant=is_participant, since=clock.today(), by=None)
        return found
    kind = _kind(OrganisationKind, _text(row["kind"]))
    assert kind is not None
    return commands.add_organisation(
        council,
        name=name,
        short_name=_text(row.get("short_name", "")),
        kind=kind,
        email=_text(row.get("email", "")),
        is_participant=is_participant,
        by=None,
    )


def _body(council: Council, row: Mapping[str, Any]) -> Body:
    kind = _kind(BodyKind, _text(row["kind"]))
    assert kind is not None
    today: date = clock.today()
    body = commands.add_body(
        council,
        name=_text(row["name"]),
        series=_text(row["series"]),
        kind=kind,
        organizer_address=_text(row.get("email", "")) or council.email,
        voting_seats=int(_text(row.get("voting_seats", "")) or 0),
        valid_from=today,
        by=None,
    )
    for key, usual in USUAL_DAYS.items():
        commands.add_setting(council, body=body, key=key, value=_text(row.get(key, "")) or usual, valid_from=today, by=None)
    return body


def _administrator(body: Body, organisations: Mapping[str, Organisation], given: Mapping[str, Any]) -> Person:
    facts = {name: _text(value) for name, value in given.items()}
    organisation = _named(organisations, facts.get("organisation", ""), "organisation")
    person = db.session.scalar(select(Person).where(Person.email == facts["email"].strip().lower()))
    if person is None:
        person = commands.add_person(
            name=facts["name"], email=facts["email"], title=facts.get("title", ""), organisation=organisation, by=None
        )
    commands.add_seat(body, person, role=SeatRole.SECRETARY, rights="a", organisation=organisation, valid_from=clock.today(), by=None)
    db.session.flush()
    return person


def _named(organisations: Mapping[str, Organisation], name: str, field: str) -> Organisation | None:
    """The organisation with this name or short name; the first participant where none is named."""
    if not name:
        return next(iter(organisations.values()))
    if (found := organisations.get(name.lower())) is None:
        raise RuleBroken(f"{name} is none of the organisations.", next_step="Write its name as it stands there.", field=field)
    return found


def _kind(kinds: Any, said: str) -> Any:
    """The member that `said` names, in English as in the code or in Norwegian as on screen; None for anything else."""
    on_screen = {str(word).lower(): kind for kind, word in (words.ORGANISATION_KINDS | words.BODY_KINDS).items() if isinstance(kind, kinds)}
    return next((kind for kind in kinds if kind.value == said.lower()), on_screen.get(said.lower()))


def _text(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else "" if value is None else str(value).strip()

"""Lines of people and seats, entered by the same commands as the pages use. One fault, and nothing stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import MultiDict
from wtforms import Form, StringField
from wtforms.validators import Length, Regexp

from meetingapp.core import audit, clock
from meetingapp.core.database import db
from meetingapp.core.forms import RuleBroken
from meetingapp.core.i18n import dates
from meetingapp.council import commands, queries, words
from meetingapp.council.forms import FIRST_YEAR, LAST_YEAR, address, line
from meetingapp.council.imports.table import COLUMNS, FORMULA, Line, in_all_languages
from meetingapp.council.models import Body, Council, Office, Organisation, Person, Seat, SeatRole

BESIDES = {"varamedlem": SeatRole.DEPUTY, "varamedlemmer": SeatRole.DEPUTY, "medlemmer": SeatRole.MEMBER, "fast medlem": SeatRole.MEMBER}
COLUMN_OF = {"person": "email", "rights": "ground", "is_personal": "deputy_for"}  # field of a rule → column, where they differ
SEAT_COLUMNS = ("role", "office", "rank", "deputy_for", "valid_from", "valid_to")
NEW, CHANGED, KNOWN = "new", "changed", "known"


class PersonLine(Form):
    """The shape of what a line says of a person."""

    name = StringField(validators=line(200, needed=_l("Write a name.")))
    email = StringField(validators=address(needed=_l("Write an e-mail address.")))
    phone = StringField(
        validators=[*line(40), Regexp(r"^[+0-9 ()-]*$", message=_l("Write the number with digits, spaces and perhaps a +."))]
    )
    title = StringField(validators=line(200))
    party_list = StringField(validators=line(40))
    ground = StringField(validators=[Length(max=500)])


@dataclass(frozen=True)
class Fault:
    """What is wrong in one cell, or (no column) in the line."""

    column: str
    said: str

    @property
    def heading(self) -> str:
        return str(COLUMNS[self.column]) if self.column in COLUMNS else ""


@dataclass
class Entered:
    """One line, and what becomes of it."""

    line: Line
    person: str = ""  # new, changed or known
    seat: str = ""  # new, known, or empty for a line without one
    faults: list[Fault] = field(default_factory=list)

    def fault(self, column: str, said: str) -> None:
        self.faults.append(Fault(column, said))


@dataclass(frozen=True)
class Outcome:
    """What became of the file."""

    lines: list[Entered]

    @property
    def is_clean(self) -> bool:
        return not any(one.faults for one in self.lines)

    @property
    def people(self) -> int:
        """How many people are new or changed."""
        return len({one.line.cells["email"].lower() for one in self.lines if one.person in (NEW, CHANGED)})

    @property
    def seats(self) -> int:
        """How many seats are new."""
        return sum(one.seat == NEW for one in self.lines)


class _Book:
    """What is known of the council while its lines are entered."""

    def __init__(self, council: Council, by: audit.Doer | None, may_edit: Callable[[Person], bool]) -> None:
        self.council, self.by, self.may_edit, self.today = council, by, may_edit, clock.today()
        self.organisations: dict[str, Organisation] = {}
        for affiliation in queries.affiliations_of(council.id, self.today):
            for name in (affiliation.organisation.name, affiliation.organisation.short_name):
                self.organisations.setdefault(name.lower(), affiliation.organisation)
        self.bodies: dict[str, Body] = {}
        for body in queries.all_bodies(council.id):
            for name in (body.name, body.series, body.slug):
                self.bodies.setdefault(name.lower(), body)
        self.people: dict[str, Person] = {}  # by address: those of this file
        self.first: dict[str, Line] = {}


def enter(
    lines: Sequence[Line], council: Council, *, by: audit.Doer | None, may_edit: Callable[[Person], bool] = lambda person: True
) -> Outcome:
    """Enter all lines in the transaction under way, as far as they go; whoever calls takes it back when the outcome is not clean.

    A person is known by the e-mail address: what a line says of somebody known is changed, what it leaves out stays. A seat that is
    there already is left alone, so the same file can be read twice.

    :param may_edit: whether the reader may change a person who is known already
    """
    book = _Book(council, by, may_edit)
    outcome = Outcome([Entered(one) for one in lines])
    for one in outcome.lines:
        _check(one, book)
        if not one.faults:
            _try(one, lambda entered: _person(entered, book))
    for is_deputy in (False, True):  # a deputy stands in for members who may stand further down
        for one in outcome.lines:
            if (_role(one.line) is SeatRole.DEPUTY) is is_deputy and not one.faults:
                _try(one, lambda entered: _seat(entered, book))
    return outcome


def _try(one: Entered, work: Callable[[Entered], None]) -> None:
    """Run `work` so that a broken rule costs this line only."""
    try:
        with db.session.begin_nested():
            work(one)
            if one.faults:
                raise RuleBroken("")
    except RuleBroken as broken:
        if broken.message:
            column = COLUMN_OF.get(broken.field or "", broken.field or "")
            one.fault(column if column in COLUMNS else "", f"{broken.message} {broken.next_step}".strip())


def _check(one: Entered, book: _Book) -> None:
    """Every cell by itself, so that one look shows all that is wrong with the line."""
    cells = one.line.cells
    for column, cell in cells.items():
        if cell.startswith(FORMULA):
            one.fault(column, _("This is a formula. Write the text itself."))
    form = PersonLine(MultiDict(cells))
    if not form.validate():
        for column, errors in form.errors.items():
            one.fault(str(column), str(errors[0]))
    if cells.get("organisation") and cells["organisation"].lower() not in book.organisations:
        known = _nearest(cells["organisation"], {found.short_name for found in book.organisations.values()})
        said = _("The council does not know this organisation. Enter it first, or write one of: %(known)s.", known=known)
        one.fault("organisation", said)
    if not cells.get("body"):
        for column in SEAT_COLUMNS:
            if cells.get(column):
                one.fault(column, _("Write the body too, or leave this empty."))
        return
    if cells["body"].lower() not in book.bodies:
        known = _nearest(cells["body"], {found.name for found in book.bodies.values()})
        one.fault("body", _("There is no such body. Write one of: %(known)s.", known=known))
    if _role(one.line) is None:
        one.fault("role", _("Write one of: %(known)s.", known=", ".join(str(word) for word in words.ROLES.values())))
    _office(one)
    _rank(one)
    for column in ("valid_from", "valid_to"):
        _day(one, column)


def _nearest(said: str, names: set[str]) -> str:
    """The five names that look most like what was written."""
    return ", ".join(get_close_matches(said, sorted(names), n=5, cutoff=0.0))


def _person(one: Entered, book: _Book) -> None:
    cells = one.line.cells
    organisation = book.organisations.get(cells.get("organisation", "").lower())
    email = cells["email"].lower()
    if (before := book.first.get(email)) is not None:
        if before.cells["name"] != cells["name"]:
            one.fault("email", _("Line %(number)s has this address with another name.", number=before.number))
        one.person = KNOWN
        return
    person = queries.anybody_by_email(email)
    facts = {name: cells[name] for name in ("name", "phone", "title", "party_list") if cells.get(name)}
    if person is None:
        if organisation is None:
            one.fault("organisation", _("Write the organisation of a new person."))
            return
        person, one.person = commands.add_person(email=email, organisation=organisation, by=book.by, **facts), NEW
    else:
        one.person = _change(one, person, organisation, facts, book)
    book.people[email], book.first[email] = person, one.line


def _change(one: Entered, person: Person, organisation: Organisation | None, facts: dict[str, str], book: _Book) -> str:
    """Bring a known person in step with the line. Returns whether anything changed."""
    if not book.may_edit(person) and book.council.id not in queries.council_ids_of_person(person):
        one.fault("email", _("This person belongs to another council. Ask its secretary to enter the person here too."))
        return KNOWN
    is_same = all(getattr(person, name) == value for name, value in facts.items()) and organisation in (None, person.organisation)
    if is_same and person.is_active:
        return KNOWN
    if not book.may_edit(person):
        one.fault(
            "email", _("This person has a seat in another council too, so you cannot change what stands here. Write it as it stands.")
        )
        return KNOWN
    kept = {name: getattr(person, name) for name in ("name", "phone", "title", "party_list", "language")} | facts
    commands.edit_person(person, email=person.email, organisation=organisation or person.organisation, by=book.by, **kept)
    return CHANGED


def _seat(one: Entered, book: _Book) -> None:
    cells = one.line.cells
    role = _role(one.line)
    if not cells.get("body") or role is None:
        return
    body, starts, ends = book.bodies[cells["body"].lower()], _day(one, "valid_from") or book.today, _day(one, "valid_to")
    person = book.people[cells["email"].lower()]
    organisation = book.organisations.get(cells.get("organisation", "").lower()) or person.organisation
    there = [seat for seat in queries.seats_between(body, starts, ends) if seat.person_id == person.id and seat.role is role]
    if any(not cells.get("valid_from") or (seat.valid_from == starts and seat.valid_to == ends) for seat in there):
        one.seat = KNOWN
        return
    members = _members(one, body, organisation, starts, ends) if role is SeatRole.DEPUTY else []
    ground = cells.get("ground", "")
    commands.add_seat(
        body,
        person,
        role=role,
        office=_office(one),
        organisation=organisation,
        rank=_rank(one),
        deputy_for=members,
        rights=None if role in (SeatRole.MEMBER, SeatRole.DEPUTY, SeatRole.GUEST) or ground else "a",
        ground=ground,
        party_list=cells.get("party_list", ""),
        valid_from=starts,
        valid_to=ends,
        by=book.by,
    )
    one.seat = NEW


def _members(one: Entered, body: Body, organisation: Organisation | None, starts: date, ends: date | None) -> list[Seat]:
    """Whose deputy: those who are named by address or name; where nobody is, all members of the same organisation."""
    members = [seat for seat in queries.seats_between(body, starts, ends) if seat.role is SeatRole.MEMBER]
    named = [name.strip().lower() for name in re.split(r"[;,\n]", one.line.cells.get("deputy_for", "")) if name.strip()]
    if not named:
        return [seat for seat in members if organisation is not None and seat.organisation_id == organisation.id]
    for name in named:
        if not any(name in (seat.person.email, seat.person.name.lower()) for seat in members):
            one.fault("deputy_for", _("%(name)s is no member of %(body)s at that time.", name=name, body=body.name))
    return [seat for seat in members if seat.person.email in named or seat.person.name.lower() in named]


def _role(line: Line) -> SeatRole | None:
    """The role of a line, in the words of the screen; member where a body stands alone; None for a word we do not know."""
    said = line.cells.get("role", "").lower()
    known = in_all_languages(words.ROLES) | BESIDES
    return known.get(said) if said else SeatRole.MEMBER


def _office(one: Entered) -> Office | None:
    said = one.line.cells.get("office", "").lower()
    known = in_all_languages(words.OFFICES)
    if said and said not in known:
        one.fault("office", _("Write one of: %(known)s.", known=", ".join(str(word) for word in words.OFFICES.values())))
    return known.get(said)


def _day(one: Entered, column: str) -> date | None:
    said = one.line.cells.get(column, "")
    if not said:
        return None
    try:
        day = dates.parse_date(said)
    except ValueError:
        one.fault(column, _("Write the date like this: 04.05.2026"))
        return None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        one.fault(column, _("Write a year from 1900 to 2199."))
    return day


def _rank(one: Entered) -> int | None:
    said: Any = one.line.cells.get("rank", "").rstrip(".")
    if not said:
        return None
    if not (said.isascii() and said.isdecimal() and 1 <= int(said) <= 99):
        one.fault("rank", _("Write a number from 1 to 99."))
        return None
    return int(said)

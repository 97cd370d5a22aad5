"""The Actor: whoever is signed in or comes by a personal link, with the offices that policies ask for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from flask_login import AnonymousUserMixin

from meetingapp.accounts.models import PersonalLink
from meetingapp.core import clock
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Body, Council, Office, Organisation, Person, Seat, SeatRole

STAFF = (SeatRole.SECRETARY, SeatRole.CASE_OFFICER)
INSIDE = (SeatRole.MEMBER, SeatRole.DEPUTY, SeatRole.SECRETARY, SeatRole.CASE_OFFICER, SeatRole.ATTENDEE)


class Actor:
    """A person signed in. Offices are what the seats say today, never a flag on an account."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, person: Person, seats: Sequence[Seat] | None = None) -> None:
        """:param seats: those held today, where they are read already"""
        self.person = person
        if seats is not None:
            self.seats = seats

    @property
    def person_id(self) -> int:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    def get_id(self) -> str:
        return str(self.person.id)

    @cached_property
    def seats(self) -> Sequence[Seat]:
        """Seats held today. At most one query, once a request."""
        return council_queries.seats_of_person(self.person.id, clock.today())

    @cached_property
    def councils(self) -> list[Council]:
        """The councils this person has a seat in, in the order of the seats."""
        return list({seat.body.council_id: seat.body.council for seat in self.seats}.values())

    @property
    def council(self) -> Council | None:
        """The council whose office is shown."""
        return self.councils[0] if self.councils else None

    @property
    def organisation(self) -> Organisation | None:
        return self.person.organisation

    def _council_ids(self, *roles: SeatRole) -> set[int]:
        return {seat.body.council_id for seat in self.seats if seat.role in roles}

    def is_secretary_of(self, council: Council | int) -> bool:
        """Holds the secretariat of `council` (or council id) today."""
        return _id(council) in self._council_ids(SeatRole.SECRETARY)

    def is_staff_of(self, council: Council | int) -> bool:
        """Secretary or case officer of `council`: prepares cases."""
        return _id(council) in self._council_ids(*STAFF)

    def is_inside(self, council: Council | int) -> bool:
        """Has a seat that gives access to the council's open work: member, deputy, staff, administrative attendee."""
        return _id(council) in self._council_ids(*INSIDE)

    def secretary_council_ids(self) -> set[int]:
        return self._council_ids(SeatRole.SECRETARY)

    def staff_council_ids(self) -> set[int]:
        return self._council_ids(*STAFF)

    def inside_council_ids(self) -> set[int]:
        return self._council_ids(*INSIDE)

    def body_ids(self, *roles: SeatRole) -> set[int]:
        """Bodies in which this person has a seat today, of any of `roles` (none: any role)."""
        return {seat.body_id for seat in self.seats if not roles or seat.role in roles}

    def chairs(self, body: Body) -> bool:
        return any(seat.body_id == body.id and seat.office is Office.CHAIR for seat in self.seats)

    def sits_in(self, body: Body) -> bool:
        return any(seat.body_id == body.id for seat in self.seats)


class LinkActor:
    """Whoever holds a personal link: can do what the link is for, and nothing else."""

    is_authenticated = True

    def __init__(self, link: PersonalLink) -> None:
        self.link = link
        self.person = link.person

    @property
    def person_id(self) -> int:
        return self.person.id

    @property
    def name(self) -> str:
        return self.person.name

    @property
    def organisation(self) -> Organisation | None:
        return self.link.organisation or self.person.organisation

    def is_secretary_of(self, council: Council | int) -> bool:
        return False

    def is_staff_of(self, council: Council | int) -> bool:
        return False

    def is_inside(self, council: Council | int) -> bool:
        return False

    def chairs(self, body: Body) -> bool:
        return False

    def sits_in(self, body: Body) -> bool:
        return False


class Stranger(AnonymousUserMixin):
    """Nobody we know."""

    person_id = None
    name = ""
    person = None
    organisation = None
    council = None
    councils: Sequence[Council] = ()
    seats: Sequence[Seat] = ()

    def is_secretary_of(self, council: Council | int) -> bool:
        return False

    is_staff_of = is_inside = is_secretary_of

    def secretary_council_ids(self) -> set[int]:
        return set()

    staff_council_ids = inside_council_ids = secretary_council_ids

    def body_ids(self, *roles: SeatRole) -> set[int]:
        return set()

    def chairs(self, body: Body) -> bool:
        return False

    sits_in = chairs


class System:
    """The house itself: the worker, the command line."""

    person_id = None
    name = ""
    is_authenticated = True


def _id(council: Council | int) -> int:
    return council if isinstance(council, int) else council.id

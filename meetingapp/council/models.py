"""Councils, organisations, people, bodies and seats. Everything that changes with time has dates."""

from __future__ import annotations

import enum
from datetime import date
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from meetingapp.core.database import Model


class OrganisationKind(enum.Enum):
    MUNICIPALITY = "municipality"
    COUNTY = "county"
    SOCIAL_PARTNER = "social_partner"  # LO, NHO
    STATE_ADMINISTRATOR = "state_administrator"
    PARLIAMENTARY_DELEGATION = "parliamentary_delegation"
    MINISTRY = "ministry"
    PROJECT_OWNER = "project_owner"
    FOREIGN_PARTNER = "foreign_partner"
    PRESS = "press"
    OTHER = "other"


class BodyKind(enum.Enum):
    REPRESENTANTSKAP = "representantskap"
    WORKING_COMMITTEE = "working_committee"
    DIRECTORS_GROUP = "directors_group"
    NETWORK = "network"
    OTHER = "other"


class SeatRole(enum.Enum):
    MEMBER = "member"
    DEPUTY = "deputy"
    SECRETARY = "secretary"
    CASE_OFFICER = "case_officer"
    ATTENDEE = "attendee"  # administrative
    OBSERVER = "observer"
    GUEST = "guest"  # invited to inform; no rights of their own (kommuneloven § 8-1)


class Office(enum.Enum):
    CHAIR = "chair"
    DEPUTY_CHAIR = "deputy_chair"


class Matter(enum.Enum):
    """The kind of matter decides who may vote: a county may have a vote in partnership matters only."""

    GENERAL = "general"
    PARTNERSHIP = "partnership"


class Council(Model):
    """The cooperation itself: an interkommunalt politisk råd (kommuneloven chapter 18)."""

    __table_args__ = (UniqueConstraint("slug"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(200))
    short_name: Mapped[str] = mapped_column(String(80))  # in headers and subjects
    legal_form: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(String(320))
    public_host: Mapped[str] = mapped_column(String(255), default="")  # of its portal; empty: every host that no other council has
    default_language: Mapped[str] = mapped_column(String(5), default="nb")
    publication_criterion: Mapped[str] = mapped_column(default="")
    seat_municipality_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id", use_alter=True))

    seat_municipality: Mapped[Organisation | None] = relationship(foreign_keys=[seat_municipality_id])
    bodies: Mapped[list[Body]] = relationship(back_populates="council", order_by="Body.id")


class Organisation(Model):
    """A municipality, county, LO, NHO, the State Administrator, a delegation … One row, whichever councils know it."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    short_name: Mapped[str] = mapped_column(String(80))  # in tables: "Hamar"
    kind: Mapped[OrganisationKind]
    language: Mapped[str] = mapped_column(String(5), default="nb")
    email: Mapped[str] = mapped_column(String(320), default="")
    note: Mapped[str] = mapped_column(default="")


class Affiliation(Model):
    """That an organisation takes part in a council, or is known to it as a partner, for a time."""

    __table_args__ = (
        UniqueConstraint("council_id", "organisation_id", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"), index=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id"))
    is_participant: Mapped[bool]  # elects seats; else a partner
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    organisation: Mapped[Organisation] = relationship()


class Person(Model):
    """A human being with one known address."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    sort_name: Mapped[str] = mapped_column(String(200), index=True)  # Norwegian order, made by core.text.sorting
    email: Mapped[str] = mapped_column(String(320), unique=True)  # lower case
    phone: Mapped[str] = mapped_column(String(40), default="")
    title: Mapped[str] = mapped_column(String(200), default="")
    party_list: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(5), default="")  # their own choice; empty: none made
    scheme: Mapped[str] = mapped_column(String(5), default="")  # "light" or "dark" pages; empty: as their device has it
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))
    is_active: Mapped[bool] = mapped_column(default=True)

    organisation: Mapped[Organisation | None] = relationship()

    @property
    def speaks(self) -> str:
        """The language of this person's pages and letters: their own choice, else their organisation's."""
        return self.language or (self.organisation.language if self.organisation is not None else "nb")


class Body(Model):
    """An organ of a council: representantskap, working committee, directors' group, network."""

    __table_args__ = (
        UniqueConstraint("council_id", "slug"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_began"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    name: Mapped[str] = mapped_column(String(200))
    slug: Mapped[str] = mapped_column(String(60))  # in public addresses
    series: Mapped[str] = mapped_column(String(40))  # prefix of case numbers: "RR"
    number_pattern: Mapped[str] = mapped_column(String(60), default="{series} {n:02}/{yy}")
    kind: Mapped[BodyKind]
    voting_seats: Mapped[int] = mapped_column(default=0)  # the quorum counts from these, not from those called
    advisory: Mapped[bool] = mapped_column(default=False)
    organizer_address: Mapped[str] = mapped_column(
        String(320)
    )  # From of its letters and ORGANIZER of its calendar objects; never changed for a living UID
    language: Mapped[str] = mapped_column(String(5), default="nb")
    created_by: Mapped[str] = mapped_column(String(200), default="")  # the decision that made it
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

    council: Mapped[Council] = relationship(back_populates="bodies")
    parent: Mapped[Body | None] = relationship(remote_side=[id])
    seats: Mapped[list[Seat]] = relationship(back_populates="body", order_by="Seat.id")


class Seat(Model):
    """A person's place in a body for a time: role, office, rank of a deputy, rights."""

    __table_args__ = (
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="ends_after_it_began"),
        CheckConstraint("role <> 'deputy' OR rank IS NOT NULL", name="a_deputy_has_a_rank"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    body_id: Mapped[int] = mapped_column(ForeignKey("body.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    organisation_id: Mapped[int | None] = mapped_column(ForeignKey("organisation.id"))  # who elected or sent
    role: Mapped[SeatRole]
    office: Mapped[Office | None]
    rank: Mapped[int | None]
    is_personal: Mapped[bool] = mapped_column(default=False)  # a deputy for one member only
    rights: Mapped[str] = mapped_column(String(4), default="")  # letters of a(ttend) s(peak) p(ropose) v(ote)
    rights_by_matter: Mapped[dict[str, Any]] = mapped_column(default=dict)  # where a kind of matter differs: {"general": "as"}
    ground: Mapped[str] = mapped_column(default="")  # why one who is not a member may speak or propose
    party_list: Mapped[str] = mapped_column(String(40), default="")
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    ended_because: Mapped[str] = mapped_column(default="")

    body: Mapped[Body] = relationship(back_populates="seats")
    person: Mapped[Person] = relationship()
    organisation: Mapped[Organisation | None] = relationship()
    deputy_for: Mapped[list[DeputyFor]] = relationship(foreign_keys="DeputyFor.deputy_seat_id", back_populates="deputy_seat")

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def may(self, right: str, matter: Matter = Matter.GENERAL) -> bool:
        """:param right: one letter: a(ttend), s(peak), p(ropose), v(ote)"""
        return right in self.rights_by_matter.get(matter.value, self.rights)


class DeputyFor(Model):
    """Which member seats a deputy stands in for."""

    deputy_seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)
    member_seat_id: Mapped[int] = mapped_column(ForeignKey("seat.id"), primary_key=True)

    deputy_seat: Mapped[Seat] = relationship(foreign_keys=[deputy_seat_id], back_populates="deputy_for")
    member_seat: Mapped[Seat] = relationship(foreign_keys=[member_seat_id])


class Setting(Model):
    """One rule as data: a value for a council or one of its bodies, valid for a time, with its source."""

    __table_args__ = (UniqueConstraint("council_id", "body_id", "key", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    council_id: Mapped[int] = mapped_column(ForeignKey("council.id"))
    body_id: Mapped[int | None] = mapped_column(ForeignKey("body.id"))
    key: Mapped[str] = mapped_column(String(60))
    value: Mapped[str] = mapped_column(String(200))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    source: Mapped[str] = mapped_column(default="")


class BasisUse(enum.Enum):
    EXEMPT = "exempt"  # keep a paper from the public
    CLOSE = "close"  # close the doors
    RECUSE = "recuse"  # leave one item


class LegalBasis(Model):
    """A provision that allows something, with the time it is in force."""

    id: Mapped[int] = mapped_column(primary_key=True)
    use: Mapped[BasisUse]
    label: Mapped[str] = mapped_column(String(200))  # as it is written: "offentleglova § 23 første ledd"
    about: Mapped[str] = mapped_column(default="")  # in plain words
    is_duty: Mapped[bool] = mapped_column(default=False)  # must close, or may
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]

"""Believable things for tests, with fixed defaults: a test names only what matters to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any, TypeVar

from meetingapp.agendas.models import AgendaItem, ItemKind
from meetingapp.cases.models import Case, CaseKind, CasePaper, CaseState, Part, Scope
from meetingapp.core import clock
from meetingapp.core.database import Model, db
from meetingapp.council.models import (
    Affiliation,
    BasisUse,
    Body,
    BodyKind,
    Council,
    DeputyFor,
    LegalBasis,
    Office,
    Organisation,
    OrganisationKind,
    Person,
    Seat,
    SeatRole,
)
from meetingapp.followups.models import Action, ActionOwner
from meetingapp.meetings.models import Meeting, MeetingBody, MeetingForm, MeetingState
from meetingapp.minutes.models import Deliberation, Outcome
from meetingapp.strategy.models import (
    Agreement,
    AgreementParty,
    AgreementState,
    Commitment,
    CommitmentKind,
    CommitmentParty,
    Side,
)

SINCE = date(2024, 1, 1)
_n = count(1)
Row = TypeVar("Row", bound=Model)


_together: list[bool] = []


def saved(row: Row) -> Row:
    """`row`, stored."""
    db.session.add(row)
    if not _together:
        db.session.commit()
    return row


@contextmanager
def together() -> Iterator[None]:
    """Store all that is made inside with one commit: a council is thirty rows. Ids come with a flush of one's own, or at the end."""
    _together.append(True)
    try:
        yield
    finally:
        _together.pop()
    db.session.commit()


def an_organisation(name: str = "", kind: OrganisationKind = OrganisationKind.MUNICIPALITY, **given: Any) -> Organisation:
    name = name or f"Prøve{next(_n)} kommune"
    return saved(Organisation(**{"name": name, "short_name": name.removesuffix(" kommune"), "kind": kind} | given))


def a_person(name: str = "", organisation: Organisation | None = None, **given: Any) -> Person:
    number = next(_n)
    name = name or f"Prøve{number} Hansen"
    address = f"person{number}@prove.example"
    return saved(Person(**{"name": name, "sort_name": name.lower(), "email": address, "organisation": organisation} | given))


def a_seat(body: Body, person: Person, role: SeatRole = SeatRole.MEMBER, **given: Any) -> Seat:
    rights = "aspv" if role in (SeatRole.MEMBER, SeatRole.DEPUTY) else "as" if role is not SeatRole.GUEST else ""
    rank = 1 if role is SeatRole.DEPUTY else None
    organisation_id = person.organisation.id if person.organisation is not None else None
    defaults = {"organisation_id": organisation_id, "rights": rights, "rank": rank, "valid_from": SINCE}
    return saved(Seat(**{"body": body, "person": person, "role": role} | defaults | given))


@dataclass
class TestCouncil:
    """A council with one body: two mayors, two of the opposition, a county politician, a deputy for each, a secretary, a partner."""

    __test__ = False

    council: Council
    body: Body
    secretary: Person
    chair: Person
    members: list[Person] = field(default_factory=list)  # the chair first
    seats: list[Seat] = field(default_factory=list)  # of the members, in the same order
    deputies: list[Person] = field(default_factory=list)  # of the members, in the same order
    partner: Organisation | None = None  # LO
    partner_contact: Person | None = None


def a_council(name: str = "Prøveregionen IPR") -> TestCouncil:
    """A council of two municipalities and the county. Five voting seats."""
    with together():
        return _a_council(name, next(_n))


def _a_council(name: str, number: int) -> TestCouncil:
    west, east = an_organisation(f"Vestli{number} kommune"), an_organisation(f"Østli{number} kommune")
    county = an_organisation(f"Prøve{number} fylkeskommune", OrganisationKind.COUNTY)
    lo = an_organisation(f"LO Prøve{number}", OrganisationKind.SOCIAL_PARTNER)
    council = saved(
        Council(slug=f"prove{number}", name=name, short_name=name.removesuffix(" IPR"), email="post@prove.example", seat_municipality=west)
    )
    db.session.flush()  # what follows names the ids of council and organisations
    for organisation in (west, east, county, lo):
        db.session.add(
            Affiliation(council_id=council.id, organisation=organisation, is_participant=organisation is not lo, valid_from=SINCE)
        )
    body = saved(
        Body(
            council=council,
            name="Regionrådet",
            slug="regionradet",
            series="RR",
            kind=BodyKind.REPRESENTANTSKAP,
            voting_seats=5,
            organizer_address="mote@prove.example",
            valid_from=SINCE,
        )
    )
    secretary = a_person("Sara Sekretær", west, title="regionkoordinator")
    names = [("Mona Møteleder", west), ("Truls Tvil", west), ("Eva Østli", east), ("Odd Motstrøm", east), ("Frida Fylke", county)]
    members = [a_person(name, organisation) for name, organisation in names]
    a_seat(body, secretary, SeatRole.SECRETARY)
    seats = [a_seat(body, member, office=Office.CHAIR if member is members[0] else None) for member in members]
    deputies = [a_person(f"Vara{next(_n)} Reserve", member.organisation) for member in members]
    for seat, deputy in zip(seats, deputies, strict=True):
        stand_in = a_seat(body, deputy, SeatRole.DEPUTY)
        db.session.add(DeputyFor(deputy_seat=stand_in, member_seat=seat))
    contact = a_person("Lise Organisert", lo)
    return TestCouncil(council, body, secretary, members[0], members, seats, deputies, lo, contact)


def a_legal_basis(use: BasisUse = BasisUse.EXEMPT, label: str = "offentleglova § 23 første ledd", **given: Any) -> LegalBasis:
    return saved(LegalBasis(**{"use": use, "label": label, "valid_from": SINCE} | given))


def a_case(council: Council, title: str = "Budsjett 2027", *, state: CaseState = CaseState.READY, paper: bool = True, **given: Any) -> Case:
    defaults = {"kind": CaseKind.DECISION, "scope": Scope.REGIONAL, "public_title": title, "created_at": clock.now()}
    case = saved(Case(**{"council": council, "title": title, "state": state} | defaults | given))
    if paper:
        saved(
            CasePaper(
                case=case,
                part=Part.OPEN,
                version=1,
                text="Bakgrunn for saken.",
                html="<p>Bakgrunn for saken.</p>",
                recommendation="Forslaget vedtas.",
                recommendation_html="<p>Forslaget vedtas.</p>",
                saved_at=clock.now(),
            )
        )
    return case


def a_meeting(council: TestCouncil, *, days: int = 30, state: MeetingState = MeetingState.PLANNED, **given: Any) -> Meeting:
    """A meeting of the council's body, from 09.00 to 13.00 in Oslo, so many days from now."""
    day = clock.today() + timedelta(days=days)
    starts = datetime(day.year, day.month, day.day, 9, tzinfo=clock.OSLO).astimezone(UTC)
    defaults = {
        "slug": f"regionradet-{day.isoformat()}",
        "starts_at": starts,
        "ends_at": starts + timedelta(hours=4),
        "place": "Rådhuset",
        "form": MeetingForm.PHYSICAL,
        "calendar_uid": f"uid-{next(_n)}@prove.example",
        "chair": council.chair,
        "created_at": clock.now(),
    }
    meeting = saved(Meeting(**{"council": council.council, "state": state} | defaults | given))
    saved(MeetingBody(meeting=meeting, body=council.body, position=0))
    return meeting


def an_agreement(council: TestCouncil, title: str = "Partnerskapsavtalen 2024–2027", **given: Any) -> Agreement:
    """Between the two municipalities and the county, adopted by all and in force."""
    parties = list(dict.fromkeys(member.organisation for member in council.members))
    rows = [AgreementParty(organisation=party, adopted_on=date(2023, 12, 13)) for party in parties]
    defaults = {"slug": f"avtale-{next(_n)}", "version": 1, "valid_from": SINCE, "state": AgreementState.IN_FORCE, "parties": rows}
    return saved(Agreement(**{"council": council.council, "title": title} | defaults | given))


def a_commitment(
    agreement: Agreement, clause: str = "5.1", *, owed_by: list[Organisation], owed_to: list[Organisation], **given: Any
) -> Commitment:
    """What some parties owe others."""
    sides = [CommitmentParty(organisation=one, side=Side.OWES) for one in owed_by]
    sides += [CommitmentParty(organisation=one, side=Side.IS_OWED) for one in owed_to]
    defaults = {"text": "Si fra før planer sendes på høring", "kind": CommitmentKind.INVOLVE_EARLY, "parties": sides}
    return saved(Commitment(**{"agreement": agreement, "clause": clause} | defaults | given))


def a_decision(meeting: Meeting, case: Case, text: str = "Forslaget vedtas.", **given: Any) -> Deliberation:
    """That a meeting decided a case."""
    item = saved(AgendaItem(meeting=meeting, kind=ItemKind.CASE, case=case, position=1, minutes=15, added_at=clock.now()))
    defaults = {"decision": text, "decision_html": f"<p>{text}</p>", "outcome": Outcome.ADOPTED, "saved_at": clock.now()}
    return saved(Deliberation(**{"item": item} | defaults | given))


def an_action(council: TestCouncil, owner: Person | Organisation, title: str = "Melde inn to tomter", **given: Any) -> Action:
    """One promise by one owner, due in a week."""
    part = ActionOwner(person=owner) if isinstance(owner, Person) else ActionOwner(organisation=owner)
    defaults = {"due": clock.today() + timedelta(days=7), "created_at": clock.now(), "owners": [part]}
    return saved(Action(**{"council": council.council, "title": title} | defaults | given))

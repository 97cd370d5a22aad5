"""More work for the demo house: a second secretary, nine ready cases, and meetings that wait for their agendas.

Run as a process beside the house, on its databases: `python -m tests.browser.standard_case`. Prints the second secretary's way in.
"""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import func, select

from config import Settings
from meetingapp.accounts import links
from meetingapp.accounts.actor import Actor
from meetingapp.accounts.models import LinkPurpose
from meetingapp.agendas import commands as agenda_commands
from meetingapp.app import create_office
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case, CaseKind, CaseState, Part, Scope
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.i18n.dates import at_oslo, parse_time
from meetingapp.council import commands as council_commands
from meetingapp.council.models import Body, Council, Person, SeatRole
from meetingapp.meetings.models import MeetingForm

READY = 9
DAYS = (date(2027, 2, 26), date(2027, 3, 19), date(2027, 4, 23))
TITLES = ["Felles klimaplan", "Møteplan for høsten", "Valg av arbeidsutvalg", "Uttalelse om jernbanen", "Regionalt bibliotek"]


def main() -> None:
    app = create_office(Settings.from_environment())
    with app.app_context(), write():
        council = db.session.scalars(select(Council)).one()
        secretary = db.session.scalars(select(Person).where(Person.email.startswith("ellen.attrappli"))).one()
        body = db.session.scalars(select(Body).where(Body.series == "RR")).one()
        ready = db.session.scalar(select(func.count()).select_from(Case).where(Case.state == CaseState.READY)) or 0
        postponed = db.session.scalar(select(func.count()).select_from(Case).where(Case.state == CaseState.POSTPONED)) or 0
        for title in TITLES[: READY - ready - postponed]:
            _ready(council, title, secretary)
        for day in DAYS:
            agenda_commands.plan(
                council,
                bodies=[body],
                starts_at=at_oslo(day, parse_time("09.00")),
                ends_at=at_oslo(day, parse_time("15.00")),
                place="Hamar rådhus",
                form=MeetingForm.PHYSICAL,
                by=Actor(secretary),
            )
        print(_stand_in(council, body))  # noqa: T201 - what the test asks for


def _ready(council: Council, title: str, secretary: Person) -> None:
    by = Actor(secretary)
    case = case_commands.create_case(
        council, kind=CaseKind.DECISION, scope=Scope.REGIONAL, title=title, public_title=title, officer=secretary, minutes_needed=15, by=by
    )
    db.session.flush()
    case_commands.save_paper(case, part=Part.OPEN, text="Kort om saken.", recommendation="Forslaget vedtas.", seen_version=0, by=by)
    db.session.flush()
    case_commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=by)


def _stand_in(council: Council, body: Body) -> str:
    """A second secretary; returns her way in."""
    home = council.seat_municipality
    person = council_commands.add_person(name="Stine Stedfortreder", email="stine@hamarregionen.example", organisation=home, by=None)
    db.session.flush()
    facts = {"role": SeatRole.SECRETARY, "organisation": home, "rights": "as", "ground": "sekretær", "valid_from": date(2026, 1, 1)}
    council_commands.add_seat(body, person, by=None, **facts)
    link = links.make_link(LinkPurpose.SIGN_IN, person, expires_at=clock.true_now() + timedelta(hours=1))
    return links.address_of(link)


if __name__ == "__main__":
    main()

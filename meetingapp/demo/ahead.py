"""What lies ahead: a planned meeting, ready cases in the queue, and proposals that wait for an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import standing
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import CaseKind, Part, Scope
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.demo.source import Source, moment
from meetingapp.meetings.models import MeetingForm

PREPARED = datetime(2026, 11, 22, 18, tzinfo=UTC)


def load(source: Source) -> None:
    """Load the planned meeting, its queue, and the proposals."""
    for given in source.planned["proposals"]:
        _propose(source, given["received"], given)
    with clock.frozen(PREPARED), write():
        secretary = Actor(source.person("p13"))
        agenda_commands.set_up(
            source.body("RR"),
            begins=standing.DEFAULT,
            criteria=["partners_first", "decisions_first", "exempt_last"],
            valid_from=date(2026, 1, 31),
            source="RR 01/26",
            by=secretary,
        )
        given = source.planned["meeting"]
        agenda_commands.plan(
            source.council(),
            bodies=[source.body(given["body"])],
            starts_at=moment(given["date"], given["start"]),
            ends_at=moment(given["date"], given["end"]),
            place=given["place"],
            form=MeetingForm.PHYSICAL,
            chair=source.person(given["chair"]),
            by=secretary,
        )
        for case in source.planned["cases"]:
            _ready(source, case, secretary)


def _propose(source: Source, received: date, given: dict[str, str]) -> None:
    with clock.frozen(moment(received, "10:00")), write():
        person = source.person(given["by"])
        case_commands.propose(
            source.council(),
            title=given["title"],
            text=given["text"],
            person=person,
            organisation=source.organisation(given["for"]),
            by=Actor(person),
        )


def _ready(source: Source, given: dict[str, object], secretary: Actor) -> None:
    case = case_commands.create_case(
        source.council(),
        kind=CaseKind(given["kind"]),
        scope=Scope(given["scope"]),
        title=str(given["title"]),
        public_title=str(given["title"]),
        main_area=source.area(str(given["main_area"])),
        officer=source.person(str(given["officer"])),
        minutes_needed=given["minutes"],
        by=secretary,
    )
    db.session.flush()
    case_commands.save_paper(
        case, part=Part.OPEN, text=str(given["text"]), recommendation=str(given["recommendation"]), seen_version=0, by=secretary
    )
    db.session.flush()
    case_commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=secretary)

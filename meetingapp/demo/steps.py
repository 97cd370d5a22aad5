"""Steps that several of the demo's meetings share."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import current_app

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas.models import ItemKind
from meetingapp.cases import commands as case_commands
from meetingapp.cases.models import Case, CaseKind, Exemption, Part, Scope
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.outbox import worker
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse
from meetingapp.demo.source import Source, moment, paper_text
from meetingapp.invitations import commands as invitation_commands
from meetingapp.invitations import pack
from meetingapp.meetings import commands as meeting_commands
from meetingapp.meetings.models import Meeting, MeetingForm
from meetingapp.publishing import commands as publishing_commands

KINDS = {"V": CaseKind.DECISION, "O": CaseKind.INFORMATION, "D": CaseKind.DISCUSSION, "H": CaseKind.STATEMENT, "S": CaseKind.APPLICATION}
ITEM_KINDS = {"formal": ItemKind.FORMAL, "programme": ItemKind.PROGRAMME, "break": ItemKind.BREAK}
CLOSED_WORDS = ["Blåkløverveien", "Blåkløverveien 99", "Løten fiktive næringshage", "gründerarena"]
A_DAY = date(2026, 1, 1)  # any day without a change of clocks, to measure lengths on


def at(day: date, clock_time: str) -> datetime:
    """A local clock time on `day`, as UTC."""
    return moment(day, clock_time)


def work_off() -> None:
    """Let the worker do what is due, in the past that is being loaded."""
    db.session.remove()
    worker.work_all(current_app.extensions["outbox_handlers"])
    db.session.remove()


def make_case(source: Source, number: str, *, secretary: Actor, paper: str | None = None) -> Case:
    """One case of the demo with its paper, ready for an agenda."""
    facts = source.case_facts(number)
    public_title = facts.get("public_title", facts["title"])
    case = case_commands.create_case(
        source.council(),
        kind=KINDS[facts["type"]],
        scope=Scope(facts["scope"]),
        title=facts["title"],
        public_title=public_title,
        main_area=source.area(facts["main_area"]) if facts["main_area"] else None,
        side_areas=[source.area(code) for code in facts.get("side_areas", []) if code != facts["main_area"]],
        sdg=facts["sdg"],
        officer=source.person(facts["officer"]),
        archive_ref=facts["archive_ref"],
        language=facts["language"],
        by=secretary,
    )
    db.session.flush()
    source.keep(number, case)
    if "exempt" in facts:
        _exempt(case, facts, secretary)
    recommendation = facts["recommendation"] or "Saken legges fram uten innstilling."
    case_commands.save_paper(
        case,
        part=Part.OPEN,
        text=paper_text(paper or facts["paper"]),
        recommendation=recommendation,
        seen_version=0,
        by=secretary,
    )
    if "closed_paper" in facts:
        case_commands.save_paper(case, part=Part.CLOSED, text=paper_text(facts["closed_paper"]), seen_version=0, by=secretary)
    db.session.flush()
    db.session.expire(case)
    case_commands.mark_ready(case, paper_on_web=True, attachments_on_web={}, by=secretary)
    return case


def _exempt(case: Case, facts: dict[str, Any], secretary: Actor) -> None:
    ground = facts["exempt"]["ground"]
    label = f"{ground['law']} {ground['section']} {ground['paragraph']}"
    bases = {basis.label: basis for basis in council_queries.legal_bases(BasisUse.EXEMPT, clock.today())}
    case_commands.set_exemption(
        case,
        exemption=Exemption.PARTLY,
        legal_basis=bases[label],
        public_title=facts["public_title"],
        until=facts["exempt"]["until"],
        wider_access=facts["exempt"]["wider_access_considered"]["result"],
        closed_words=CLOSED_WORDS,
        by=secretary,
    )


def plan_as_it_was(source: Source, given: dict[str, Any], *, secretary: Actor) -> Meeting:
    """A meeting with the items of the file in their order; the follow-up item is the marker that fills itself."""
    meeting = meeting_commands.plan_meeting(
        source.council(),
        bodies=[source.body(given["body"])],
        starts_at=at(given["date"], given["start"]),
        ends_at=at(given["date"], given["end"]),
        place=given["place"],
        form=MeetingForm(given["form"]),
        chair=source.person(given["chair"]),
        by=secretary,
    )
    db.session.flush()
    for item in given["agenda"]:
        length = int((at(A_DAY, item["end"]) - at(A_DAY, item["start"])).total_seconds() // 60)
        if item["kind"] == "case":
            new = agenda_commands.add_cases(meeting, [source.case(item["case"])], by=secretary)[0]
        else:
            kind = ItemKind.FOLLOW_UP if item["title"] == "Oppfølging siden sist" else ITEM_KINDS[item["kind"]]
            speakers = ", ".join(source.person(person).name for person in item.get("speakers", []))
            new = agenda_commands.add_item(meeting, kind=kind, title=item["title"], minutes=0, speakers=speakers, by=secretary)
        new.minutes, new.position = length, item["pos"] - 1
    db.session.flush()
    return meeting


def send_call(source: Source, meeting_id: int, *, reply_by: date, secretary: Actor) -> None:
    """Call the meeting with its papers as one PDF; the time of undo is over at once."""
    made = pack.make_pack(db.session.get_one(Meeting, meeting_id))
    undo, current_app.config["UNDO_SECONDS"] = current_app.config["UNDO_SECONDS"], 0
    try:
        with write():
            invitation_commands.call_meeting(
                db.session.get_one(Meeting, meeting_id),
                by=secretary,
                reply_by=reply_by,
                pack=made,
            )
    finally:
        current_app.config["UNDO_SECONDS"] = undo


def publish(source: Source, meeting_id: int, moment_of: datetime) -> None:
    """Publish the meeting as it was then, and let the worker make the pages."""
    with clock.frozen(moment_of):
        with write():
            publishing_commands.publish_meeting(db.session.get_one(Meeting, meeting_id), by=Actor(source.person("p13")))
        work_off()

"""The demo's cases: written, sent on from one body to the next, taken up again, with the texts that belong to them."""

from __future__ import annotations

from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.cases import commands as case_commands
from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case, CaseKind, Exemption, Part, Scope
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse
from meetingapp.demo.source import Source, paper_text, secretary_of
from meetingapp.minutes import commands as minutes_commands
from meetingapp.minutes import queries as minutes_queries

KINDS = {"V": CaseKind.DECISION, "O": CaseKind.INFORMATION, "D": CaseKind.DISCUSSION, "H": CaseKind.STATEMENT, "S": CaseKind.APPLICATION}
CLOSED_WORDS = ["Blåkløverveien", "Blåkløverveien 99", "Løten fiktive næringshage", "gründerarena"]
WITHOUT_PAPER = "Saken er formell og har ikke eget saksfremlegg."
WITHOUT_RECOMMENDATION = "Saken legges fram uten innstilling."


def write_case(source: Source, number: str, meeting: str, *, minutes: int, secretary: Actor) -> Case:
    """The case that has or gets `number`, ready for the agenda of `meeting` (a key of the files).

    It is new, or it comes again after it was postponed, or it goes on from the body that had it under another number.

    :param minutes: how long it is planned to take
    """
    facts = source.case_facts(number)
    before = next((one for one in facts.get("related", []) if source.has_case(one)), None)
    known = {"kind": KINDS[facts["type"]], "scope": Scope(facts["scope"]), "title": facts["title"], "by": secretary}
    if source.has_case(number):
        case = source.case(number)
    elif before is not None:
        case = source.case(before)
        case_commands.edit_facts(case, seen_version=case.version, **known, **_facts(source, facts, minutes))
    else:
        case = case_commands.create_case(source.council(), **known, **_facts(source, facts, minutes))
    db.session.flush()
    source.keep(number, case)
    if "exempt" in facts:
        _exempt(case, facts, secretary)
    _write_papers(case, facts, meeting, secretary)
    db.session.flush()
    db.session.expire(case)
    return case


def make_ready(case: Case, *, secretary: Actor) -> None:
    """Put the case in the queue: its paper and its open attachments go on the net."""
    db.session.expire(case)
    on_web = {one.id: True for one in case.attachments if not one.is_closed and one.removed_at is None}
    case_commands.mark_ready(case, paper_on_web=True, attachments_on_web=on_web, by=secretary)


def _facts(source: Source, facts: dict[str, Any], minutes: int) -> dict[str, Any]:
    main = source.area(facts["main_area"]) if facts["main_area"] else None
    return {
        "public_title": facts.get("public_title", facts["title"]),
        "main_area": main,
        "side_areas": [source.area(code) for code in facts.get("side_areas", []) if code != facts["main_area"]],
        "sdg": facts["sdg"],
        "officer": source.person(facts["officer"]),
        "commitment": source.commitment(facts["commitment"]) if "commitment" in facts else None,
        "archive_ref": facts["archive_ref"],
        "language": facts["language"],
        "minutes_needed": minutes,
    }


def _write_papers(case: Case, facts: dict[str, Any], meeting: str, secretary: Actor) -> None:
    versions = {one["meeting"]: one["file"] for one in facts.get("paper_versions", [])}
    file = versions.get(meeting, facts.get("paper"))
    newest = case.paper(Part.OPEN)
    case_commands.save_paper(
        case,
        part=Part.OPEN,
        text=paper_text(file) if file else WITHOUT_PAPER,
        recommendation=facts["recommendation"] or (WITHOUT_RECOMMENDATION if case.kind in case_queries.NEEDS_RECOMMENDATION else ""),
        seen_version=newest.version if newest is not None else 0,
        by=secretary,
    )
    if "closed_paper" in facts:
        case_commands.save_paper(case, part=Part.CLOSED, text=paper_text(facts["closed_paper"]), seen_version=0, by=secretary)


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


def send_on(source: Source, number: str, to: str) -> None:
    """What the body of `number` decided goes to the body `to` as its recommendation."""
    with write():
        case = source.case(number)
        done, newest = minutes_queries.decisions_of(case)[-1], case.paper(Part.OPEN)
        minutes_commands.send_on(
            case,
            done,
            to=source.body(to),
            recommendation=done.decision,
            seen_version=newest.version if newest is not None else 0,
            by=secretary_of(source),
        )

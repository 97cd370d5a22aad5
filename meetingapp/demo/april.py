"""The meeting of 24 April 2026: partly closed, with a disqualified member and a tie. Loaded as it happened, step by step."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from meetingapp.accounts.actor import Actor
from meetingapp.agendas import commands as agenda_commands
from meetingapp.agendas import queries as agenda_queries
from meetingapp.agendas.models import AgendaItem
from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.database.numbers import raise_counter
from meetingapp.core.files import store
from meetingapp.council import queries as council_queries
from meetingapp.council.models import BasisUse, LegalBasis
from meetingapp.demo.source import Source, deliberations
from meetingapp.demo.steps import at, make_case, plan_as_it_was, publish, send_call, work_off
from meetingapp.followups import commands as followup_commands
from meetingapp.followups.models import ActionState
from meetingapp.invitations import commands as invitation_commands
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply
from meetingapp.meetings.models import Meeting
from meetingapp.minutes import commands, compose
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.models import Deliberation, Outcome, Presence, ProposalKind, Subject
from meetingapp.minutes.views.record import record_pdf

DAY = date(2026, 4, 24)
PRESENCES = {
    "member": Presence.MEMBER,
    "deputy": Presence.DEPUTY,
    "secretary": Presence.SECRETARY,
    "staff": Presence.STAFF,
    "audience": Presence.AUDIENCE,
}
SUBJECTS = {
    "chair_proposal": Subject.CHAIR_PROPOSAL,
    "recommendation": Subject.RECOMMENDATION,
    "recusal": Subject.RECUSAL,
    "closing": Subject.CLOSING,
}
LAST_NUMBER_BEFORE = 8  # RR 08/26 was given in March


def load(source: Source) -> None:
    """Load the meeting from the cases' papers to the published, corrected minutes and what followed."""
    given = source.meeting("m4")
    with clock.frozen(at(date(2026, 4, 9), "09:00")), write():
        meeting_id = _prepare(source, given)
    with clock.frozen(at(date(2026, 4, 10), "10:00")):
        _call(source, given, meeting_id)
        work_off()
    with clock.frozen(at(DAY, given["actual_end"])), write():
        _hold(source, given, meeting_id)
    _approve_and_lock(source, given, meeting_id)
    with clock.frozen(at(date(2026, 4, 30), "09:00")), write():
        _actions(source)
    publish(source, meeting_id, at(date(2026, 5, 12), "12:00"))


def _prepare(source: Source, given: dict[str, Any]) -> int:
    secretary = Actor(source.person("p13"))
    body = source.body("RR")
    raise_counter(agenda_queries.series_key(body, 2026), LAST_NUMBER_BEFORE)
    for item in given["agenda"]:
        if item["kind"] == "case":
            paper = "papers/rr-14-26-v1.md" if item["case"] == "RR 14/26" else None
            make_case(source, item["case"], secretary=secretary, paper=paper)
    meeting = plan_as_it_was(source, given, secretary=secretary)
    agenda_commands.fix_agenda(meeting, by=secretary)
    source.keep("m4", meeting)
    return meeting.id


def _call(source: Source, given: dict[str, Any], meeting_id: int) -> None:
    secretary = Actor(source.person("p13"))
    send_call(source, meeting_id, reply_by=date(2026, 4, 17), secretary=secretary)
    came = {row["person"] for row in given["attendance"]}
    with write():
        meeting = db.session.get_one(Meeting, meeting_id)
        for key in sorted(came):
            invitation = invitation_queries.invitation_of(meeting, source.person(key))
            if invitation is not None:
                invitation_commands.answer(invitation, Reply.ACCEPTED, via="link", by=None)


def _basis(use: BasisUse, start: str) -> LegalBasis:
    return db.session.scalars(select(LegalBasis).where(LegalBasis.use == use, LegalBasis.label.startswith(start))).one()


def _hold(source: Source, given: dict[str, Any], meeting_id: int) -> None:
    secretary = Actor(source.person("p13"))
    meeting = db.session.get_one(Meeting, meeting_id)
    commands.open_meeting(meeting, by=secretary, at=at(DAY, given["start"]))
    items = {item.position + 1: item for item in agenda_queries.items_of(meeting)}
    _attendance(source, given, meeting, items, secretary)
    prose = deliberations("minutes/m4.md")
    for fact in given["agenda"]:
        item = items[fact["pos"]]
        done = minutes_queries.deliberation_of(item)
        if done is not None:
            _item(source, fact, done, prose.get(fact.get("case") or fact["title"], ""), secretary)
    db.session.flush()
    commands.end_meeting(meeting, by=secretary, at=at(DAY, given["actual_end"]))


def _attendance(source: Source, given: dict[str, Any], meeting: Meeting, items: dict[int, AgendaItem], secretary: Actor) -> None:
    """The stretches as they were: those filled in from the answers are replaced."""
    for row in minutes_queries.attendance_of(meeting):
        db.session.delete(row)
    db.session.flush()
    seats = {seat.person_id: seat for seat in council_queries.seats_on(meeting.body, DAY)}
    for fact in given["attendance"]:
        person = source.person(fact["person"])
        presence = PRESENCES[fact["as"]]
        seat = None
        if presence is Presence.MEMBER:
            seat = seats[person.id]
        elif presence is Presence.DEPUTY:
            seat = seats[source.person(fact["for"]).id]
        only = (
            next((i for i in items.values() if i.case is not None and i.case_id == source.case(fact["only_case"]).id), None)
            if "only_case" in fact
            else None
        )
        left = None if fact["out"] == given["actual_end"] else at(DAY, fact["out"])
        commands.let_in(meeting, person, presence=presence, at=at(DAY, fact["in"]), left_at=left, seat=seat, only_item=only, by=secretary)
        db.session.flush()


def _item(source: Source, fact: dict[str, Any], done: Deliberation, prose: str, secretary: Actor) -> None:
    numbers: dict[str, int] = {}
    for row in fact.get("recusals", []):
        commands.recuse(
            done,
            source.person(row["person"]),
            basis=_basis(BasisUse.RECUSE, "forvaltningsloven § 6 første ledd bokstav e"),
            statement=row["statement"],
            left_at=at(DAY, row["left"]),
            returned_at=at(DAY, row["returned"]),
            deputy=source.person(row["deputy"]),
            by=secretary,
        )
    for row in fact.get("proposals", []):
        proposal = commands.make_proposal(
            done,
            person=source.person(row["by"]),
            kind=ProposalKind(row["kind"]),
            text=row["text"],
            on_behalf_of=[source.person(person).id for person in row.get("on_behalf_of", [])],
            withdrawn_at=at(DAY, row["withdrawn"]) if "withdrawn" in row else None,
            by=secretary,
        )
        db.session.flush()
        db.session.refresh(done)
        numbers[row["id"]] = proposal.number
    for row in fact.get("adjourned", []):
        commands.adjourn(done, began_at=at(DAY, row["from"]), ended_at=at(DAY, row["to"]), why=row["why"], by=secretary)
    if "closed" in fact:
        closed = fact["closed"]
        commands.close_doors(
            done,
            basis=_basis(BasisUse.CLOSE, "kommuneloven § 11-5 tredje ledd bokstav b"),
            began_at=at(DAY, closed["from"]),
            ended_at=at(DAY, closed["to"]),
            stayed=[source.person(person).id for person in closed["stayed"]],
            by=secretary,
        )
    db.session.flush()
    db.session.refresh(done)
    for row in fact.get("votes", []):
        _vote(source, row, done, numbers, secretary)
    addition = fact.get("minutes_addition")
    if addition:
        commands.make_statement(
            done,
            person=source.person(addition["by"]),
            text=addition["text"],
            on_behalf_of=[source.person(person).id for person in addition["on_behalf_of"]],
            by=secretary,
        )
    decision = fact.get("decision", {})
    commands.save_deliberation(
        done,
        text=prose,
        outcome=_outcome(fact),
        decision=decision.get("text", ""),
        appeal=decision.get("appeal", {}).get("text", ""),
        seen_version=done.version,
        by=secretary,
    )


def _vote(source: Source, row: dict[str, Any], done: Deliberation, numbers: dict[str, int], secretary: Actor) -> None:
    subjects = row["subject"] if isinstance(row["subject"], list) else [row["subject"]]
    proposals = [numbers[one] for one in subjects if one in numbers]
    if row["method"] == "against_each_other":
        subject = Subject.AGAINST_EACH_OTHER
    else:
        subject = SUBJECTS.get(subjects[0], Subject.PROPOSALS)
    commands.record_vote(
        done,
        subject=subject,
        at=at(DAY, row["time"]),
        against=[source.person(person).id for person in row["against"]],
        proposal_numbers=proposals,
        about=source.person(row["about"]) if "about" in row else None,
        by=secretary,
    )
    db.session.flush()
    db.session.refresh(done)


def _outcome(fact: dict[str, Any]) -> Outcome:
    if "postponed_to" in fact.get("decision", {}):
        return Outcome.POSTPONED
    if fact["kind"] == "programme":
        return Outcome.SUMMARISED
    return Outcome.ADOPTED_AMENDED if fact.get("case") == "RR 11/26" else Outcome.ADOPTED


def _approve_and_lock(source: Source, given: dict[str, Any], meeting_id: int) -> None:
    """Two editions: the first with a wrong year in RR 11/26, the second with the correction."""
    right, wrong = "innen 30. oktober 2026", "innen 30. oktober 2025"
    with clock.frozen(at(DAY, "15:00")), write():
        _change_deadline(meeting_id, right, wrong)
        minutes = minutes_queries.minutes_of(db.session.get_one(Meeting, meeting_id))
        assert minutes is not None  # the meeting has been opened
        elected = [source.person(person) for person in given["signers"] if person != given["chair"]]
        commands.send_for_approval(minutes, elected=elected, by=Actor(source.person("p13")))
    work_off()
    for fact in given["minutes"]["approved"]:
        _approve(source, meeting_id, fact["person"], at(fact["date"], "10:00"))
    _lock(source, meeting_id, at(date(2026, 4, 29), "12:00"), "")
    said = given["minutes"]["corrections"][0]["what"]
    with clock.frozen(at(date(2026, 5, 12), "09:00")), write():
        minutes = minutes_queries.minutes_of(db.session.get_one(Meeting, meeting_id))
        assert minutes is not None
        commands.correct(minutes, what=said, by=Actor(source.person("p13")))
        _change_deadline(meeting_id, wrong, right)
        elected = [source.person(person) for person in given["signers"] if person != given["chair"]]
        commands.send_for_approval(minutes, elected=elected, by=Actor(source.person("p13")))
    for person in given["signers"]:
        _approve(source, meeting_id, person, at(date(2026, 5, 12), "10:00"))
    _lock(source, meeting_id, at(date(2026, 5, 12), "11:00"), said)
    work_off()


def _change_deadline(meeting_id: int, old: str, new: str) -> None:
    meeting = db.session.get_one(Meeting, meeting_id)
    for done in minutes_queries.deliberations_of(meeting).values():
        if old in done.decision and "nettkapasitet" in done.decision:
            commands.save_deliberation(
                done,
                text=done.text,
                outcome=done.outcome,
                decision=done.decision.replace(old, new),
                appeal=done.appeal,
                seen_version=done.version,
                by=None,
            )


def _approve(source: Source, meeting_id: int, key: str, moment_of: datetime) -> None:
    with clock.frozen(moment_of), write():
        meeting = db.session.get_one(Meeting, meeting_id)
        minutes = minutes_queries.minutes_of(meeting)
        assert minutes is not None
        person = source.person(key)
        commands.approve(minutes, person, seen_hash=compose.fingerprint(compose.document(meeting)), by=Actor(person))


def _lock(source: Source, meeting_id: int, moment_of: datetime, correction: str) -> None:
    with clock.frozen(moment_of):
        minutes = minutes_queries.minutes_of(db.session.get_one(Meeting, meeting_id))
        assert minutes is not None
        made = record_pdf(minutes, correction=correction)
        sha256 = store.keep_bytes(made)
        with write():
            minutes = minutes_queries.minutes_of(db.session.get_one(Meeting, meeting_id))
            assert minutes is not None
            pdf = store.register(sha256, media_type="application/pdf", size=len(made))
            commands.lock(minutes, by=Actor(source.person("p13")), pdf=pdf, correction=correction)


def _actions(source: Source) -> None:
    """The actions from this meeting's decisions, as they stood afterwards and what was reported later."""
    council = source.council()
    numbers = {item["case"] for item in source.meeting("m4")["agenda"] if item["kind"] == "case"}
    for fact in source.facts["actions"]:
        if fact.get("case") not in numbers or fact["case"] == "RR 14/26":
            continue
        case = source.case(fact["case"])
        decided = minutes_queries.decisions_of(case)
        owners = [source.person(o) if o.startswith("p") else source.organisation(o) for o in fact["owners"]]
        action = followup_commands.add_action(
            council,
            title=fact["title"],
            owners=owners,
            due=fact["due"],
            case=case,
            deliberation=decided[-1] if decided else None,
            by=Actor(source.person("p13")),
        )
        db.session.flush()
        _reports(source, fact, action)


def _reports(source: Source, fact: dict[str, Any], action: Any) -> None:
    parts = {(part.person_id, part.organisation_id): part for part in action.owners}
    for part in fact.get("parts", []):
        if part["state"] == "done":
            row = parts[(None, source.organisation(part["owner"]).id)]
            with clock.frozen(at(part["done"], "12:00")):
                followup_commands.report(action, state=ActionState.DONE, text="Utført.", owner=row, by=None)
    if fact["state"] == "done" and "parts" not in fact:
        with clock.frozen(at(fact["done"], "12:00")):
            followup_commands.report(action, state=ActionState.DONE, text="Utført.", by=None)
    for line in fact.get("log", []):
        with clock.frozen(at(line["date"], "12:00")):
            new_due = fact.get("new_due")
            followup_commands.report(action, state=ActionState.OPEN, text=line["text"], new_due=new_due, by=None)

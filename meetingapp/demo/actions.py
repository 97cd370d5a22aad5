"""The actions of the demo's decisions: who does what by when, what was reported, and what became of the agreement's commitments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import partial
from typing import Any

from meetingapp.core.database import db, write
from meetingapp.council.models import Organisation, Person
from meetingapp.demo.source import Source, secretary_of
from meetingapp.demo.timeline import Step, at
from meetingapp.followups import commands
from meetingapp.followups.models import Action, ActionState, CommitmentState
from meetingapp.minutes import queries as minutes_queries

RECURRENCE = {"quarterly": "Gjentas hvert kvartal."}
DONE = "Utført."
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER = re.compile(r"(?:RR|AU) \d+/\d+")


def meeting_of(source: Source, fact: dict[str, Any]) -> str:
    """The meeting whose decision an action follows from: the last that dealt with the case before the action is due."""
    held = [key for key in source.case_facts(fact["case"])["meetings"] if source.meeting(key)["date"] < fact["due"]]
    found: str = held[-1]
    return found


def add_all(source: Source, given: dict[str, Any]) -> None:
    """Write down what the decisions of one meeting lead to."""
    for fact in source.facts["actions"]:
        if meeting_of(source, fact) == given["id"]:
            with write():
                _add(source, fact, source.meeting_row(given["id"]).id)


def _add(source: Source, fact: dict[str, Any], meeting_id: int) -> None:
    case = source.case(fact["case"])
    decided = next(done for done in minutes_queries.decisions_of(case) if done.item.meeting_id == meeting_id)
    action = commands.add_action(
        source.council(),
        title=fact["title"],
        text=RECURRENCE.get(fact.get("recurrence", ""), ""),
        owners=[_owner(source, owner) for owner in fact["owners"]],
        due=fact["due"],
        case=case,
        deliberation=decided,
        commitment=source.commitment(fact["commitment"]) if "commitment" in fact else None,
        by=secretary_of(source),
    )
    db.session.flush()
    source.keep(fact["id"], action)


def _owner(source: Source, key: str) -> Person | Organisation:
    return source.person(key) if key[1:].isdigit() else source.organisation(key)


def reports(source: Source, fact: dict[str, Any]) -> Iterator[Step]:
    """What was reported on one action, and how often its owners were reminded."""
    for part in fact.get("parts", []):
        if part["state"] == "done":
            yield Step(at(part["done"], "12:00"), partial(_report, source, fact, ActionState.DONE, DONE, owner=part["owner"]))
    if fact["state"] == "done" and "parts" not in fact:
        yield Step(at(fact["done"], "12:00"), partial(_report, source, fact, ActionState.DONE, DONE))
    state = ActionState.WAITING if fact["state"] == "waiting" else ActionState.OPEN
    for line in fact.get("log", []):
        yield Step(at(line["date"], "12:00"), partial(_report, source, fact, state, line["text"], new_due=fact.get("new_due")))
    if state is ActionState.WAITING and "log" not in fact:
        waits_for = next(org["name"] for org in source.facts["orgs"] if org["id"] == fact["waiting_for"])
        yield Step(at(fact["due"] + timedelta(days=1), "12:00"), partial(_report, source, fact, state, f"Venter på {waits_for}."))
    for day in fact.get("reminders", []):
        yield Step(at(day, "09:00"), partial(_remind, source, fact))


def _report(source: Source, fact: dict[str, Any], state: ActionState, text: str, *, owner: str = "", new_due: date | None = None) -> None:
    with write():
        action = source.row(Action, fact["id"])
        who = _owner(source, owner) if owner else None
        part = next((one for one in action.owners if who is not None and who in (one.person, one.organisation)), None)
        commands.report(action, state=state, text=text, owner=part, new_due=new_due, by=secretary_of(source))


def _remind(source: Source, fact: dict[str, Any]) -> None:
    with write():
        people = [source.person(owner) for owner in fact["owners"]]
        commands.ask_for_status(source.row(Action, fact["id"]), people, by=secretary_of(source))


def commitments(source: Source) -> Iterator[Step]:
    """What became of the commitments, said on the day that shows it."""
    for row in source.facts["agreement"]["commitments"]:
        yield Step(at(_day_of(source, row), "15:00"), partial(_status, source, row))


def _evidence(row: dict[str, Any]) -> str:
    return ", ".join(row["evidence"]) if isinstance(row["evidence"], list) else str(row["evidence"])


def _day_of(source: Source, row: dict[str, Any]) -> date:
    """The last day that the evidence names, or the day of the meeting that it names."""
    evidence = _evidence(row)
    days = [date.fromisoformat(found) for found in DAY.findall(evidence)]
    keys = [key for number in NUMBER.findall(evidence) for key in source.case_facts(number)["meetings"]]
    keys += [evidence] if evidence in {meeting["id"] for meeting in source.facts["meetings"]} else []
    day: date = max([*days, *(source.meeting(key)["minutes"]["published"] for key in keys)])
    return day


def _status(source: Source, row: dict[str, Any]) -> None:
    evidence = _evidence(row)
    numbers = [number for number in NUMBER.findall(evidence) if source.has_case(number)]
    if source.has_meeting(evidence):
        meeting = source.meeting_row(evidence)
        evidence = f"{meeting.title or meeting.body.name} {meeting.starts_at:%d.%m.%Y}"
    with write():
        commands.set_commitment_status(
            source.commitment(row["id"]),
            state=CommitmentState(row["status"]),
            evidence=evidence,
            case=source.case(numbers[-1]) if numbers else None,
            by=secretary_of(source),
        )

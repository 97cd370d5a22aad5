"""The minutes of a meeting of the demo on their way: approved, locked, published, corrected; and its actions and feedback."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.core.database import db, write
from meetingapp.core.files import store
from meetingapp.demo import actions, answers
from meetingapp.demo.casework import send_on
from meetingapp.demo.held import hold
from meetingapp.demo.source import Source, secretary_of
from meetingapp.demo.timeline import Step, at
from meetingapp.minutes import commands, compose
from meetingapp.minutes import queries as minutes_queries
from meetingapp.minutes.models import Minutes
from meetingapp.minutes.views.record import record_pdf
from meetingapp.publishing import commands as publishing_commands

WRONG = {"m4": ("innen 30. oktober 2026", "innen 30. oktober 2025")}  # as it is, and as it stood until it was corrected


def steps(source: Source, given: dict[str, Any]) -> Iterator[Step]:
    """The steps of one meeting (facts of the files) from its opening to what it led to."""
    facts, key, day = given["minutes"], given["id"], given["date"]
    checked = facts.get("partner_check", {}).get("returned", facts["drafted"])
    yield Step(at(day, given["actual_end"]), partial(hold, source, given))
    if key in WRONG:
        yield Step(at(facts["drafted"], "15:00"), partial(_rewrite, source, key, *WRONG[key]))
    yield Step(at(checked, "16:00"), partial(_send, source, given))
    for fact in facts["approved"]:
        yield Step(at(fact["date"], "10:00"), partial(_approve, source, key, fact["person"]))
    yield Step(at(facts["published"], "12:00"), partial(_lock, source, key, ""))
    yield Step(at(facts["published"], "12:30"), partial(publish, source, key))
    yield Step(at(facts["published"] + timedelta(days=1), "08:00"), partial(actions.add_all, source, given))
    for item in given["agenda"]:
        to = (item.get("decision") or {}).get("recommends_to")
        if to:
            yield Step(at(facts["published"], "14:00"), partial(send_on, source, item["case"], to))
    yield Step(at(day + timedelta(days=1), "11:00"), partial(answers.give, source, key))
    for correction in facts.get("corrections", []):
        yield from _corrected(source, given, correction)


def _corrected(source: Source, given: dict[str, Any], fact: dict[str, Any]) -> Iterator[Step]:
    key, said = given["id"], fact["what"]
    right, wrong = WRONG[key]
    yield Step(at(fact["date"], "08:30"), partial(_open_for_correction, source, key, said))
    yield Step(at(fact["date"], "08:40"), partial(_rewrite, source, key, wrong, right))
    yield Step(at(fact["date"], "09:00"), partial(_send, source, given))
    for person in fact["approved_by"]:
        yield Step(at(fact["date"], "10:00"), partial(_approve, source, key, person))
    yield Step(at(fact["date"], "11:00"), partial(_lock, source, key, said))
    yield Step(at(fact["date"], "12:00"), partial(publish, source, key))


def _minutes(source: Source, key: str) -> Minutes:
    minutes = minutes_queries.minutes_of(source.meeting_row(key))
    assert minutes is not None  # the meeting has been opened
    return minutes


def _send(source: Source, given: dict[str, Any]) -> None:
    with write():
        elected = [source.person(person) for person in given["signers"] if person != given["chair"]]
        commands.send_for_approval(_minutes(source, given["id"]), elected=elected, by=secretary_of(source))


def _approve(source: Source, key: str, who: str) -> None:
    with write():
        minutes, person = _minutes(source, key), source.person(who)
        commands.approve(minutes, person, seen_hash=compose.fingerprint(compose.document(minutes.meeting)), by=Actor(person))


def _lock(source: Source, key: str, correction: str) -> None:
    """Lock the minutes with their PDF, which is made before."""
    made = record_pdf(_minutes(source, key), correction=correction)
    sha256 = store.keep_bytes(made)
    with write():
        pdf = store.register(sha256, media_type="application/pdf", size=len(made))
        commands.lock(_minutes(source, key), by=secretary_of(source), pdf=pdf, correction=correction)


def _open_for_correction(source: Source, key: str, what: str) -> None:
    with write():
        commands.correct(_minutes(source, key), what=what, by=secretary_of(source))


def _rewrite(source: Source, key: str, old: str, new: str) -> None:
    """Put `new` for `old` in the decisions of a meeting."""
    with write():
        for done in minutes_queries.deliberations_of(source.meeting_row(key)).values():
            if old in done.decision:
                commands.save_deliberation(
                    done,
                    text=done.text,
                    outcome=done.outcome,
                    decision=done.decision.replace(old, new),
                    decision_kind=done.decision_kind,
                    is_individual=done.is_individual,
                    appeal=done.appeal,
                    no_action_reason=done.no_action_reason,
                    seen_version=done.version,
                    by=secretary_of(source),
                )
        db.session.flush()


def publish(source: Source, key: str) -> None:
    """Publish the meeting as it was then."""
    with write():
        publishing_commands.publish_meeting(source.meeting_row(key), by=secretary_of(source))

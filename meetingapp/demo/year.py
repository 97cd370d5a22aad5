"""The year of the demo council: its meetings, what came of them, and the meeting that is called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from meetingapp.core.database import write
from meetingapp.core.i18n import dates
from meetingapp.core.mail.post import note_failure
from meetingapp.demo import actions, called, documents, recorded
from meetingapp.demo.source import Source
from meetingapp.demo.timeline import Step, at
from meetingapp.invitations import commands as invitation_commands
from meetingapp.invitations import queries as invitation_queries
from meetingapp.invitations.models import Reply

YEAR = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8")


def steps(source: Source, meetings: Sequence[str]) -> Iterator[Step]:
    """Everything that happened in the year around `meetings` (keys of the files), in any order: each step has its moment."""
    yield from actions.commitments(source)
    for key in YEAR:
        given = source.meeting(key)
        if key not in meetings:
            yield Step(called.day_before(given), partial(called.count_on, source, key))
            continue
        body = next(body["name"] for body in source.facts["bodies"] if body["id"] == given["body"])
        yield from called.steps(source, given, telling=f"{body} {dates.full_date(given['date'], language='nb')} …")
        yield from _held(source, given) if given["state"] == "published" else _ahead(source, given)
    for fact in source.facts["actions"]:
        if actions.meeting_of(source, fact) in meetings:
            yield from actions.reports(source, fact)
    yield from documents.later(source, [fact["id"] for fact in source.facts["cases"] if fact["meetings"][-1] in meetings])


def _held(source: Source, given: dict[str, Any]) -> Iterator[Step]:
    yield from called.answers(source, given)
    for item in given["agenda"]:
        if "urgent" in item:
            yield Step(at(given["date"], "10:00"), partial(called.add_late, source, given, item))
    yield from recorded.steps(source, given)


def _ahead(source: Source, given: dict[str, Any]) -> Iterator[Step]:
    """The meeting that is called: some have answered, one letter did not arrive, and a deputy is asked."""
    sent = called.day_of_call(given)
    yield Step(at(sent, "12:00"), partial(recorded.publish, source, given["id"]))
    for reply in given["replies"]:
        yield Step(at(reply.get("at", sent), "16:00"), partial(_reply, source, given, reply))


def _reply(source: Source, given: dict[str, Any], reply: dict[str, Any]) -> None:
    with write():
        invitation = invitation_queries.invitation_of(source.meeting_row(given["id"]), source.person(reply["person"]))
        assert invitation is not None  # every member was called
        if reply.get("delivery") == "failed":
            letter = invitation_queries.delivery_of([invitation])[invitation.id]
            note_failure(letter, reply=reply["delivery_note"])
        if reply["answer"] == "accepted":
            invitation_commands.answer(invitation, Reply.ACCEPTED, via="link", by=None)
        elif reply["answer"] == "declined":
            reason = called.REASONS.get(reply["reason"], "other")
            invitation_commands.answer(invitation, Reply.DECLINED, reason=reason, via="link", by=None)
    for deputy in reply.get("deputies", []):
        with write():
            called.call_deputy(source, given, reply["person"], deputy["person"])

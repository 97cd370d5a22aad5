"""How useful those who were at a meeting of the demo found it."""

from __future__ import annotations

from meetingapp.accounts.actor import Actor
from meetingapp.core.database import write
from meetingapp.demo.source import Source
from meetingapp.demo.timeline import DemoFault
from meetingapp.minutes import commands, feedback

STEP = 11  # has no factor in common with how many were at any of the meetings, so that nobody comes twice


def give(source: Source, key: str) -> None:
    """So many of those who were there answer as the file says; who gave which answer is nobody's business, so they take turns."""
    fact = next(one for one in source.facts["feedback"] if one["meeting"] == key)
    rows = [row for row in source.meeting(key)["attendance"] if row["as"] != "audience"]
    people = list(dict.fromkeys(row["person"] for row in rows))
    turn = int(key[1:])
    scores = [score for score, count in zip(feedback.SCORES, fact["counts"], strict=True) for _one in range(count)]
    with write():
        meeting = source.meeting_row(key)
        for n, score in enumerate(scores):
            person = source.person(people[(n * STEP + turn) % len(people)])
            comment = fact["comment"] if n == len(scores) - 1 else ""
            commands.say_how_useful(meeting, person, score=score, comment=comment, by=Actor(person))
    with write():
        asked = feedback.figures_of(source.meeting_row(key)).asked
        if asked != fact["invited"]:
            raise DemoFault(f"{key}: {asked} were asked how useful the meeting was, the file says {fact['invited']}")

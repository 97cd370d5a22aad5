"""What the worker does for calls: reminds those who have not answered, by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import groupby

from meetingapp.core import clock
from meetingapp.core.forms import RuleBroken
from meetingapp.core.outbox import reminders
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council
from meetingapp.council.rounds import go_round
from meetingapp.invitations import commands, queries

PEACE = timedelta(days=2)  # after a call, before anybody is reminded of it


def remind_of_calls() -> int:
    """Once a day, for each body that wants it: a letter to those who have not answered, when the day for it has come. Returns how many."""
    return go_round("calls", _remind)


def _remind(council: Council) -> int:
    today, count, rules = clock.today(), 0, council_queries.rules_of(council.id)
    for meeting, unanswered in groupby(queries.waiting_in(council.id), key=lambda one: one.meeting):
        day, body = clock.local(meeting.starts_at).date(), meeting.body
        called = {one: clock.local(one.created_at).date() for one in unanswered}
        waiting = [one for one, since in called.items() if since + PEACE <= today]
        if not waiting or rules.value("call_reminders", body=body, on=day) != "yes":
            continue
        step = reminders.step_of(day, [rules.days("reminder_days", body=body, on=day)], known_since=min(called.values()))
        if step is not None and reminders.is_first("call", meeting.id, day, step):
            with suppress(RuleBroken):  # they were reminded today, by a press, or have no address
                count += len(commands.remind(waiting, by=None))
    return count

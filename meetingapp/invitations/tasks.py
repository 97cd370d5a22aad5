"""What the worker does for calls: reminds those who have not answered, by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import groupby

from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.forms import RuleBroken
from meetingapp.core.outbox import reminders
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council
from meetingapp.invitations import commands, queries

ROUND = "calls"
PEACE = timedelta(days=2)  # after a call, before anybody is reminded of it


def remind_of_calls() -> int:
    """Once a day, for each body that wants it: a letter to those who have not answered, when the day for it has come. Returns how many.

    One query for each council, except on the day's first round.
    """
    if not reminders.is_time():
        return 0
    today, count = clock.today(), 0
    waiting = [one.id for one in council_queries.all_councils() if not reminders.has_gone(ROUND, one.id, today)]
    for council_id in waiting:
        with write():
            if reminders.is_first(ROUND, council_id, today):
                count += _go_round(db.session.get_one(Council, council_id))
    return count


def _go_round(council: Council) -> int:
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

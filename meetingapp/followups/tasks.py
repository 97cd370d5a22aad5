"""What the worker does for actions: reminds their owners before the deadline, by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.forms import RuleBroken
from meetingapp.core.outbox import reminders
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council
from meetingapp.followups import commands, queries
from meetingapp.followups.models import Action

ROUND = "actions"


def remind_of_actions() -> int:
    """Once a day, for each council that wants it: a letter to those who own an action whose day comes near. Returns for how many actions.

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
    today, count = clock.today(), 0
    wanted = council_queries.rules_of(council.id).of_council("action_reminders_days", on=today)
    steps = [int(days) for days in wanted.split(",")] if wanted != "no" else []
    for action in queries.open_until(council.id, today, today + timedelta(days=max(steps))) if steps else []:
        assert action.due is not None
        step = reminders.step_of(action.due, steps, known_since=_known_since(action))
        if step is not None and queries.people_to_remind(action) and reminders.is_first("action", action.id, action.due, step):
            with suppress(RuleBroken):  # they were asked today, by a press
                commands.remind_owners(action, by=None)
                count += 1
    return count


def _known_since(action: Action) -> date:
    """Since when the owners know the deadline: whoever moved it yesterday is not reminded of it today. One query."""
    return clock.local(max([action.created_at, *(update.at for update in action.updates if update.new_due is not None)])).date()

"""What the worker does for actions: reminds their owners before the deadline, by itself."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta

from meetingapp.core import clock
from meetingapp.core.forms import RuleBroken
from meetingapp.core.outbox import reminders
from meetingapp.council import queries as council_queries
from meetingapp.council.models import Council
from meetingapp.council.rounds import go_round
from meetingapp.followups import commands, queries
from meetingapp.followups.models import Action


def remind_of_actions() -> int:
    """Once a day, for each council that wants it: a letter to the owners of actions whose day comes near. Returns for how many."""
    return go_round("actions", _remind)


def _remind(council: Council) -> int:
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

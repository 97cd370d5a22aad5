"""What the house does by itself once a day, for each council."""

from __future__ import annotations

from collections.abc import Callable

from meetingapp.core import clock
from meetingapp.core.database import db, write
from meetingapp.core.outbox import reminders
from meetingapp.council import queries
from meetingapp.council.models import Council


def go_round(name: str, remind: Callable[[Council], int]) -> int:
    """Let `remind` go round in each council that has not had this round today, each in a transaction of its own. Returns the sum.

    One query for each council, except on the day's first round.
    """
    if not reminders.is_time():
        return 0
    today, count = clock.today(), 0
    waiting = [one.id for one in queries.all_councils() if not reminders.has_gone(name, one.id, today)]
    for council_id in waiting:
        with write():
            if reminders.is_first(name, council_id, today):
                count += remind(db.session.get_one(Council, council_id))
    return count

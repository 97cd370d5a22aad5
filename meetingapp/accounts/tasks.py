"""What the worker does for those who sign in."""

from __future__ import annotations

from meetingapp.accounts import commands
from meetingapp.accounts.models import LinkWanted
from meetingapp.core.database import db, write
from meetingapp.core.outbox.worker import Claimed


def answer_wish(task: Claimed) -> None:
    """Send a sign-in link to whoever asked, if we know them. Done twice it sends once: the wish is gone with the first."""
    with write():
        wanted = db.session.get(LinkWanted, task.about)
        if wanted is not None:
            commands.send_link(wanted)

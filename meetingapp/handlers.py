"""Who does what the outbox holds, and who writes which letter. The whole list stands here."""

from __future__ import annotations

from meetingapp.accounts import mails as accounts_mails
from meetingapp.core.mail import post
from meetingapp.core.outbox.worker import Handler


def all_handlers() -> dict[str, Handler]:
    """Outbox kind → what the worker does with it."""
    return {
        post.TASK: post.sender(
            {
                "sign-in": accounts_mails.sign_in_letter,
            }
        ),
    }

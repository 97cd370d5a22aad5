"""Who does what the outbox holds, and who writes which letter. The whole list stands here."""

from __future__ import annotations

from collections.abc import Callable

from meetingapp.accounts import mails as accounts_mails
from meetingapp.accounts import tasks as accounts_tasks
from meetingapp.cases import mails as cases_mails
from meetingapp.core.mail import post, sweeper
from meetingapp.core.outbox.sweeper import sweep_tasks
from meetingapp.core.outbox.worker import Handler
from meetingapp.followups import mails as followups_mails
from meetingapp.followups import tasks as followups_tasks
from meetingapp.invitations import mails as invitations_mails
from meetingapp.invitations import tasks as invitations_tasks
from meetingapp.minutes import mails as minutes_mails
from meetingapp.publishing import tasks as publishing_tasks


def all_handlers() -> dict[str, Handler]:
    """Outbox kind → what the worker does with it."""
    return {
        "publish": publishing_tasks.publish,
        "publish-agenda": publishing_tasks.publish_agenda,
        "publish-plan": publishing_tasks.publish_plan,
        "rebuild-pages": publishing_tasks.rebuild,
        "sign-in-link": accounts_tasks.answer_wish,
        post.TASK: post.sender(
            {
                "sign-in": accounts_mails.sign_in_letter,
                accounts_mails.SECURITY_LETTER: accounts_mails.security_letter,
                "minutes-approval": minutes_mails.approval_letter,
                "invitation": invitations_mails.invitation_letter,
                "papers": invitations_mails.papers_letter,
                "reminder": invitations_mails.reminder_letter,
                "partner-link": accounts_mails.partner_letter,
                "action-status": followups_mails.status_letter,
                "proposal-answer": cases_mails.proposal_answer_letter,
                "paper-request": cases_mails.paper_request_letter,
            }
        ),
    }


def all_sweeps() -> list[Callable[[], object]]:
    """What a worker does each minute besides: finds what has been left lying, and goes the day's round of reminders."""
    return [sweep_tasks, sweeper.sweep_letters, invitations_tasks.remind_of_calls, followups_tasks.remind_of_actions]

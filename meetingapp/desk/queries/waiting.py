"""What waits for the secretary, and what waits for others: who, what, for how long, and how they are reminded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import PaperRequest
from meetingapp.core import clock
from meetingapp.desk.checklist import Way
from meetingapp.desk.queries.meetings import Facts
from meetingapp.followups import queries as followup_queries
from meetingapp.followups.models import Action
from meetingapp.meetings import words as meeting_words
from meetingapp.minutes.models import MinutesState

MOST_SHOWN = 25  # rows
LONG = 5  # days: after that, what waits is marked


@dataclass(frozen=True)
class Mine:
    """Something that waits for the secretary."""

    text: str
    about: str
    href: str
    days: int | None = None  # that it has waited; negative: until it is due

    @property
    def is_long(self) -> bool:
        return self.days is not None and self.days >= LONG


@dataclass(frozen=True)
class Theirs:
    """Something that waits for someone else."""

    who: str
    what: str
    href: str
    days: int  # that it has waited; negative: until its deadline
    remind: str = ""  # where a press on «Minn på» posts; empty where no letter makes sense
    reminded: date | None = None  # today at the latest
    is_late: bool = True


def waits_for_me(actor: Any, council_id: int, requests: Sequence[PaperRequest]) -> list[Mine]:
    """Proposals to answer, case papers that are delivered, cases that wait for an agenda, and one's own actions. Five queries.

    :param requests: the open ones of the council
    """
    today, found = clock.today(), []
    for case in case_queries.proposals(council_id):
        who = ", ".join(
            one
            for one in (case.proposed_by.name if case.proposed_by else "", case.proposed_for.short_name if case.proposed_for else "")
            if one
        )
        days = (today - clock.local(case.proposed_at).date()).days if case.proposed_at is not None else 0
        found.append(Mine(_("Answer the proposal «%(title)s»", title=case.title), who, f"/kontor/saker/{case.id}/svar", days))
    for asked in requests:
        if asked.delivered_at is not None:
            days = (today - clock.local(asked.delivered_at).date()).days
            said = _("Look at the case paper for «%(title)s»", title=asked.case.title)
            about = _("Delivered by %(name)s", name=asked.person.name)
            found.append(Mine(said, about, f"/kontor/saker/{asked.case_id}#asked", days))
    queue = len(case_queries.ready_queue(council_id))
    if queue:
        said = ngettext("%(num)d case waits for an agenda", "%(num)d cases wait for an agenda", queue)
        found.append(Mine(said, _("They can be put on the agenda of any meeting that is not called."), "/kontor/saker?tilstand=ready"))
    for action in followup_queries.actions_of(actor):
        if action.council_id == council_id and not action.days_over(today):
            until = (today - action.due).days if action.due is not None else None
            found.append(Mine(action.title, _("Your own action"), f"/kontor/oppfolging/{action.id}", until))
    return found


def waits_for_others(ways: Sequence[Way], requests: Sequence[PaperRequest]) -> list[Theirs]:
    """Answers that are late, minutes to approve, and case papers to be written, longest first. No query.

    :param requests: the open ones of the council
    """
    asked = {one.case_id for one in requests}
    found = [one for way in ways for one in (*_answers(way.facts), *_approvals(way.facts), *_papers(way, asked))]
    return sorted([*found, *_asked(requests)], key=lambda one: -one.days)


def _asked(requests: Sequence[PaperRequest]) -> list[Theirs]:
    return [_paper_asked_for(one) for one in requests if one.delivered_at is None]


def _paper_asked_for(asked: PaperRequest) -> Theirs:
    today, page = clock.today(), f"/kontor/saker/{asked.case_id}"
    days, is_new = asked.days_over(today), clock.local(asked.asked_at).date() == today
    return Theirs(
        asked.person.name,
        _("Case paper for «%(title)s»", title=asked.case.title),
        f"{page}#asked",
        days,
        "" if is_new else f"{page}/be-om-fremlegg/minn-pa",  # the first letter is of today
        clock.local(asked.reminded_at).date() if asked.reminded_at is not None else None,
        is_late=days > 0,
    )


def _answers(facts: Facts) -> list[Theirs]:
    today, name = clock.today(), meeting_words.short_heading(facts.meeting)
    page = f"/kontor/moter/{facts.meeting.id}/deltakere"
    return [
        Theirs(
            one.person.name,
            _("Answer the call to %(meeting)s", meeting=name),
            page,
            (today - one.reply_by).days,
            f"{page}/{one.id}/minn-pa",
            facts.reminded.get(one.id),
        )
        for one in facts.unanswered
        if one.is_overdue(today) and facts.meeting.starts_at > clock.now()
    ]


def _approvals(facts: Facts) -> list[Theirs]:
    minutes = facts.minutes
    if minutes is None or minutes.state is not MinutesState.SENT or minutes.sent_at is None:
        return []
    page = f"/kontor/moter/{facts.meeting.id}/motebok"
    days = (clock.today() - clock.local(minutes.sent_at).date()).days
    name = meeting_words.short_heading(facts.meeting)
    return [
        Theirs(
            one.person.name, _("Approve the minutes of %(meeting)s", meeting=name), page, days, f"{page}/minn-pa", facts.asked.get(one.id)
        )
        for one in minutes.signatories
        if one.approved_at is None
    ]


def _papers(way: Way, asked: Collection[int]) -> list[Theirs]:
    """Case papers that are past the day they should have been finished, where a case officer writes them.

    :param asked: the cases where somebody is asked to write, with a deadline of their own
    """
    step = next((one for one in way.late if one.key == "ready"), None)
    if step is None or step.due is None:
        return []
    days = (clock.today() - step.due).days
    return [
        Theirs(one.officer.name, _("Case paper for %(case)s", case=one.name), f"/kontor/saker/{one.case_id}", days)
        for one in way.facts.unready
        if one.officer is not None and one.case_id not in asked
    ]


def late_actions(council_id: int) -> list[Action]:
    """Open actions past their deadline, the longest overdue first. Two queries; owners and cases come loaded."""
    return followup_queries.late_actions(council_id, clock.today())

"""The life of a case in words: the line from the proposal to what became of it, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import ngettext

from meetingapp.cases.models import Case, CaseState, Part
from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.desk.queries.course import Course, Sitting
from meetingapp.meetings import words as meeting_words
from meetingapp.minutes.models import Outcome
from meetingapp.minutes.words import OUTCOMES

STEPS = (  # name, and the states in which the case stands at this step
    ("proposed", (CaseState.PROPOSED, CaseState.DECLINED)),
    ("work", (CaseState.TAKEN_IN, CaseState.IN_WORK, CaseState.SENT_BACK, CaseState.WITHDRAWN)),
    ("ready", (CaseState.READY, CaseState.POSTPONED)),
    ("agenda", (CaseState.ON_AGENDA,)),
    ("decided", (CaseState.DECIDED,)),
    ("followed", ()),
)
TURNS_BACK = (Outcome.POSTPONED, Outcome.SENT_BACK)


@dataclass(frozen=True)
class Stop:
    """One stop on the way."""

    at: datetime | None  # None: not a moment of its own
    icon: str
    color: str  # "success" for what is done, "warning" for what waits, "" for what is to come
    where: str  # who or which meeting
    what: str
    href: str = ""
    about: str = ""  # a smaller line


def steps_of(case: Case, course: Course) -> list[tuple[str, str]]:
    """How far the case has come, as the macro `steps` of core/ui.html wants it."""
    words = {
        "proposed": _("Proposed"),
        "work": _("In work"),
        "ready": _("Ready"),
        "agenda": _("Agenda"),
        "decided": _("Decided"),
        "followed": _("Follow-up"),
    }
    here = next(number for number, (_name, states) in enumerate(STEPS) if case.state in states)
    if case.state is CaseState.DECIDED and course.actions:
        here += 1 if course.closed_actions < len(course.actions) else 2
    shown = [
        (number, name)
        for number, (name, _states) in enumerate(STEPS)
        if (name != "proposed" or case.proposed_at is not None) and (name != "followed" or course.actions)
    ]
    is_over = case.state is CaseState.DECIDED and not course.actions
    return [
        (words[name], "done" if number < here or (is_over and number == here) else "now" if number == here else "next")
        for number, name in shown
    ]


def stops_of(case: Case, course: Course, *, reads_open: bool) -> list[Stop]:
    """The way of the case, oldest first: proposed, answered, written, ready, in each meeting, and what became of it."""
    dated = [*_beginning(case), *(_writing(case) if reads_open else []), *_readiness(course)]
    dated += [_in_meeting(sitting) for sitting in course.sittings]
    dated += [
        Stop(at, "right", "success", _("The secretariat"), _("Sent the case on to %(body)s", body=body)) for at, body in course.sent_on
    ]
    if course.withdrawn_at is not None and case.state is CaseState.WITHDRAWN:
        dated.append(Stop(course.withdrawn_at, "cross", "", _("The secretariat"), _("The case was withdrawn")))
    found = sorted(dated, key=lambda stop: stop.at.timestamp() if stop.at is not None else 0.0)
    return [*found, *_followed(course)]


def _beginning(case: Case) -> list[Stop]:
    if case.proposed_at is None:
        return [Stop(case.created_at, "flag", "success", _("The secretariat"), _("The case was made"))]
    who = ", ".join(
        one for one in (case.proposed_by.name if case.proposed_by else "", case.proposed_for.name if case.proposed_for else "") if one
    )
    found = [Stop(case.proposed_at, "flag", "success", who or _("Proposer"), _("Proposed the case"))]
    if case.answered_at is not None:
        declined = case.state is CaseState.DECLINED
        what = _("The proposal was not taken in") if declined else _("The proposal was taken in")
        found.append(Stop(case.answered_at, "cross" if declined else "check", "" if declined else "success", _("The secretariat"), what))
    return found


def _writing(case: Case) -> list[Stop]:
    versions = [paper for paper in case.papers if paper.part is Part.OPEN]
    if not versions:
        return []
    first, newest = versions[0], versions[-1]
    who = first.saved_by.name if first.saved_by is not None else _("The secretariat")
    about = ""
    if len(versions) > 1:
        day = dates.day_month(newest.saved_at, language=spoken())
        about = ngettext("%(num)d version, the newest from %(day)s", "%(num)d versions, the newest from %(day)s", len(versions), day=day)
    return [Stop(first.saved_at, "file", "success", who, _("Wrote the case paper"), "#papers", about)]


def _readiness(course: Course) -> list[Stop]:
    return (
        [Stop(course.ready_at, "check", "success", _("The secretariat"), _("Marked the case ready"))] if course.ready_at is not None else []
    )


def _in_meeting(sitting: Sitting) -> Stop:
    """A meeting that has been, or that is to come."""
    meeting, outcome = sitting.meeting, sitting.outcome
    day = dates.day_month(meeting.starts_at, language=spoken())
    where = _("%(body)s %(day)s", body=meeting.body.name, day=day)
    if outcome is None:
        what = _("Dealt with, the minutes are being written") if sitting.has_been else _("On the agenda")
        icon, color = ("half", "success") if sitting.has_been else ("cal", "warning")
    else:
        what = str(OUTCOMES[outcome])
        icon, color = ("right", "warning") if outcome in TURNS_BACK else ("check", "success")
    again = _("The case came back to be put on a new agenda.") if outcome in TURNS_BACK else ""
    said = ". ".join(part for part in (sitting.number, again) if part)
    span = dates.time_span(meeting.starts_at, meeting.ends_at, language=spoken())
    about = " · ".join(part for part in (span, meeting_words.where(meeting), said) if part)
    return Stop(meeting.starts_at, icon, color, where, what, f"/kontor/moter/{meeting.id}", about)


def _followed(course: Course) -> list[Stop]:
    if not course.actions:
        return []
    left = len(course.actions) - course.closed_actions
    what = ngettext("%(num)d action came of it", "%(num)d actions came of it", len(course.actions))
    if course.late_actions:
        about = ngettext("%(num)d is past its deadline", "%(num)d are past their deadline", course.late_actions)
    else:
        about = ngettext("%(num)d is not finished", "%(num)d are not finished", left) if left else _("All are finished")
    icon, color = ("warn", "warning") if course.late_actions else ("half", "") if left else ("check", "success")
    return [Stop(None, icon, color, _("Follow-up"), what, "#followup", about)]

"""The way of one meeting as a checklist: what is done, what is late and what that means, what comes, and the one next step."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask_babel import get_locale, ngettext
from flask_babel import gettext as _

from meetingapp.core import clock
from meetingapp.core.i18n import dates
from meetingapp.council.queries import Rules
from meetingapp.desk.queries.meetings import Facts, OnAgenda
from meetingapp.invitations.models import CallKind
from meetingapp.meetings.models import MeetingState
from meetingapp.minutes.models import MinutesState

BEFORE_CALL = (MeetingState.PLANNED, MeetingState.AGENDA_FIXED)


class Standing(enum.Enum):
    """How a step stands."""

    DONE = "done"
    LATE = "late"
    NOW = "now"  # the next thing to do, in time
    AHEAD = "ahead"


@dataclass(frozen=True)
class Act:
    """What can be done about a step: a link, or a button that posts."""

    text: str
    href: str
    posts: bool = False


@dataclass(frozen=True)
class Step:
    """One step on the way of a meeting."""

    key: str
    title: str
    text: str
    standing: Standing
    due: date | None = None
    act: Act | None = None


@dataclass(frozen=True)
class Way:
    """A meeting with its steps in order, and which of them is next."""

    facts: Facts
    steps: list[Step]

    @property
    def next(self) -> Step | None:
        """The first step that is late and can be acted on, else the first that can be done now."""
        for standing in (Standing.LATE, Standing.NOW):
            for step in self.steps:
                if step.standing is standing and step.act is not None:
                    return step
        return None

    @property
    def rest(self) -> str:
        """Until when there is nothing to do; empty while there is."""
        if self.next is not None:
            return ""
        ahead = [step.due for step in self.steps if step.standing is Standing.AHEAD and step.due is not None and step.due > clock.today()]
        return _("Nothing to do until %(day)s.", day=_long(min(ahead))) if ahead else _("Nothing to do now.")

    @property
    def late(self) -> list[Step]:
        return [step for step in self.steps if step.standing is Standing.LATE]


def way_of(facts: Facts, rules: Rules, *, proposals: int, is_public: bool | None = None) -> Way:
    """The steps of one meeting on this day. No query; where its minutes are locked, their editions are loaded.

    :param proposals: how many proposals of the council nobody has answered
    :param is_public: whether its minutes are; None leaves that step out
    """
    day, body = facts.day, facts.body

    def before(key: str) -> date:
        return day - timedelta(days=rules.days(key, body=body, on=day))

    def after(key: str) -> date:
        return day + timedelta(days=rules.days(key, body=body, on=day))

    steps = [_case_call(facts, before("case_call_days"), proposals), _papers_ready(facts, before("ready_days"))]
    steps.append(_call(facts, before("notice_days"), rules.days("notice_days", body=body, on=day)))
    steps.append(_papers_out(facts, before("papers_days")))
    steps.append(_answers(facts, before("reminder_days")))
    steps += [_chairs(facts)] if facts.empty_chairs and facts.meeting.state is MeetingState.CALLED else []
    steps += [_meeting(facts), _minutes(facts, after("minutes_days")), _approval(facts, after("signature_days"))]
    steps += [_publishing(facts, is_public=is_public)] if is_public is not None else []
    ordered = sorted(steps[:4], key=lambda step: (step.due or day, steps.index(step))) + steps[4:]
    return Way(facts, _with_one_now(ordered))


def _with_one_now(steps: list[Step]) -> list[Step]:
    """What is in time waits its turn: when something is late, only that is to be done; else the first that can be."""
    taken = any(step.standing is Standing.LATE and step.act is not None for step in steps)
    found = []
    for step in steps:
        if step.standing is Standing.NOW:
            step, taken = (replace(step, standing=Standing.AHEAD), taken) if taken else (step, True)
        found.append(step)
    return found


def _long(day: date) -> str:
    """ "fredag 20. november", with the year where it is another."""
    language = str(get_locale() or "nb")
    text = dates.long_date(day, language=language)
    return text.removesuffix(f" {day.year}") if day.year == clock.today().year else text


def _standing(*, done: bool, due: date) -> Standing:
    if done:
        return Standing.DONE
    return Standing.LATE if clock.today() > due else Standing.NOW


def _page(facts: Facts, part: str = "") -> str:
    return f"/kontor/moter/{facts.meeting.id}{part}"


def _case_call(facts: Facts, due: date, proposals: int) -> Step:
    """Proposals are taken in until this day. It is never late: it closes by itself."""
    is_over = clock.today() > due or facts.meeting.state not in BEFORE_CALL
    waiting = ngettext("%(num)d proposal waits for your answer.", "%(num)d proposals wait for your answer.", proposals) if proposals else ""
    said = _("Closed %(day)s.", day=_long(due)) if is_over else _("Cases can be proposed until %(day)s.", day=_long(due))
    waits = not is_over and bool(proposals)
    return Step(
        "case_call",
        _("Call for cases"),
        f"{said} {waiting}".strip() if waits else said,
        Standing.DONE if is_over else Standing.NOW if waits else Standing.AHEAD,
        due,
        Act(_("Answer the proposals"), "/kontor/forslag") if waits else None,
    )


def _what_lacks(one: OnAgenda) -> str:
    if one.lacks == "title":
        return _("%(case)s has no public title.", case=one.name)
    if one.lacks == "paper":
        return _("%(case)s has no case paper.", case=one.name)
    return _("%(case)s has no recommendation.", case=one.name)


def _papers_ready(facts: Facts, due: date) -> Step:
    lacking, count = facts.unready, len(facts.cases)
    is_over = facts.meeting.state not in (*BEFORE_CALL, MeetingState.CALLED)
    if not count:
        said = _("No cases are on the agenda yet.")
        return Step(
            "ready", _("Case papers finished"), f"{_long(due).capitalize()}. {said}", Standing.DONE if is_over else Standing.AHEAD, due
        )
    if not lacking or is_over:
        said = ngettext("%(num)d case is ready.", "All %(num)d cases are ready.", count)
        return Step("ready", _("Case papers finished"), said, Standing.DONE, due)
    said = _("%(ready)d of %(all)d cases are ready.", ready=count - len(lacking), all=count)
    names = " ".join(_what_lacks(one) for one in lacking[:3])
    standing = _standing(done=False, due=due)
    when = _("The deadline was %(day)s.", day=_long(due)) if standing is Standing.LATE else f"{_long(due).capitalize()}."
    first = lacking[0]
    place = "rediger" if first.lacks == "title" else "fremlegg"
    act = Act(_("Write what is missing in %(case)s", case=first.name), f"/kontor/saker/{first.case_id}/{place}")
    return Step("ready", _("Case papers finished"), f"{when} {said} {names}", standing, due, act)


def _call(facts: Facts, due: date, limit: int) -> Step:
    meeting, title = facts.meeting, _("Call with the agenda")
    sent = next((call for call in facts.calls if call.kind is CallKind.CALL), None)
    if meeting.state not in BEFORE_CALL:
        if sent is None:
            return Step("call", title, _("The meeting is called."), Standing.DONE, due)
        on = clock.local(sent.sent_at).date()
        days = (facts.day - on).days
        said = ngettext("Sent %(day)s, %(num)d day before.", "Sent %(day)s, %(num)d days before.", days, day=_long(on))
        return Step("call", title, said, Standing.DONE, due)
    is_draft = meeting.state is MeetingState.PLANNED
    act = Act(_("Finish the agenda"), _page(facts, "/saksliste")) if is_draft else Act(_("Send the call"), _page(facts, "/innkalling"))
    standing = _standing(done=False, due=due)
    if standing is Standing.LATE:
        said = _("The deadline of %(limit)d days was %(day)s.", limit=limit, day=_long(due))
        left = (facts.day - clock.today()).days
        if left > 0:
            said += " " + ngettext(
                "If you send it today, the notice is %(num)d day, and you must give a reason.",
                "If you send it today, the notice is %(num)d days, and you must give a reason.",
                left,
            )
        else:
            said += " " + _("The meeting cannot be called any more. Move it to another day.")
            act = Act(_("Move the meeting"), _page(facts, "/rediger"))
        return Step("call", title, said, standing, due, act)
    said = _("The last day is %(day)s, %(limit)d days before.", day=_long(due), limit=limit)
    return Step("call", title, said, standing, due, act)


def _papers_out(facts: Facts, due: date) -> Step:
    title, unsent = _("Papers to the members"), facts.unsent
    if facts.meeting.state in BEFORE_CALL:
        return Step("papers", title, _("%(day)s. They go with the call or after it.", day=_long(due).capitalize()), Standing.AHEAD, due)
    if facts.meeting.state is not MeetingState.CALLED or not unsent:
        return Step(
            "papers", title, _("Everything that is written is sent.") if facts.cases else _("There is nothing to send."), Standing.DONE, due
        )
    said = _("New since the last sending: %(cases)s.", cases=", ".join(one.name for one in unsent[:4]))
    standing = _standing(done=False, due=due)
    when = _("The deadline was %(day)s.", day=_long(due)) if standing is Standing.LATE else f"{_long(due).capitalize()}."
    return Step("papers", title, f"{when} {said}", standing, due, Act(_("Send the papers"), _page(facts, "/innkalling")))


def _answers(facts: Facts, due: date) -> Step:
    title, waiting, all_ = _("Answers, and a reminder to those who have not answered"), len(facts.unanswered), len(facts.invitations)
    state = facts.meeting.state
    if state in BEFORE_CALL:
        return Step("answers", title, f"{_long(due).capitalize()}.", Standing.AHEAD, due)
    if state is not MeetingState.CALLED or not waiting:
        return Step("answers", title, _("Everybody has answered.") if not waiting else _("The meeting has begun."), Standing.DONE, due)
    said = _("%(waiting)d of %(all)d have not answered.", waiting=waiting, all=all_)
    if clock.today() < due:
        return Step("answers", title, f"{_long(due).capitalize()}. {said}", Standing.AHEAD, due)
    reminded = [facts.reminded[one.id] for one in facts.unanswered if one.id in facts.reminded]
    if len(reminded) == waiting:
        said += " " + _("Reminded %(day)s.", day=_long(min(reminded)))
        return Step("answers", title, said, Standing.AHEAD, due)
    standing = Standing.LATE if clock.today() > due else Standing.NOW
    act = Act(ngettext("Remind %(num)d person", "Remind the %(num)d", waiting), _page(facts, "/deltakere/minn-pa"), posts=True)
    return Step("answers", title, said, standing, due, act)


def _chairs(facts: Facts) -> Step:
    """A member who does not come leaves a chair that a deputy fills."""
    empty = facts.empty_chairs
    said = _("%(names)s will not come, and no deputy is called.", names=", ".join(one.person.name for one in empty[:3]))
    act = Act(_("Call a deputy"), _page(facts, f"/deltakere/{empty[0].id}/vara"))
    return Step("chairs", _("Deputies"), said, Standing.LATE, None, act)


def _meeting(facts: Facts) -> Step:
    meeting, title, today = facts.meeting, _("Meeting"), clock.today()
    if meeting.state is MeetingState.ENDED:
        return Step("meeting", title, _("Held %(day)s.", day=_long(facts.day)), Standing.DONE, facts.day)
    if meeting.state in (MeetingState.IN_SESSION, MeetingState.ADJOURNED):
        act = Act(_("Go to the minutes"), _page(facts, "/motebok"))
        if today > facts.day:
            return Step("meeting", title, _("The meeting has not been ended."), Standing.LATE, facts.day, act)
        return Step("meeting", title, _("The meeting is going on."), Standing.NOW, facts.day, act)
    if meeting.state is MeetingState.CALLED and today >= facts.day:
        act = Act(_("Open the meeting"), _page(facts, "/motebok"))
        if meeting.ends_at < clock.now():
            return Step("meeting", title, _("The meeting was never opened."), Standing.LATE, facts.day, act)
        return Step("meeting", title, _("Today."), Standing.NOW, facts.day, act)
    return Step("meeting", title, f"{_long(facts.day).capitalize()}.", Standing.AHEAD, facts.day)


def _minutes(facts: Facts, due: date) -> Step:
    title, minutes = _("Minutes for approval"), facts.minutes
    if minutes is not None and minutes.sent_at is not None:
        said = _("Sent %(day)s.", day=_long(clock.local(minutes.sent_at).date()))
        return Step("minutes", title, said, Standing.DONE, due)
    if facts.meeting.state is not MeetingState.ENDED:
        return Step("minutes", title, f"{_long(due).capitalize()}.", Standing.AHEAD, due)
    standing = _standing(done=False, due=due)
    said = _("The deadline was %(day)s.", day=_long(due)) if standing is Standing.LATE else _("Due %(day)s.", day=_long(due))
    return Step("minutes", title, said, standing, due, Act(_("Finish the minutes"), _page(facts, "/motebok")))


def _approval(facts: Facts, due: date) -> Step:
    title, minutes = _("Approved minutes"), facts.minutes
    if minutes is not None and minutes.state is MinutesState.LOCKED and minutes.edition is not None:
        said = _("Locked %(day)s.", day=_long(clock.local(minutes.edition.locked_at).date()))
        return Step("approval", title, said, Standing.DONE, due)
    if minutes is None or minutes.state is MinutesState.DRAFT:
        return Step("approval", title, f"{_long(due).capitalize()}.", Standing.AHEAD, due)
    given = sum(1 for one in minutes.signatories if one.approved_at is not None)
    if given == len(minutes.signatories):
        act = Act(_("Lock the minutes"), _page(facts, "/motebok/las"))
        return Step("approval", title, _("All have approved."), Standing.NOW if clock.today() <= due else Standing.LATE, due, act)
    said = _("%(given)d of %(all)d have approved.", given=given, all=len(minutes.signatories))
    standing = Standing.LATE if clock.today() > due else Standing.AHEAD
    when = _("The deadline was %(day)s.", day=_long(due)) if standing is Standing.LATE else _("Due %(day)s.", day=_long(due))
    if clock.today() in facts.asked.values():
        return Step("approval", title, " ".join([when, said, _("Reminded today.")]), standing, due)
    remind = Act(_("Remind those who have not approved"), _page(facts, "/motebok/minn-pa"), posts=True)
    return Step("approval", title, f"{when} {said}", standing, due, remind if standing is Standing.LATE else None)


def _publishing(facts: Facts, *, is_public: bool) -> Step:
    """Locked minutes are public only when somebody has said so."""
    title, minutes = _("Minutes made public"), facts.minutes
    if is_public:
        return Step("public", title, _("They stand on the meeting's public page."), Standing.DONE)
    if minutes is None or minutes.state is not MinutesState.LOCKED:
        return Step("public", title, _("When they are locked."), Standing.AHEAD)
    said = _("The minutes are locked, and not public yet.")
    return Step("public", title, said, Standing.NOW, None, Act(_("Publish the meeting"), _page(facts, "/kunngjor")))

"""How a meeting and its steps are read on screen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.core.i18n import dates
from meetingapp.core.i18n.languages import spoken
from meetingapp.council.models import Body, Person
from meetingapp.meetings.models import Meeting, MeetingForm, MeetingState

FORMS: dict[MeetingForm, LazyString] = {
    MeetingForm.PHYSICAL: _l("Everybody in the room"),
    MeetingForm.REMOTE: _l("On screen"),
    MeetingForm.HYBRID: _l("In the room and on screen"),
}
# word, icon, colour of the tag
STATES: dict[MeetingState, tuple[LazyString, str, str]] = {
    MeetingState.PLANNED: (_l("Draft"), "half", "neutral"),
    MeetingState.AGENDA_FIXED: (_l("Agenda fixed"), "check", "info"),
    MeetingState.CALLED: (_l("Called"), "mail", "info"),
    MeetingState.IN_SESSION: (_l("In session"), "half", "info"),
    MeetingState.ADJOURNED: (_l("Adjourned"), "clock", "warning"),
    MeetingState.ENDED: (_l("Held"), "check", "success"),
    MeetingState.CANCELLED: (_l("Cancelled"), "cross", "danger"),
}
REACHED = {  # the step that is under way
    MeetingState.PLANNED: 1,
    MeetingState.AGENDA_FIXED: 2,
    MeetingState.CALLED: 3,
    MeetingState.IN_SESSION: 3,
    MeetingState.ADJOURNED: 3,
    MeetingState.ENDED: 4,
}


def names(bodies: list[Body]) -> str:
    """ "Regionrådet", "Regionrådet og Arbeidsutvalget"."""
    if len(bodies) < 2:
        return "".join(body.name for body in bodies)
    return _("%(some)s and %(last)s", some=", ".join(body.name for body in bodies[:-1]), last=bodies[-1].name)


def heading(meeting: Meeting) -> str:
    """ "Regionrådet 29. januar 2027", or its own name and the day."""
    return f"{meeting.title or names(meeting.bodies)} {dates.full_date(meeting.starts_at, language=spoken())}"


def short_heading(meeting: Meeting) -> str:
    """ "Regionrådet 29. januar"."""
    return f"{meeting.title or meeting.body.name} {dates.day_month(meeting.starts_at, language=spoken())}"


def co_hosts(meeting: Meeting) -> str:
    """Who invites together with the council: "LO Innlandet og NHO Innlandet"; empty for a meeting of its own."""
    names_of = [organisation.name for organisation in meeting.organisations]
    if len(names_of) < 2:
        return "".join(names_of)
    return _("%(some)s and %(last)s", some=", ".join(names_of[:-1]), last=names_of[-1])


def where(meeting: Meeting) -> str:
    """The place; for a meeting on screen without one, that it is on screen."""
    return meeting.place or str(FORMS[meeting.form])


def as_text(title: str, starts_at: datetime, ends_at: datetime, place: str, online_url: str, chair: Person | None) -> str:
    """The facts of a meeting, one a line: for comparing two versions."""
    when = f"{dates.long_date(starts_at, language=spoken())} {dates.time_span(starts_at, ends_at, language=spoken())}"
    return "\n".join(line for line in (title, when, place, online_url, chair.name if chair is not None else "") if line)


def steps(
    meeting: Meeting, *, minutes_locked: bool = False, published: bool = False, shut: str = "", said: Sequence[str] = ()
) -> list[tuple[str, str] | tuple[str, str, str]]:
    """The line of steps: (word, done | now | next), and for the one that is shut, why; for others what is said of them, such as the day.

    :param minutes_locked: whether the record is approved and locked
    :param published: whether the record is public, and so locked
    :param shut: why the step after the present one cannot be taken
    :param said: one line for each of the six steps, empty where there is nothing to say
    """
    steps = [_("Planned"), _("Agenda"), _("Call"), _("Meeting"), _("Minutes"), _("Published")]
    if meeting.state is MeetingState.CANCELLED:
        reached, now = (3 if meeting.called_at else 1), -1
    else:
        reached = now = len(steps) if published else REACHED[meeting.state] + (minutes_locked and meeting.state is MeetingState.ENDED)
    line: list[tuple[str, str] | tuple[str, str, str]] = []
    for n, word in enumerate(steps):
        state = "done" if n < reached else "now" if n == now else "next"
        more = shut if shut and n == now + 1 else said[n] if said else ""
        line.append((word, state, more) if more else (word, state))
    return line


def parts(meeting: Meeting) -> list[tuple[str, str, str]]:
    """The parts of a meeting: key, word, address."""
    base = f"/kontor/moter/{meeting.id}"
    return [
        ("overview", _("Overview"), base),
        ("agenda", _("Agenda"), f"{base}/saksliste"),
        ("people", _("Participants"), f"{base}/deltakere"),
        ("call", _("Call"), f"{base}/innkalling"),
        ("minutes", _("Minutes"), f"{base}/motebok"),
        ("followups", _("Follow-up"), f"{base}/oppfolging"),
        ("feedback", _("Feedback"), f"{base}/tilbakemelding"),
        ("history", _("History"), f"{base}/historikk"),
    ]


def places(meeting: Meeting, part_name: str) -> list[tuple[str, str]]:
    """The breadcrumbs of one part: word and address, the last one without."""
    page = f"/kontor/moter/{meeting.id}"
    here = next(((word, "") for key, word, href in parts(meeting) if key == part_name and href != page), None)
    above = [(_("Meetings"), "/kontor/moter"), (short_heading(meeting), page if here else "")]
    return [*above, here] if here else above

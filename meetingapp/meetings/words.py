"""How a meeting and its steps are read on screen."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.core import clock
from meetingapp.core.i18n import dates
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
REACHED = {
    MeetingState.PLANNED: 1,
    MeetingState.AGENDA_FIXED: 2,
    MeetingState.CALLED: 3,
    MeetingState.IN_SESSION: 3,
    MeetingState.ADJOURNED: 3,
    MeetingState.ENDED: 4,
    MeetingState.CANCELLED: 0,
}
ACTS: dict[str, LazyString] = {
    "meeting.plan": _l("planned"),
    "meeting.edit": _l("changed"),
    "agenda.add": _l("items added to the agenda"),
    "agenda.remove": _l("an item taken off the agenda"),
    "agenda.move": _l("the order of the agenda changed"),
    "agenda.edit": _l("an item of the agenda changed"),
    "agenda.fix": _l("agenda fixed"),
    "agenda.reopen": _l("agenda opened again"),
    "meeting.call": _l("called"),
    "meeting.call_stopped": _l("the call was stopped"),
    "meeting.papers": _l("papers sent"),
    "meeting.open": _l("opened"),
    "meeting.end": _l("ended"),
}


def heading(meeting: Meeting) -> str:
    """ "Regionrådet 29. januar 2027", or its own name and the day."""
    name = meeting.title or " og ".join(body.name for body in meeting.bodies)
    return f"{name} {dates.full_date(clock.local(meeting.starts_at))}"


def short_heading(meeting: Meeting) -> str:
    """ "Regionrådet 29. januar"."""
    return f"{meeting.title or meeting.body.name} {dates.day_month(clock.local(meeting.starts_at))}"


def steps(meeting: Meeting, *, minutes_public: bool = False) -> list[tuple[str, str]]:
    """The line of steps: (word, done | now | next).

    :param minutes_public: whether its minutes are on the public pages
    """
    words = [_("Planned"), _("Agenda"), _("Call"), _("Meeting"), _("Minutes"), _("Published")]
    reached = len(words) if minutes_public else REACHED[meeting.state]
    return [(word, "done" if n < reached else "now" if n == reached else "next") for n, word in enumerate(words)]


def parts(meeting: Meeting) -> list[tuple[str, str, str]]:
    """The parts of a meeting: key, word, address."""
    base = f"/kontor/moter/{meeting.id}"
    return [
        ("agenda", _("Agenda"), base),
        ("people", _("Participants"), f"{base}/deltakere"),
        ("call", _("Call"), f"{base}/innkalling"),
        ("minutes", _("Minutes"), f"{base}/motebok"),
        ("followups", _("Follow-up"), f"{base}/oppfolging"),
        ("history", _("History"), f"{base}/historikk"),
    ]

"""The words on screen for what the council's tables hold."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetingapp.council.models import BasisUse, BodyKind, Matter, Office, OrganisationKind, SeatRole

ORGANISATION_KINDS = {
    OrganisationKind.MUNICIPALITY: _l("municipality"),
    OrganisationKind.COUNTY: _l("county"),
    OrganisationKind.SOCIAL_PARTNER: _l("social partner"),
    OrganisationKind.STATE_ADMINISTRATOR: _l("State Administrator"),
    OrganisationKind.PARLIAMENTARY_DELEGATION: _l("parliamentary delegation"),
    OrganisationKind.MINISTRY: _l("ministry"),
    OrganisationKind.PROJECT_OWNER: _l("project owner"),
    OrganisationKind.FOREIGN_PARTNER: _l("foreign partner"),
    OrganisationKind.PRESS: _l("press"),
    OrganisationKind.OTHER: _l("other organisation"),
}
BODY_KINDS = {
    BodyKind.REPRESENTANTSKAP: _l("representantskap"),
    BodyKind.WORKING_COMMITTEE: _l("working committee"),
    BodyKind.DIRECTORS_GROUP: _l("directors' group"),
    BodyKind.NETWORK: _l("network"),
    BodyKind.OTHER: _l("other body"),
}
ROLES = {
    SeatRole.MEMBER: _l("member"),
    SeatRole.DEPUTY: _l("deputy"),
    SeatRole.SECRETARY: _l("secretary"),
    SeatRole.CASE_OFFICER: _l("case officer"),
    SeatRole.ATTENDEE: _l("administrative attendee"),
    SeatRole.OBSERVER: _l("observer"),
    SeatRole.GUEST: _l("guest"),
}
OFFICES = {Office.CHAIR: _l("chair"), Office.DEPUTY_CHAIR: _l("deputy chair")}
RIGHTS = {"a": _l("attend"), "s": _l("speak"), "p": _l("propose"), "v": _l("vote")}
MATTERS = {Matter.GENERAL: _l("in general matters"), Matter.PARTNERSHIP: _l("in partnership matters")}
BASIS_USES = {
    BasisUse.EXEMPT: _l("Keep a paper from the public"),
    BasisUse.CLOSE: _l("Close the doors"),
    BasisUse.RECUSE: _l("Leave an item"),
}
SETTINGS = {
    "case_call_days": _l("Days from the last day to propose cases to meeting"),
    "notice_days": _l("Days from call to meeting"),
    "ready_days": _l("Days from finished case papers to meeting"),
    "papers_days": _l("Days from papers to meeting"),
    "reply_days": _l("Days to answer a call"),
    "reminder_days": _l("Days from reminder to meeting"),
    "call_reminders": _l("Those who have not answered are reminded by the system"),
    "action_reminders_days": _l("Days from reminders to the deadline of an action"),
    "minutes_days": _l("Days from meeting to minutes"),
    "signature_days": _l("Days from meeting to approved minutes"),
    "feedback_days": _l("Days from locked minutes in which participants can say how useful the meeting was"),
    "postponed_case_number": _l("The number of a postponed case"),
    "signatories": _l("Members elected to approve the minutes"),
    "formal_items_numbered": _l("Formal items get case numbers"),
    "quorum_share": _l("Share of voting seats for a quorum"),
}
VALUES = {
    "keep_number": _l("keeps its number"),
    "new_number": _l("gets a new one"),
    "yes": _l("yes"),
    "no": _l("no"),
}
LANGUAGES = {"nb": _l("bokmål"), "nn": _l("nynorsk"), "en": _l("English")}

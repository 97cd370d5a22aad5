"""How the enums of a case are read on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.cases.models import CaseKind, CaseState, Exemption, Scope
from meetingapp.council.models import Matter

KINDS: dict[CaseKind, LazyString] = {
    CaseKind.DECISION: _l("Decision"),
    CaseKind.INFORMATION: _l("Information"),
    CaseKind.DISCUSSION: _l("Discussion"),
    CaseKind.STATEMENT: _l("Statement"),
    CaseKind.APPLICATION: _l("Funding application"),
}
SCOPES: dict[Scope, LazyString] = {
    Scope.NATIONAL: _l("National"),
    Scope.REGIONAL: _l("Regional"),
    Scope.INTERNATIONAL: _l("International"),
    Scope.INTERNAL: _l("Internal"),
}
MATTERS: dict[Matter, LazyString] = {Matter.GENERAL: _l("General"), Matter.PARTNERSHIP: _l("Partnership")}
EXEMPTIONS: dict[Exemption, LazyString] = {
    Exemption.NONE: _l("Public"),
    Exemption.PARTLY: _l("Partly exempt from public access"),
    Exemption.WHOLLY: _l("Exempt from public access"),
}
# word, icon, colour; only what waits for someone has a colour
STATES: dict[CaseState, tuple[LazyString, str, str]] = {
    CaseState.PROPOSED: (_l("Proposed"), "open", "warning"),
    CaseState.TAKEN_IN: (_l("Taken in"), "half", ""),
    CaseState.IN_WORK: (_l("In work"), "half", "info"),
    CaseState.READY: (_l("Ready"), "check", ""),
    CaseState.ON_AGENDA: (_l("On an agenda"), "cal", ""),
    CaseState.DECIDED: (_l("Decided"), "check", "success"),
    CaseState.POSTPONED: (_l("Postponed"), "right", "warning"),
    CaseState.SENT_BACK: (_l("Sent back"), "undo", "warning"),
    CaseState.WITHDRAWN: (_l("Withdrawn"), "cross", ""),
    CaseState.DECLINED: (_l("Not taken in"), "cross", ""),
}
WORDS = {"kinds": KINDS, "scopes": SCOPES, "matters": MATTERS, "states": STATES, "exemptions": EXEMPTIONS}  # as templates name them

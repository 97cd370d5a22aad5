"""How the parts of minutes are read on screen."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from meetingapp.minutes.models import DecisionKind, MinutesState, Outcome, Presence, ProposalKind, Subject

OUTCOMES: dict[Outcome, LazyString] = {
    Outcome.NOT_DEALT_WITH: _l("Not dealt with"),
    Outcome.ADOPTED: _l("Adopted"),
    Outcome.ADOPTED_AMENDED: _l("Adopted with changes"),
    Outcome.NOT_ADOPTED: _l("Not adopted"),
    Outcome.POSTPONED: _l("Postponed"),
    Outcome.SENT_BACK: _l("Sent back"),
    Outcome.NOTED: _l("Taken note of"),
    Outcome.SUMMARISED: _l("Discussed, no decision"),
}
DECISIONS: dict[DecisionKind, LazyString] = {
    DecisionKind.STATEMENT: _l("A statement"),
    DecisionKind.GRANT: _l("A grant"),
    DecisionKind.INTERNAL: _l("The council's own affairs"),
    DecisionKind.ELECTION: _l("An election"),
    DecisionKind.INFORMATION: _l("Information taken note of"),
    DecisionKind.FORWARDED: _l("Sent to the participants to decide"),
}
PRESENCES: dict[Presence, LazyString] = {
    Presence.MEMBER: _l("Member"),
    Presence.DEPUTY: _l("Deputy"),
    Presence.SECRETARY: _l("Secretary"),
    Presence.STAFF: _l("Administration"),
    Presence.GUEST: _l("Guest"),
    Presence.AUDIENCE: _l("Audience"),
}
PROPOSALS: dict[ProposalKind, LazyString] = {
    ProposalKind.ADDITION: _l("Addition"),
    ProposalKind.AMENDMENT: _l("Amendment"),
    ProposalKind.ALTERNATIVE: _l("Alternative proposal"),
    ProposalKind.POSTPONE: _l("Postpone the case"),
    ProposalKind.SEND_BACK: _l("Send the case back"),
}
SUBJECTS: dict[Subject, LazyString] = {
    Subject.RECOMMENDATION: _l("The recommendation, perhaps with proposals"),
    Subject.PROPOSALS: _l("One or more proposals"),
    Subject.CHAIR_PROPOSAL: _l("The chair's proposal"),
    Subject.AGAINST_EACH_OTHER: _l("The recommendation against a proposal"),
    Subject.RECUSAL: _l("Whether someone is disqualified"),
    Subject.CLOSING: _l("Closing the doors"),
}
STATES: dict[MinutesState, tuple[LazyString, str, str]] = {
    MinutesState.DRAFT: (_l("Draft"), "half", "neutral"),
    MinutesState.SENT: (_l("Waits for approval"), "clock", "warning"),
    MinutesState.LOCKED: (_l("Locked"), "lock", "success"),
}

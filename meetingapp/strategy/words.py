"""The words on screen for strategy and agreements."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from meetingapp.strategy.models import AgreementState, AreaKind, CommitmentKind

AREA_KINDS = {
    AreaKind.FOCUS: _l("focus area"),
    AreaKind.GOAL: _l("goal"),
    AreaKind.ARENA: _l("arena for discussion"),
    AreaKind.AGREEMENT: _l("agreement"),
    AreaKind.CROSS_CUTTING: _l("cuts across all areas"),
    AreaKind.OTHER: _l("other area"),
}
AGREEMENT_STATES = {  # word, icon, colour
    AgreementState.DRAFT: (_l("Draft"), "open", ""),
    AgreementState.IN_FORCE: (_l("In force"), "check", "success"),
    AgreementState.EVALUATING: (_l("Is being evaluated"), "half", "info"),
    AgreementState.EXPIRED: (_l("Has expired"), "dot", ""),
}
COMMITMENT_KINDS = {
    CommitmentKind.MONEY: _l("money"),
    CommitmentKind.STAFF: _l("staff"),
    CommitmentKind.INVOLVE_EARLY: _l("involve early"),
    CommitmentKind.MEET: _l("meet"),
    CommitmentKind.INFORM: _l("inform"),
    CommitmentKind.JOINT_LOBBY: _l("act together towards the state"),
    CommitmentKind.REPORT: _l("report"),
}
SDG = {
    1: _l("No poverty"),
    2: _l("Zero hunger"),
    3: _l("Good health and well-being"),
    4: _l("Quality education"),
    5: _l("Gender equality"),
    6: _l("Clean water and sanitation"),
    7: _l("Affordable and clean energy"),
    8: _l("Decent work and economic growth"),
    9: _l("Industry, innovation and infrastructure"),
    10: _l("Reduced inequalities"),
    11: _l("Sustainable cities and communities"),
    12: _l("Responsible consumption and production"),
    13: _l("Climate action"),
    14: _l("Life below water"),
    15: _l("Life on land"),
    16: _l("Peace, justice and strong institutions"),
    17: _l("Partnerships for the goals"),
}

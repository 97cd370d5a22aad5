"""The blueprint, and how its views find a case."""

from __future__ import annotations

from flask import Blueprint
from flask_login import current_user

from meetingapp.cases import queries
from meetingapp.cases.models import Case
from meetingapp.core import policy
from meetingapp.council import office
from meetingapp.council.models import Council

bp = Blueprint("cases", __name__)


def find(case_id: int, action: str) -> Case:
    """The case, if the person signed in may do `action` with it; absent and hidden give the same 404."""
    case = queries.case_for(current_user, case_id)
    if case is None:
        policy.absent(current_user)
    policy.require(current_user, action, case)
    return case


def own_council(action: str) -> Council:
    """The council whose office is shown, if the person may do `action` there."""
    council = office.own_council()
    policy.require(current_user, action, council)
    return council


def may(case_id: int, action: str) -> bool:
    """Whether to begin slow work before the lock: the view asks again, and answers."""
    case = queries.case_for(current_user, case_id)
    return case is not None and policy.allows(current_user, action, case)


def address(case: Case) -> str:
    """The case page, which gathers many floors and so lives above them all."""
    return f"/kontor/saker/{case.id}"

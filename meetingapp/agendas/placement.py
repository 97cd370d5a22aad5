"""Where a case lands by a body's rule of order, and why. Nothing here moves what stands there already."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from meetingapp.agendas.models import AgendaItem
from meetingapp.cases.models import Case, CaseKind
from meetingapp.council.models import Matter

KIND_ORDER = (CaseKind.DECISION, CaseKind.STATEMENT, CaseKind.APPLICATION, CaseKind.DISCUSSION, CaseKind.INFORMATION)


def _from_partner(case: Case) -> int:
    return 0 if case.proposed_for_id is not None else 1


def _partnership(case: Case) -> int:
    return 0 if case.matter is Matter.PARTNERSHIP or case.commitment_id is not None else 1


# Key → what is small comes first. A body's rule is a list of these, the weightiest first; cases that are alike stand as they came.
CRITERIA: dict[str, Callable[[Case], int]] = {
    "decisions_first": lambda case: KIND_ORDER.index(case.kind),
    "information_first": lambda case: len(KIND_ORDER) - KIND_ORDER.index(case.kind),
    "partnership_first": _partnership,
    "partners_first": _from_partner,
    "exempt_last": lambda case: int(case.is_exempt),
}


def _key(case: Case, criteria: Sequence[str]) -> list[int]:
    return [CRITERIA[name](case) for name in criteria]


def place_for(case: Case, items: Sequence[AgendaItem], criteria: Sequence[str]) -> int | None:
    """Where among `items` the case belongs: after the last one placed by the rule that it does not come before. None: no rule, or
    nothing yet that was placed by it. Items placed by hand are passed over, and keep their neighbours.
    """
    mine, first_after = _key(case, criteria), None
    place = None
    for index, item in enumerate(items):
        if item.case is None or item.by_hand:
            continue
        if _key(item.case, criteria) <= mine:
            place = index + 1
        elif first_after is None:
            first_after = index
    if not criteria:
        return None
    return place if place is not None else first_after


def reasons(items: Sequence[AgendaItem], criteria: Sequence[str]) -> dict[int, str]:
    """Item id → why it stands where it stands: "hand", "order" (as they came), or the criterion that parts it from its neighbours.

    Empty where the body has no rule.
    """
    if not criteria:
        return {}
    found = {item.id: "hand" for item in items if item.by_hand}
    ruled = [item for item in items if item.case is not None and not item.by_hand]
    for index, item in enumerate(ruled):
        beside = [*ruled[max(index - 1, 0) : index], *ruled[index + 1 : index + 2]]
        found[item.id] = next((name for name in criteria if any(_parts(name, item, other) for other in beside)), "order")
    return found


def _parts(name: str, one: AgendaItem, other: AgendaItem) -> bool:
    assert one.case is not None
    assert other.case is not None  # only cases are placed by the rule
    return CRITERIA[name](one.case) != CRITERIA[name](other.case)

"""Who may read and change strategy and agreements."""

from __future__ import annotations

from typing import Any

from meetingapp.accounts.actor import Actor
from meetingapp.core import policy
from meetingapp.council.models import Council
from meetingapp.strategy.models import Agreement


@policy.action("strategy.edit")
def may_edit_strategy(actor: Actor, council: Council) -> bool:
    """The secretariat: the strategy is adopted by the council, and written in by the secretary."""
    return actor.is_secretary_of(council)


@policy.action("agreement.read")
def may_read_agreement(actor: Actor, about: Agreement | Council) -> bool:
    """Everybody with a seat in the council. Partners see theirs in their own room."""
    return actor.is_inside(_council(about))


@policy.action("agreement.edit")
def may_edit_agreement(actor: Actor, about: Agreement | Council) -> bool:
    """The secretariat."""
    return actor.is_secretary_of(_council(about))


def _council(about: Any) -> int:
    return about.council_id if isinstance(about, Agreement) else about.id

"""An open meeting to write the minutes of."""

from __future__ import annotations

import pytest

from tests.factories import TestCouncil
from tests.minutes.sitting import Sitting, opened


@pytest.fixture
def sitting(council: TestCouncil) -> Sitting:
    """One case on the agenda, five members and the secretary in the room."""
    return opened(council)

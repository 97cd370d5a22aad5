"""An open meeting to write the minutes of."""

from __future__ import annotations

import pytest

from tests.factories import TestCouncil
from tests.minutes.sitting import Sitting, opened
from tests.starts import Starts


@pytest.fixture
def open_meeting(council: TestCouncil, beginnings: Starts) -> Sitting:
    return beginnings.made("open_meeting", lambda: opened(council))


@pytest.fixture
def sitting(open_meeting: Sitting) -> Sitting:
    """One case on the agenda, five members and the secretary in the room."""
    return open_meeting

"""The house calls nobody: from a call to a locked and published record nothing leaves but letters."""

from __future__ import annotations

import socket
from collections.abc import Callable

import pytest

from meetingapp.publishing import commands, queries
from meetingapp.publishing.models import PublicationState, SnapshotKind
from tests import outside
from tests.factories import TestCouncil
from tests.minutes.sitting import opened


@pytest.mark.shows("promise-34")
def test_from_the_call_to_the_public_record_nobody_is_called(council: TestCouncil, work: Callable[[], int]) -> None:
    before = len(outside.attempts)
    sitting = opened(council)
    sitting.locked(pdf=True)
    commands.publish_meeting(sitting.meeting, by=sitting.by)
    work()
    made = queries.last_of(SnapshotKind.MEETING, sitting.meeting.id)

    assert made is not None
    assert made.state is PublicationState.PUBLIC
    assert outside.attempts[before:] == []


@pytest.mark.shows("promise-34")
def test_a_call_out_is_heard_and_refused() -> None:
    """Else the whole run could not fail."""
    before = len(outside.attempts)
    with pytest.raises(PermissionError):
        socket.getaddrinfo("mote.example", 443)
    with socket.socket() as made, pytest.raises(PermissionError):
        made.connect(("192.0.2.1", 443))
    with socket.socket(type=socket.SOCK_DGRAM) as made, pytest.raises(PermissionError):
        made.sendto(b"x", ("192.0.2.1", 53))
    heard = outside.attempts[before:]
    del outside.attempts[before:]

    assert len(heard) == 3


@pytest.mark.parametrize(
    ("host", "home"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("/run/postgresql", True), ("192.0.2.1", False), ("mote.example", False)],
)
def test_home_is_this_machine(host: str, home: bool) -> None:
    assert outside.is_at_home(host) is home

"""The house calls nobody but its mail server and its databases: while tests run, every other call out of the process is refused and fails.

An audit hook hears each connection and each name that is looked up, also those made inside libraries (PEP 578). It cannot be taken
away, so it stands for the whole run. Loopback is where the servers under test are.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

import pytest

CALLS = ("socket.connect", "socket.sendto", "socket.sendmsg")
LOOKUPS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
OWN_NAME = socket.gethostname()  # a mail server under test asks what it is called itself
attempts: list[str] = []  # since the process began; a test that tries on purpose takes its own away


def is_at_home(host: Any) -> bool:
    """Whether `host` is this machine's loopback, a socket of its own file system, or nothing at all."""
    if not isinstance(host, str) or host in ("", "localhost", OWN_NAME) or host.startswith("/"):
        return True
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _hear(event: str, args: tuple[Any, ...]) -> None:
    if event in CALLS:
        address = args[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in LOOKUPS:
        host = args[0].decode("ascii", "replace") if isinstance(args[0], bytes) else args[0]
    else:
        return
    if not is_at_home(host):
        attempts.append(f"{event} {host}")
        raise PermissionError(f"a test tried to reach {host}: the house calls nobody")


def pytest_configure(config: pytest.Config) -> None:
    sys.addaudithook(_hear)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Any:
    """Fail a test during which something called out, even if the code under test swallowed the refusal."""
    before = len(attempts)
    result = yield
    tried = attempts[before:]
    assert not tried, f"tried to call out: {tried}"
    return result

"""Where a request comes from: the network that attempts are counted by."""

from __future__ import annotations

import ipaddress
from wsgiref.types import WSGIEnvironment

UNKNOWN = "unknown"


def network_of(environ: WSGIEnvironment, proxies: int) -> str:
    """One IPv4 address, or the /64 of an IPv6 address (one household or office); `UNKNOWN` for what is no address.

    :param proxies: how many of our own proxies stand before us, each adding whom it heard to X-Forwarded-For. What stands before
        their part was written by a stranger, and is not read
    """
    heard = [environ.get("REMOTE_ADDR", "")]
    if proxies:
        heard = [*environ.get("HTTP_X_FORWARDED_FOR", "").split(","), *heard][-proxies - 1 :]
    try:
        address = ipaddress.ip_address(heard[0].strip())
    except ValueError:
        return UNKNOWN
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is None:
            return str(ipaddress.ip_network((address, 64), strict=False))
        address = address.ipv4_mapped
    return str(address)

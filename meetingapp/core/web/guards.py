"""What is refused before anybody asks who it is: another site's name in the Host header, and writes that start on another site."""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

SAFE = {"GET", "HEAD", "OPTIONS"}
HOST = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?", re.IGNORECASE)
FOR_WATCHDOGS = {"/healthz", "/readyz"}  # a load balancer knows our number, not our name; they say nothing and make no address
OUR_OWN_PAGES = {"same-origin", "none"}  # none: the person at the browser, by no page


def host_name(environ: WSGIEnvironment) -> str:
    """The name in the Host header in lower case, without its port; empty for what is none."""
    found = HOST.fullmatch(environ.get("HTTP_HOST", ""))
    return found[1].lower() if found else ""


def is_own_host(environ: WSGIEnvironment, base_url: str) -> bool:
    """Whether the site was called by its own name. A proxy may have taken the port away, so only the name counts."""
    named = host_name(environ)
    own = urlsplit(base_url).hostname or ""
    return bool(named) and named.strip("[]") == own


def writes_from_elsewhere(environ: WSGIEnvironment, base_url: str) -> bool:
    """Whether the request would write, and a browser says that another site (or a sister of ours) made it.

    :source: Fetch Metadata (W3C), § 2.4; RFC 6454 (Origin)
    """
    if environ["REQUEST_METHOD"] in SAFE:
        return False
    site, origin = environ.get("HTTP_SEC_FETCH_SITE", ""), environ.get("HTTP_ORIGIN", "")
    return bool((site and site not in OUR_OWN_PAGES) or (origin and origin.lower() != base_url.lower()))

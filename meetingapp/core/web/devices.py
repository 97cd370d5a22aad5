"""A short honest word for a device: what its browser says it is, and no more."""

from __future__ import annotations

# In order: many browsers name the ones they descend from as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrom", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPad", "iPad"),
    ("iPhone", "iPhone"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def device_of(user_agent: str) -> str:
    """Names of browser and system, as "Firefox/Windows"; a part that is not known is empty."""
    return "/".join(next((name for sign, name in known if sign in user_agent), "") for known in (BROWSERS, SYSTEMS))

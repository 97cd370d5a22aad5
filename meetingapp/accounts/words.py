"""The words on screen for what the tables of sign-in hold."""

from __future__ import annotations

from flask_babel import gettext as _


def device_words(device: str) -> str:
    """:param device: as `core.web.devices.device_of` gives it: "Firefox/Windows" """
    browser, _slash, system = device.partition("/")
    if browser and system:
        return _("%(browser)s on %(system)s", browser=browser, system=system)
    return browser or system or _("Unknown device")

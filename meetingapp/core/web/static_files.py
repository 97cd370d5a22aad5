"""Style, script and fonts: hash-named files, ready compressed, cached for ever."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask import Flask
from servestatic import ServeStatic

from meetingapp.core.web import assets
from meetingapp.core.web.headers import security_headers

HASHED = re.compile(r"/build/.+\.[0-9a-f]{12}\.[a-z0-9.]+$")


def init(app: Flask) -> None:
    """Let templates name assets, and let Flask's own static route (used in tests) pass the edge."""
    app.add_template_global(assets.asset_url, "asset_url")
    vars(app.view_functions["static"])["open_because"] = "style and script are the same for everyone"


def serve(site: Any, folder: Path, *, https: bool) -> Any:
    """`site` with the built files in front, which carry the same headers as every page."""
    return ServeStatic(
        site,
        root=str(folder / "build"),
        prefix="static/build",
        immutable_file_test=lambda path, url: bool(HASHED.search(url)),
        allow_all_origins=False,
        add_headers_function=_adder(https=https),
    )


def _adder(*, https: bool) -> Callable[[Any, str, str], None]:
    def add(headers: Any, path: str, url: str) -> None:
        for name, value in security_headers(https=https):
            headers[name] = value

    return add

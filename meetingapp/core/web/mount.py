"""Office and portal side by side in one process."""

from __future__ import annotations

from typing import Any

OFFICE = {"kontor", "min-side", "logg-inn", "g", "k", "skjema", "oppsett", "healthz", "readyz"}


def side_by_side(office: Any, portal: Any) -> Any:
    """Choose by the first segment of the path. SCRIPT_NAME stays as it came, so `url_for` is right in both, also behind a prefix."""

    def app(environ: dict[str, Any], start_response: Any) -> Any:
        _, _, rest = environ.get("PATH_INFO", "").partition("/")
        return (office if rest.partition("/")[0] in OFFICE else portal)(environ, start_response)

    return app

"""What a WSGI server loads: `app`, office and portal side by side. `office` alone is for the command line: flask --app wsgi:office."""

import gc
from typing import Any

from config import Settings


def __getattr__(name: str) -> Any:
    """Make only what is asked for: a worker needs no portal."""
    from meetingapp.app import create_office, create_site

    makers = {"app": create_site, "office": create_office}
    if name not in makers:
        raise AttributeError(name)
    made = globals()[name] = makers[name](Settings.from_environment())
    gc.freeze()  # what is loaded now stays, so it is not looked through for garbage: a fifth of what a page takes
    gc.set_threshold(20_000, 10, 10)
    return made

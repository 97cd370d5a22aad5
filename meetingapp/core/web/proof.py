"""When the person of a session last proved who they are. Asked before an address, a password or a second factor is changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app, session

from meetingapp.core import clock

PROOF_LASTS = timedelta(minutes=10)


def proved_lately() -> bool:
    """Whether it is at most ten minutes ago (ASVS 7.5.1). In the demo, where nobody has a password, always."""
    proved = session.get("proved")
    lately = proved is not None and clock.true_now() - datetime.fromisoformat(proved) <= PROOF_LASTS
    return lately or bool(current_app.config["DEMO"])


def note_proof() -> None:
    """The person has just proved who they are."""
    session["proved"] = clock.true_now().isoformat()

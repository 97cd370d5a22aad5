"""What a command says when it will not."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _


class RuleBroken(Exception):
    """A rule of the council said no.

    :param message: what happened, in the user's language
    :param next_step: what to do now
    :param field: the form field it belongs to; without one it stands on top of the form
    """

    def __init__(self, message: str, *, next_step: str = "", field: str | None = None) -> None:
        super().__init__(message)
        self.message, self.next_step, self.field = message, next_step, field


class Stale(RuleBroken):
    """Someone saved a newer text. Both are shown side by side, and what was typed stays in its form; nothing is lost.

    :param now: the text as it is stored
    :param typed: the text that was about to be saved
    :param version: of the text as it is stored: what a save that has seen both is made from
    :param by: the name of who saved it; empty where it is not known here
    """

    form: Any = None  # the form it was typed in

    def __init__(self, now: str, typed: str, *, version: int, by: str = "") -> None:
        super().__init__(
            _("%(name)s has changed the text since you opened it. Nothing is lost.", name=by)
            if by
            else _("The text has changed since you opened it. Nothing is lost."),
            next_step=_("Compare the two texts, and choose what shall stand."),
        )
        self.now, self.typed, self.version = now, typed, version


def side_by_side(*texts: str) -> str:
    """Several texts of one form as one, for the page that compares: what is empty is left out."""
    return "\n\n".join(text.strip() for text in texts if text.strip())


def check_version(current: int, seen: int | None, *, now: str, typed: str, by: str = "") -> None:
    """Refuse a save that was made from an older text.

    :param by: the name of who saved the newer one, where it is known
    :raises Stale: when `seen` is not `current`
    """
    if seen != current:
        raise Stale(now, typed, version=current, by=by)

"""The pages people live in, and what was sent to whom."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("desk", __name__)

from meetingapp.desk.views import home, post  # noqa: E402

__all__ = ["bp", "home", "post"]

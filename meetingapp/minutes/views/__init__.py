"""The pages of the minutes: the overview, one item's desk, approval and lock."""

from meetingapp.minutes.views import feedback, item, onward, overview, record
from meetingapp.minutes.views.blueprint import bp

__all__ = ["bp", "feedback", "item", "onward", "overview", "record"]

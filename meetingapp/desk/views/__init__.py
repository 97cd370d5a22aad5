"""Min side, the secretary's desk, the search, help, and the outgoing post."""

from meetingapp.desk.views import case, finding, held, help, history, meeting, mine, office, post
from meetingapp.desk.views.blueprint import bp

__all__ = ["bp", "case", "finding", "held", "help", "history", "meeting", "mine", "office", "post"]

"""Planning a meeting, and its agenda: the page, and each act as one intent."""

from meetingapp.agendas.views import agenda, items, planning, setup, year
from meetingapp.agendas.views.blueprint import bp

__all__ = ["agenda", "bp", "items", "planning", "setup", "year"]

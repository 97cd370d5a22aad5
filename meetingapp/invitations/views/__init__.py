"""The pages of a call: sending it, who comes, answering, and the papers as one PDF."""

from meetingapp.invitations.views import answers, call, papers, people
from meetingapp.invitations.views.blueprint import bp

__all__ = ["answers", "bp", "call", "papers", "people"]

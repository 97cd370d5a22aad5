"""Pages of signing in: the ways in, one's own account, and what the secretariat does with others'."""

from meetingapp.accounts.views import account, own, people, sign_in
from meetingapp.accounts.views.blueprint import bp

__all__ = ["account", "bp", "own", "people", "sign_in"]

"""The pages of cases: the list and the case, its texts and files, proposals."""

from meetingapp.cases.views import case, files, proposals, templates, texts, versions
from meetingapp.cases.views.blueprint import bp

__all__ = ["bp", "case", "files", "proposals", "templates", "texts", "versions"]

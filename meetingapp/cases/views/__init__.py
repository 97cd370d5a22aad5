"""The pages of cases: the list and the case, its texts and files, proposals, and those who are asked to write."""

from meetingapp.cases.views import case, files, proposals, requests, templates, texts, versions, writing
from meetingapp.cases.views.blueprint import bp

__all__ = ["bp", "case", "files", "proposals", "requests", "templates", "texts", "versions", "writing"]

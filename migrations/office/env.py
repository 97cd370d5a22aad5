"""The history of the office database."""

from meetingapp.core.database.migrations import run

run("office")

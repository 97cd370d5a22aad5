"""The history of the public database."""

from meetingapp.core.database.migrations import run

run("public")

"""The outbox: what shall follow a decision, written with it and done by the worker."""

from meetingapp.core.outbox.commands import post, withdraw
from meetingapp.core.outbox.models import Task, TaskState

__all__ = ["Task", "TaskState", "post", "withdraw"]

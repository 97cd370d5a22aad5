"""The outbox: what shall follow a decision, written with it and done by the worker."""

from meetingapp.core.outbox.commands import call_off, hurry, post, post_many, withdraw
from meetingapp.core.outbox.models import Task, TaskState

__all__ = ["Task", "TaskState", "call_off", "hurry", "post", "post_many", "withdraw"]

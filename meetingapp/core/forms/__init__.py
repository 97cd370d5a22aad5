"""Forms: shape of the input, one idempotency key each, and broken rules shown beside the field they belong to."""

from meetingapp.core.forms.fields import DateField, MarkdownField, TimeField, VersionField, no_line_breaks
from meetingapp.core.forms.form import Form, OneButtonForm, constraint_message, fresh_key
from meetingapp.core.forms.rules import RuleBroken, Stale, check_version, side_by_side

__all__ = [
    "DateField",
    "Form",
    "MarkdownField",
    "OneButtonForm",
    "RuleBroken",
    "Stale",
    "TimeField",
    "VersionField",
    "check_version",
    "constraint_message",
    "fresh_key",
    "no_line_breaks",
    "side_by_side",
]

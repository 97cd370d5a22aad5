"""Fields that take what people here write: 4.5.26 and 09.00, never a browser's date picker."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, StringField, TextAreaField
from wtforms.validators import ValidationError

from meetingapp.core.i18n import dates
from meetingapp.core.text import markdown

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # as core.mail.message, so that a letter never stops at it


def no_line_breaks(form: Any, field: Field) -> None:
    """Validator: one line, no control characters. What is a name here may become a header of a mail."""
    if field.data and CONTROL.search(field.data):
        raise ValidationError(_("Write this on one line, without control characters."))


class _TypedField(StringField):
    """Text that means one value. `data` is that value or None; what was typed stays in the field."""

    data: Any
    shown: Callable[[Any], str]  # how the value is written
    read: Callable[[str], Any]  # the value of what was typed; ValueError where it is none
    how: Any  # the words that tell how to write it

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self.shown(self.data)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            self.raw_data = [""]  # spaces are nothing typed, also to InputRequired
            return
        try:
            self.data = self.read(text)
        except ValueError:
            raise ValueError(str(self.how)) from None


class DateField(_TypedField):
    """A calendar day, typed as 04.05.2026 or 4.5.26. `data` is a `date` or None."""

    shown, read = staticmethod(dates.short_date), staticmethod(dates.parse_date)
    how = _l("Write the date like this: 04.05.2026")


class TimeField(_TypedField):
    """A clock time in Oslo, typed as 09.00, 9:00 or 0900. `data` is a `time` or None."""

    shown, read = staticmethod(lambda at: at.strftime("%H.%M")), staticmethod(dates.parse_time)
    how = _l("Write the time like this: 09.00")


class MarkdownField(TextAreaField):
    """A text in Markdown. What the parser cannot take is refused here, with its line number."""

    data: Any

    def __init__(self, *given: Any, rows: int = 14, **named: Any) -> None:
        named["render_kw"] = {"class": "md", "rows": rows} | named.get("render_kw", {})
        super().__init__(*given, **named)

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        self.data = (self.data or "").replace("\r\n", "\n").replace("\x00", "")
        if not self.data.strip():
            self.raw_data = [""]  # spaces are nothing typed, also to InputRequired

    def pre_validate(self, form: Any) -> None:
        try:
            markdown.check(self.data or "")
        except markdown.TextRefused as refused:
            raise ValidationError(str(refused)) from None


class VersionField(HiddenField):
    """The version that the page was made from, as it was sent. A form sent without one has seen none, whatever is stored by now."""

    data: Any

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0]) if valuelist else ""

"""Fields that take what people here write: 4.5.26 and 09.00, never a browser's date picker."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from flask_babel import gettext as _
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

    def _shown(self) -> str:
        """How the value is written."""
        raise NotImplementedError

    def _read(self, text: str) -> Any:
        """The value of what was typed.

        :raises ValueError: with the words that tell how to write it
        """
        raise NotImplementedError

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else self._shown()

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        text = str(valuelist[0]).strip() if valuelist else ""
        if not text:
            self.raw_data = [""]  # spaces are nothing typed, also to InputRequired
        else:
            self.data = self._read(text)


class DateField(_TypedField):
    """A calendar day, typed as 04.05.2026 or 4.5.26. `data` is a `date` or None."""

    def _shown(self) -> str:
        return dates.short_date(self.data)

    def _read(self, text: str) -> date:
        try:
            return dates.parse_date(text)
        except ValueError:
            raise ValueError(_("Write the date like this: 04.05.2026")) from None


class TimeField(_TypedField):
    """A clock time in Oslo, typed as 09.00, 9:00 or 0900. `data` is a `time` or None."""

    def _shown(self) -> str:
        return str(self.data.strftime("%H.%M"))

    def _read(self, text: str) -> time:
        try:
            return dates.parse_time(text)
        except ValueError:
            raise ValueError(_("Write the time like this: 09.00")) from None


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

"""What the agenda page takes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.agendas.commands import LONGEST_ITEM
from meetingapp.agendas.models import ItemKind
from meetingapp.cases.models import Case
from meetingapp.core.forms import Form, no_line_breaks

KINDS = [
    (ItemKind.PROGRAMME.value, _l("Information or programme")),
    (ItemKind.BREAK.value, _l("Break")),
    (ItemKind.FORMAL.value, _l("Formal item")),
]
WHOLE = re.compile(r"[0-9]{1,9}")


def whole_number(given: object) -> int | None:
    """A number of at most nine digits; None for anything else."""
    text = str(given)
    return int(text) if WHOLE.fullmatch(text) else None


class MinutesField(IntegerField):
    """A length in whole minutes, 0 to 600."""

    data: Any

    def __init__(self, label: Any, **named: Any) -> None:
        super().__init__(label, validators=[InputRequired(_l("Write a number of minutes, 0 to 600."))], **named)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = whole_number(str(valuelist[0]).strip()) if valuelist else None
        if valuelist and (self.data is None or self.data > LONGEST_ITEM):
            raise ValueError(_("Write a number of minutes, 0 to 600."))


class _Kind(SelectField):
    def pre_validate(self, form: Any) -> None:
        if self.data not in {value for value, _word in self.choices}:
            raise ValidationError(_("Choose one from the list."))


class ItemForm(Form):
    """A programme item, break or formal item. A view takes away what cannot be changed."""

    kind = _Kind(_l("Kind of item"), choices=KINDS)
    title = StringField(
        _l("Title"),
        validators=[
            DataRequired(_l("Write a title.")),
            Length(max=300, message=_l("A title has at most 300 characters.")),
            no_line_breaks,
        ],
        description=_l("It is public."),
    )
    speakers = StringField(
        _l("Who speaks"),
        validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks],
        description=_l("Names and titles. They are public."),
    )
    minutes = MinutesField(_l("Length in minutes"), default=15)


class MinutesForm(Form):
    """How long one item takes."""

    minutes = MinutesField(_l("Length in minutes"))


class MoveForm(Form):
    """An intent: after a named item ("0": first), or to a place counted from 1."""

    after = HiddenField()
    place = StringField(_l("Place on the agenda"))

    def validate_place(self, field: Field) -> None:
        if not self.after.data and not whole_number((field.data or "").strip()):
            raise ValidationError(_("Write the place as a number, from 1."))


class _Queue(SelectMultipleField):
    widget = ListWidget()
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or []) <= {value for value, _word in self.choices}:
            raise ValidationError(_("One of the cases is not in the queue any more. Choose anew."))


class QueueForm(Form):
    """The cases chosen from the queue."""

    case = _Queue(_l("Ready cases"), coerce=whole_number)

    def offer(self, cases: Iterable[Case]) -> None:
        self.case.choices = [(case.id, case.title) for case in cases]

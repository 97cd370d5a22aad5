"""What the agenda page takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FieldList, FormField, HiddenField, IntegerField, SelectField, SelectMultipleField, StringField
from wtforms import Form as PlainForm
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.agendas import standing
from meetingapp.agendas.commands import LONGEST_ITEM
from meetingapp.agendas.models import ItemKind
from meetingapp.agendas.words import CRITERIA
from meetingapp.cases.models import Case
from meetingapp.core.forms import DateField, Form, VersionField, no_line_breaks

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

    def __init__(self, label: Any, *, needed: bool = True, **named: Any) -> None:
        check = InputRequired(_l("Write a number of minutes, 0 to 600.")) if needed else Optional()
        super().__init__(label, validators=[check], **named)

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

    seen_version = VersionField()
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

    seen_version = VersionField()
    minutes = MinutesField(_l("Length in minutes"))


class MoveForm(Form):
    """An intent: after a named item ("0": first), or to a place counted from 1: "4", and "4.1" for the first under the fourth item."""

    after = HiddenField()
    place = StringField(_l("Place on the agenda"))

    def validate_place(self, field: Field) -> None:
        if not self.after.data and not self.wanted[0]:
            raise ValidationError(_("Write the place as a number, like 4, or 4.1 for the first sub-item of item 4."))

    @property
    def wanted(self) -> tuple[int, int | None]:
        """The place and the part of it that were written; (0, None) for what is no place."""
        first, dot, second = (self.place.data or "").strip().replace(",", ".").partition(".")
        place, part = whole_number(first) or 0, whole_number(second)
        return (0, None) if dot and not part else (place, part if dot else None)


class _Queue(SelectMultipleField):
    widget = ListWidget()
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if not set(self.data or []) <= {value for value, _word in self.choices}:
            raise ValidationError(_("One of the cases is not in the queue any more. Choose anew."))


class QueueForm(Form):
    """The cases chosen from the queue."""

    case = _Queue(_l("Ready cases"), coerce=whole_number)
    all = HiddenField()  # the ids of the whole queue as the page showed it: the value of the button that takes all in

    @property
    def chosen(self) -> set[int]:
        """The ids chosen: those ticked, or all that the page showed and that still wait."""
        offered = {value for value, _word in self.case.choices}
        if self.all.data:
            return {one for text in self.all.data.split(",") if (one := whole_number(text)) in offered and one is not None}
        return set(self.case.data or [])

    def offer(self, cases: Iterable[Case]) -> None:
        self.case.choices = [(case.id, case.title) for case in cases]


TITLE = [Optional(), Length(max=300, message=_l("A title has at most 300 characters.")), no_line_breaks]


class BeginRow(PlainForm):
    """One standing item that begins a meeting; none where no kind is chosen."""

    kind = SelectField(
        _l("Item"),
        choices=[
            ("", _l("None")),
            (standing.MINUTES, _l("Approval of the last minutes, when there are some")),
            (standing.CALL, _l("Approval of the call and the agenda")),
            (standing.FOLLOW_UP, _l("Follow-up since last time")),
            (standing.OWN, _l("An item of your own")),
        ],
    )
    title = StringField(_l("Title"), validators=TITLE)
    minutes = MinutesField(_l("Length in minutes"), needed=False, default=5)


class EndRow(PlainForm):
    """One standing item that ends a meeting; none where nothing is written."""

    title = StringField(_l("Title"), validators=TITLE)
    minutes = MinutesField(_l("Length in minutes"), needed=False, default=10)


def _criterion(label: Any) -> SelectField:
    return SelectField(label, choices=[("", _l("As the cases come")), *CRITERIA.items()])


class SetupForm(Form):
    """How a body's agendas begin and end, and the rule of order between."""

    begins = FieldList(FormField(BeginRow), min_entries=6)
    ends = FieldList(FormField(EndRow), min_entries=2)
    first = _criterion(_l("Cases are ordered by"))
    second = _criterion(_l("Then by"))
    third = _criterion(_l("Then by"))
    valid_from = DateField(_l("From and including"), validators=[InputRequired(_l("Write a date."))])
    source = StringField(_l("Decided in, or rests on"), validators=[Optional(), Length(max=300), no_line_breaks])

    @classmethod
    def of(cls, now: Sequence[standing.Standing], criteria: Sequence[str], *, today: date) -> SetupForm:
        """The form as it stands today."""
        begins = [{"kind": one.kind, "title": one.title, "minutes": one.minutes} for one in now if not one.is_last]
        ends = [{"title": one.title or _("Other matters"), "minutes": one.minutes} for one in now if one.is_last]
        given = dict(zip(("first", "second", "third"), criteria, strict=False))
        return cls(begins=[*begins, *[{}] * (6 - len(begins))], ends=[*ends, *[{}] * (2 - len(ends))], valid_from=today, **given)

    def standing(self) -> list[standing.Standing]:
        """The items chosen, those that end the meeting last."""
        begins = [
            standing.Standing(row.kind.data, (row.title.data or "").strip() if row.kind.data == standing.OWN else "", row.minutes.data or 0)
            for row in self.begins.entries
            if row.kind.data
        ]
        ends = [
            standing.Standing(standing.OWN, row.title.data.strip(), row.minutes.data or 0, is_last=True)
            for row in self.ends.entries
            if (row.title.data or "").strip()
        ]
        return [*begins, *ends]

    def criteria(self) -> list[str]:
        """The criteria chosen, the weightiest first."""
        return [chosen for chosen in (self.first.data, self.second.data, self.third.data) if chosen]

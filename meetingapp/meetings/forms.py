"""What planning and changing a meeting takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.core import clock
from meetingapp.core.forms import DateField, Form, TimeField, no_line_breaks
from meetingapp.core.i18n.dates import ImpossibleTime, at_oslo
from meetingapp.council.models import Body, Person
from meetingapp.meetings.models import MeetingForm
from meetingapp.meetings.words import FORMS

YEARS_AHEAD = 10  # a day later than this is a slip of the pen


def _id(given: Any) -> int | None:
    """The id chosen; None for the empty choice. What is no number is no choice (-1)."""
    text = str(given or "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else -1 if text else None


class _Written:
    """Validator: something was written, and it could be read. What could not has its message already."""

    field_flags = {"required": True}

    def __init__(self, message: Any) -> None:
        self.message = message

    def __call__(self, form: Any, field: Field) -> None:
        if field.data is None:
            raise StopValidation("" if field.errors else self.message)


class _Select(SelectField):
    """A list of people or bodies, of which one can be chosen."""

    def __init__(self, label: Any, **named: Any) -> None:
        super().__init__(label, coerce=_id, validators=[Optional()], **named)

    def pre_validate(self, form: Any) -> None:
        if self.data not in {_id(value) for value, _word in self.choices}:
            raise ValidationError(_("Choose one from the list."))


class _Ticks(SelectMultipleField):
    """Boxes, of which several can be ticked."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, label: Any, **named: Any) -> None:
        super().__init__(label, coerce=_id, **named)

    def pre_validate(self, form: Any) -> None:
        offered = {value for value, _word in self.choices}
        if not set(self.data or []) <= offered:
            raise ValidationError(_("Choose from the list."))
        if not self.data:
            raise ValidationError(_("Choose at least one body."))


class _FormOfMeeting(RadioField):
    def pre_validate(self, form: Any) -> None:
        if self.data not in {form.value for form in MeetingForm}:
            raise ValidationError(_("Choose one from the list."))


class TitleForm(Form):
    """What can be changed at any time: the name and the chair."""

    seen_version = HiddenField()
    title = StringField(
        _l("Name"),
        validators=[Optional(), Length(max=200, message=_l("At most 200 characters.")), no_line_breaks],
        description=_l("Only where it has one besides the body's, such as a joint meeting. It is public."),
    )
    chair = _Select(_l("Who leads the meeting"))

    def offer_chairs(self, people: Iterable[Person], now: Person | None = None) -> None:
        """Let one of `people` be chosen, and whoever chairs it now."""
        offered = {person.id: person.name for person in (*people, *([now] if now is not None else []))}
        self.chair.choices = [("", _("The body's chair")), *offered.items()]

    def chosen_chair(self, people: Iterable[Person], now: Person | None = None) -> Person | None:
        """Who was chosen; None for the body's own chair."""
        return next((person for person in (*people, *([now] if now is not None else [])) if person.id == self.chair.data), None)

    @property
    def version(self) -> int | None:
        """The version that the page was made from; None for anything that is no number."""
        return _id(self.seen_version.data)


class MeetingFields(TitleForm):
    """When, where, how, who leads."""

    day = DateField(_l("Day"), validators=[_Written(_l("Write the day, like 04.05.2026."))], description=_l("For instance 29.01.2027"))
    starts = TimeField(_l("From"), validators=[_Written(_l("Write the time, like 09.00."))], description=_l("For instance 09.00"))
    ends = TimeField(_l("To"), validators=[_Written(_l("Write the time, like 13.00."))], description=_l("For instance 13.00"))
    place = StringField(_l("Place"), validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks])
    form = _FormOfMeeting(_l("How people take part"), choices=[(form.value, word) for form, word in FORMS.items()], default="physical")
    online_url = StringField(
        _l("Address of the online meeting"),
        validators=[Optional(), Length(max=500, message=_l("At most 500 characters.")), no_line_breaks],
        description=_l("It begins with https:// and is asked for only where someone takes part on screen."),
    )

    def validate_day(self, field: Field) -> None:
        year = clock.today().year
        if field.data and not year - 1 <= field.data.year <= year + YEARS_AHEAD:
            raise ValidationError(_("Write a year from %(first)d to %(last)d.", first=year, last=year + YEARS_AHEAD))

    def validate_starts(self, field: Field) -> None:
        self._exists(field.data)

    def validate_ends(self, field: Field) -> None:
        self._exists(field.data)

    def _exists(self, at: time | None) -> None:
        """The clock shows this time on this day, and shows it once (R11)."""
        if at is not None and self.day.data is not None and self.day.data.year > 1:
            try:
                at_oslo(self.day.data, at)
            except ImpossibleTime:
                raise ValidationError(_("The clocks are changed that night, so this time does not exist or comes twice.")) from None

    def moments(self) -> tuple[datetime, datetime]:
        """Start and end as UTC."""
        return at_oslo(self.day.data, self.starts.data), at_oslo(self.day.data, self.ends.data)


class PlanForm(MeetingFields):
    """A new meeting."""

    bodies = _Ticks(_l("Bodies that meet"), description=_l("Choose more than one for a joint meeting."))
    leads = _Select(_l("Body that leads"), description=_l("Its settings and its case numbers hold for the meeting."))

    def offer_bodies(self, bodies: Iterable[Body]) -> None:
        self.bodies.choices = [(body.id, body.name) for body in bodies]
        self.leads.choices = [("", _("The first one chosen")), *self.bodies.choices]

    def validate_leads(self, field: Field) -> None:
        if field.data is not None and field.data not in (self.bodies.data or []):
            raise ValidationError(_("The body that leads must be one of those that meet."))

    def chosen_bodies(self, bodies: Iterable[Body]) -> list[Body]:
        """Those chosen, the one that leads first."""
        chosen = [body for body in bodies if body.id in self.bodies.data]
        return sorted(chosen, key=lambda body: body.id != self.leads.data)

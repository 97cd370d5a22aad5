"""What planning a meeting takes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.core.forms import DateField, Form, TimeField, no_line_breaks
from meetingapp.core.i18n.dates import ImpossibleTime, at_oslo
from meetingapp.meetings.words import FORMS


class MeetingFormFields(Form):
    """When, where, how, who leads."""

    seen_version = HiddenField()
    title = StringField(
        _l("Name"),
        validators=[Optional(), Length(max=200, message=_l("At most 200 characters.")), no_line_breaks],
        description=_l("Only where it has one besides the body's, such as a joint meeting. It is public."),
    )
    day = DateField(_l("Day"), validators=[InputRequired(_l("Write the day, like 04.05.2026."))], description=_l("For instance 29.01.2027"))
    starts = TimeField(_l("From"), validators=[InputRequired(_l("Write the time, like 09.00."))], description=_l("For instance 09.00"))
    ends = TimeField(_l("To"), validators=[InputRequired(_l("Write the time, like 13.00."))])
    place = StringField(_l("Place"), validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks])
    form = RadioField(_l("How people take part"), choices=[(form.value, word) for form, word in FORMS.items()], default="physical")
    online_url = StringField(
        _l("Address of the online meeting"),
        validators=[Optional(), Length(max=500, message=_l("At most 500 characters.")), no_line_breaks],
    )
    chair = SelectField(_l("Chair"), coerce=lambda value: int(value) if value else None, validators=[Optional()])

    def validate_day(self, field: Any) -> None:
        """Both times exist on this day, once (R11)."""
        if field.data and self.starts.data and self.ends.data:
            try:
                self.moments()
            except ImpossibleTime:
                raise ValidationError(_("The clocks are changed that night, so this time does not exist or comes twice.")) from None

    def moments(self) -> tuple[datetime, datetime]:
        """Start and end as UTC."""
        return at_oslo(self.day.data, self.starts.data), at_oslo(self.day.data, self.ends.data)


class PlanForm(MeetingFormFields):
    bodies = SelectMultipleField(
        _l("Bodies that meet"),
        coerce=int,
        validators=[DataRequired(_l("Choose at least one body."))],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("The first one leads: its settings and numbers hold."),
    )

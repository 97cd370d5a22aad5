"""What planning and changing a meeting takes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, Optional, StopValidation, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.core import clock
from meetingapp.core.forms import DateField, Form, TimeField, VersionField, no_line_breaks
from meetingapp.core.i18n.dates import ImpossibleTime, at_oslo
from meetingapp.council.models import Body, Organisation, Person
from meetingapp.meetings.models import MeetingForm
from meetingapp.meetings.words import FORMS
from meetingapp.meetings.year import LAST, MOST_DAYS, by_list, by_rule

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


def _at_least_one_body(form: Any, field: Field) -> None:
    """Validator: a meeting is somebody's."""
    if not field.data:
        raise ValidationError(_("Choose at least one body."))


class _FormOfMeeting(RadioField):
    def pre_validate(self, form: Any) -> None:
        if self.data not in {form.value for form in MeetingForm}:
            raise ValidationError(_("Choose one from the list."))


class TitleForm(Form):
    """What can be changed at any time: the name and the chair."""

    seen_version = VersionField()
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

    co_hosts = _Ticks(
        _l("Invite together with the council"),
        validators=[Optional()],
        description=_l("Organisations that hold the meeting with you, such as LO and NHO. It stands in the call and on the public page."),
    )

    def offer_co_hosts(self, organisations: Iterable[Organisation]) -> None:
        self.co_hosts.choices = [(one.id, one.name) for one in organisations]

    def chosen_co_hosts(self, organisations: Iterable[Organisation]) -> list[Organisation]:
        return [one for one in organisations if one.id in (self.co_hosts.data or [])]

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

    bodies = _Ticks(_l("Bodies that meet"), validators=[_at_least_one_body], description=_l("Choose more than one for a joint meeting."))
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


WEEKDAYS = [_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday")]
WHICH = [_l("the first"), _l("the second"), _l("the third"), _l("the fourth"), _l("the last")]
MONTHS = [
    _l("January"),
    _l("February"),
    _l("March"),
    _l("April"),
    _l("May"),
    _l("June"),
    _l("July"),
    _l("August"),
    _l("September"),
    _l("October"),
    _l("November"),
    _l("December"),
]


class YearForm(Form):
    """A year's meetings of one body: a rule of weekdays, or a list of days, and what all of them have in common. Read from the address."""

    body = _Select(_l("Body"))
    year = _Select(_l("Year"))
    which = _Select(_l("Which of the month"))
    weekday = _Select(_l("Weekday"))
    months = _Ticks(_l("Months"))
    days = TextAreaField(
        _l("Or write the days yourself"),
        validators=[Optional(), Length(max=2000)],
        description=_l("One a line, like 29.01.2027. What stands here is used instead of the rule."),
        render_kw={"rows": 4},
    )
    starts = TimeField(_l("From"), validators=[_Written(_l("Write the time, like 09.00."))])
    ends = TimeField(_l("To"), validators=[_Written(_l("Write the time, like 13.00."))])
    place = StringField(_l("Place"), validators=[Length(max=300, message=_l("At most 300 characters.")), no_line_breaks])

    class Meta:
        csrf = False  # it only asks; the form that plans has its own token

    def offer(self, bodies: Iterable[Body]) -> None:
        year = clock.today().year
        self.body.choices = [(body.id, body.name) for body in bodies]
        self.year.choices = [(one, str(one)) for one in range(year, year + 4)]
        self.which.choices = list(enumerate(WHICH, start=1))
        self.weekday.choices = list(enumerate(WEEKDAYS))
        self.months.choices = list(enumerate(MONTHS, start=1))

    def validate_months(self, field: Field) -> None:
        if not field.data and not (self.days.data or "").strip():
            raise ValidationError(_("Choose the months, or write the days."))

    def validate_days(self, field: Field) -> None:
        try:
            days = by_list(field.data or "")
        except ValueError as unread:
            raise ValidationError(_("«%(words)s» is no date. Write it like this: 29.01.2027", words=str(unread)[:40])) from None
        years = {value for value, _word in self.year.choices}
        if any(day.year not in years for day in days):
            raise ValidationError(_("Write days from %(first)d to %(last)d.", first=min(years), last=max(years)))
        if len(days) > MOST_DAYS:
            raise ValidationError(_("Write at most %(num)d days at a time.", num=MOST_DAYS))

    def validate_ends(self, field: Field) -> None:
        if field.data is not None and self.starts.data is not None and field.data <= self.starts.data:
            raise ValidationError(_("The meeting must end after it starts."))

    def validate_place(self, field: Field) -> None:
        if not (field.data or "").strip():
            raise ValidationError(_("Write where the meeting is."))

    def wanted(self) -> list[date]:
        """The days asked for, in order: those written, else those of the rule."""
        written = by_list(self.days.data or "")
        return written or by_rule(self.year.data, self.weekday.data, min(self.which.data, LAST), self.months.data)


class _Days(SelectMultipleField):
    def pre_validate(self, form: Any) -> None:
        if not set(self.data or []) <= {value for value, _word in self.choices}:
            raise ValidationError(_("One of the days cannot be planned any more. Look at the list again."))


class DaysForm(Form):
    """Which of the proposed days become meetings."""

    day = _Days(_l("Days"))

"""What calling and answering take."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.core.forms import DateField, Form, no_line_breaks
from meetingapp.invitations.words import REASONS


class CallForm(Form):
    reply_by = DateField(_l("Answer by"), validators=[InputRequired(_l("Write the day, like 04.05.2026."))])
    reason = TextAreaField(
        _l("Reason for the short notice"),
        validators=[Optional(), Length(max=500, message=_l("At most 500 characters."))],
        description=_l("Stands in the call and in the minutes."),
    )
    guests = SelectMultipleField(
        _l("Guests from partners"),
        coerce=int,
        validators=[Optional()],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        description=_l("They are invited to inform. They get the agenda and the open papers, and do not vote."),
    )
    publish_agenda = BooleanField(_l("Publish the agenda on the net too"))


class AnswerForm(Form):
    reply = RadioField(
        _l("Do you come?"), choices=[("accepted", _l("I will attend")), ("declined", _l("I send apologies"))], validators=[Optional()]
    )
    reason = SelectField(
        _l("Reason, if you cannot come"),
        choices=[("", _l("Choose")), *REASONS.items()],
        validators=[Optional()],
        description=_l("A category is enough. Do not write about health."),
    )
    comment = StringField(
        _l("Message to the secretary"),
        validators=[Optional(), Length(max=500, message=_l("At most 500 characters.")), no_line_breaks],
    )


class DeputyForm(Form):
    seat = SelectField(_l("Deputy"), coerce=int)
    reason = StringField(
        _l("Why someone is passed over"),
        validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks],
    )

"""What calling, answering and calling a deputy take."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, SubmitField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from meetingapp.cases.forms import TickBoxes
from meetingapp.core.forms import DateField, Form, no_line_breaks
from meetingapp.invitations.words import REASONS

SHORT = Length(max=300, message=_l("At most 300 characters."))


class CallForm(Form):
    """A call: why so late, until when to answer, who comes as a guest, and whether the agenda goes on the net."""

    reason = TextAreaField(
        _l("Reason for the short notice"),
        validators=[Optional(), SHORT],
        render_kw={"rows": 2},
        description=_l("Stands in the call and in the minutes. The Local Government Act § 11-3 asks for reasonable notice."),
    )
    reply_by = DateField(
        _l("Answer by"),
        validators=[InputRequired(_l("Write the day, like 04.05.2026."))],
        description=_l("The last day to answer. Not after the meeting."),
    )
    guests = TickBoxes(
        _l("Guests"),
        coerce=int,
        validators=[Optional()],
        description=_l(
            "Guests are invited to inform. They have no right to speak or propose in the council's own matters, and see no closed part."
        ),
    )
    publish_agenda = BooleanField(_l("Publish the agenda too"))


class PapersForm(Form):
    """Papers sent after the call."""

    what = StringField(
        _l("What is new"),
        validators=[Optional(), SHORT, no_line_breaks],
        description=_l("One sentence, for instance: Case paper for the budget."),
    )


class AnswerForm(Form):
    """An answer: two buttons, and for the second one a reason without details."""

    accept = SubmitField(_l("I will attend"))
    decline = SubmitField(_l("Send apologies"))
    reason = SelectField(
        _l("Reason"),
        choices=[("", _l("Choose")), *REASONS.items()],
        validators=[Optional()],
        description=_l("Only the kind is written down. Do not tell us more."),
    )
    comment = TextAreaField(
        _l("Comment to the secretary"),
        validators=[Optional(), Length(max=500, message=_l("At most 500 characters."))],
        render_kw={"rows": 2},
    )


class DeputyForm(Form):
    """Which deputy is called; another than the first takes a reason."""

    seat = RadioField(_l("Deputy"), coerce=int, validators=[InputRequired(_l("Choose a deputy."))])
    reason = StringField(
        _l("Why not in the elected order"),
        validators=[Optional(), SHORT, no_line_breaks],
        description=_l("Only when you choose another than the first."),
    )

"""What the desk of the minutes takes. Clock times are typed as 09.05, on the day of the meeting."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.core import clock
from meetingapp.core.forms import Form, MarkdownField, TimeField, VersionField, no_line_breaks
from meetingapp.core.i18n.dates import ImpossibleTime, at_oslo
from meetingapp.meetings.models import Meeting
from meetingapp.minutes.words import DECISIONS, OUTCOMES, PRESENCES, PROPOSALS, SUBJECTS


def number_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class Ticks(SelectMultipleField):
    """Several people or things as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class OnTheDay(Form):
    """A form with clock times on the day of a meeting."""

    def on_day(self, meeting: Meeting, field: TimeField) -> datetime | None:
        """The UTC moment of `field` on the meeting's day; None when it is empty.

        :raises ValidationError: for a time that does not exist that day
        """
        if field.data is None:
            return None
        try:
            return at_oslo(clock.local(meeting.starts_at).date(), field.data)
        except ImpossibleTime:
            raise ValidationError(_("The clocks are changed that night, so this time does not exist or comes twice.")) from None


class FeedbackForm(Form):
    score = RadioField(
        _l("How useful was the meeting to you?"),
        choices=[("5", _l("5, very useful")), ("4", "4"), ("3", "3"), ("2", "2"), ("1", _l("1, of little use"))],
        validators=[InputRequired(_l("Choose a number from 1 to 5."))],
    )
    comment = StringField(
        _l("What worked, and what should be different next time?"),
        validators=[Length(max=200, message=_l("At most 200 characters.")), no_line_breaks],
    )


class TimeForm(OnTheDay):
    at = TimeField(_l("Time"), validators=[InputRequired(_l("Write the time, like 09.05."))])


class PresenceForm(OnTheDay):
    person = SelectField(_l("Who"), coerce=int)
    presence = SelectField(_l("As"), choices=[(value.value, word) for value, word in PRESENCES.items()])
    seat = SelectField(_l("In the seat of"), coerce=number_or_none, validators=[Optional()])
    only_item = SelectField(_l("Only for"), coerce=number_or_none, validators=[Optional()])
    came = TimeField(_l("Came"), validators=[InputRequired(_l("Write the time, like 09.05."))])
    left = TimeField(_l("Left"), validators=[Optional()])


class ItemForm(Form):
    seen_version = VersionField()
    text = MarkdownField(_l("What was said"), validators=[Optional()], rows=6)
    outcome = SelectField(_l("Outcome"), choices=[(value.value, word) for value, word in OUTCOMES.items()])
    decision = MarkdownField(
        _l("Decision"),
        validators=[Optional()],
        rows=6,
        description=_l("Filled in from the recommendation. Change it to what was decided, word for word."),
    )
    decision_kind = SelectField(
        _l("What the decision is"),
        choices=[("", _l("Not said")), *((kind.value, word) for kind, word in DECISIONS.items())],
        validators=[Optional()],
    )
    is_individual = BooleanField(
        _l("It decides about somebody's rights or duties (enkeltvedtak)"),
        description=_l("Only in grants and in the council's own affairs."),
    )
    appeal = StringField(
        _l("How to complain"), validators=[Optional(), Length(max=500, message=_l("At most 500 characters.")), no_line_breaks]
    )
    no_action_reason = StringField(
        _l("Why nobody has to do anything"),
        validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks],
        description=_l("Only where the decision needs no follow-up."),
    )


class ProposalForm(OnTheDay):
    person = SelectField(_l("Made by"), coerce=int)
    kind = SelectField(_l("Kind"), choices=[(value.value, word) for value, word in PROPOSALS.items()])
    text = MarkdownField(_l("The proposal, word for word"), validators=[InputRequired(_l("Write the proposal."))], rows=4)
    on_behalf_of = Ticks(_l("On behalf of"), coerce=int, validators=[Optional()])


class VoteForm(OnTheDay):
    subject = SelectField(_l("Vote on"), choices=[(value.value, word) for value, word in SUBJECTS.items()])
    proposals = Ticks(_l("Proposals"), coerce=int, validators=[Optional()])
    about = SelectField(_l("Whose disqualification"), coerce=number_or_none, validators=[Optional()])
    at = TimeField(_l("Time"), validators=[InputRequired(_l("Write the time, like 09.05."))])
    against = Ticks(
        _l("Against"), coerce=int, validators=[Optional()], description=_l("Everybody with a vote is for. Tick those who are against.")
    )


class RecusalForm(OnTheDay):
    person = SelectField(_l("Who"), coerce=int)
    basis = SelectField(_l("Ground"), coerce=int)
    decision = RadioField(_l("The body decided"), choices=[("yes", _l("Disqualified")), ("no", _l("Not disqualified"))], default="yes")
    left = TimeField(_l("Left"), validators=[Optional()])
    returned = TimeField(_l("Came back"), validators=[Optional()])


class ClosingForm(OnTheDay):
    basis = SelectField(_l("Ground"), coerce=int)
    began = TimeField(_l("Closed"), validators=[InputRequired(_l("Write the time, like 09.05."))])
    ended = TimeField(_l("Opened"), validators=[Optional()])


class BreakForm(OnTheDay):
    began = TimeField(_l("From"), validators=[InputRequired(_l("Write the time, like 09.05."))])
    ended = TimeField(_l("To"), validators=[Optional()])
    why = StringField(
        _l("Why"), validators=[DataRequired(_l("Write why.")), Length(max=200, message=_l("At most 200 characters.")), no_line_breaks]
    )


class StatementForm(Form):
    person = SelectField(_l("By"), coerce=int)
    text = MarkdownField(_l("Statement for the record"), validators=[InputRequired(_l("Write the statement."))], rows=4)
    on_behalf_of = Ticks(_l("On behalf of"), coerce=int, validators=[Optional()])


class FrameForm(Form):
    seen_version = VersionField()
    opening = MarkdownField(_l("Before the items"), validators=[Optional()], rows=3)
    closing = MarkdownField(_l("After the items"), validators=[Optional()], rows=3)


class ApprovalForm(Form):
    elected = Ticks(_l("Elected to approve the minutes together with the chair"), coerce=int, validators=[Optional()])


class ApproveForm(Form):
    seen_hash = HiddenField()


class LockForm(Form):
    correction = StringField(
        _l("What was corrected"), validators=[Optional(), Length(max=500, message=_l("At most 500 characters.")), no_line_breaks]
    )


class CorrectForm(Form):
    what = TextAreaField(_l("What is wrong"), validators=[InputRequired(_l("Write what is wrong.")), Length(max=500)])


class SendOnForm(Form):
    seen_version = HiddenField(default="0")
    body = SelectField(_l("Send on to"), coerce=int)
    recommendation = MarkdownField(
        _l("Recommendation"),
        validators=[DataRequired(_l("Write the recommendation to the next body."))],
        rows=8,
        description=_l("The proposed decision, word for word. Number the points 1., 2., 3."),
    )

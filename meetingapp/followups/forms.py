"""What the pages of follow-up take."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from meetingapp.cases.models import Case
from meetingapp.core.forms import Form, VersionField
from meetingapp.council.forms import DateField, Ticks, enum_choices, id_or_none, line, named, plain
from meetingapp.council.models import Organisation, Person
from meetingapp.followups import words
from meetingapp.followups.commands import name_of
from meetingapp.followups.models import ActionOwner, ActionState


def text(label: Any, description: Any = "", *, rows: int = 3, longest: int = 4000) -> TextAreaField:
    """A text of several lines."""
    too_long = Length(max=longest, message=_l("Write at most %(max)d characters."))
    return TextAreaField(label, description=description, filters=[plain], validators=[too_long], render_kw={"rows": rows})


class ActionForm(Form):
    title = StringField(_l("What is to be done"), validators=line(300, needed=_l("Write what is to be done.")))
    text = text(_l("More about it"))
    owners = Ticks(
        _l("Who is to do it"),
        description=_l("Organisations and people. Each reports on its own part."),
        validators=[InputRequired(_l("Choose who is to do it."))],
    )
    due = DateField(_l("Deadline"))
    is_public = BooleanField(_l("May be shown on the public pages"), default=True)
    version = VersionField(default="0")

    def choose_from(self, organisations: Iterable[Organisation], people: Iterable[Person]) -> ActionForm:
        """The choices are "o3" for an organisation and "p12" for a person."""
        self.owners.choices = [SelectChoice(f"o{one.id}", one.short_name) for one in organisations]
        self.owners.choices += [SelectChoice(f"p{one.id}", named(one)) for one in people]
        return self

    @property
    def seen_version(self) -> int | None:
        """The version the page was made from; None when it has been tampered with."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) < 10 else None


class ReportForm(Form):
    owner = SelectField(_l("Whose part"), coerce=id_or_none, validators=[Optional()])
    state = RadioField(_l("Status"), validators=[InputRequired(_l("Choose a status."))])
    text = text(_l("In a few words"), _l("What has happened, what or whom it waits for, or why it is dropped."))
    new_due = DateField(_l("New deadline"), description=_l("Only if the deadline moves. Then write why."))

    def choose_from(self, parts: list[ActionOwner], *, all_parts: bool) -> ReportForm:
        """:param parts: those the reader may report on
        :param all_parts: whether all at once can be chosen, and the action dropped: the secretariat only
        """
        every = [SelectChoice("", _("All parts"))] if all_parts and len(parts) > 1 else []
        self.owner.choices = every + [SelectChoice(part.id, name_of(part)) for part in parts]
        states = {state: word for state, word in words.REPORT_CHOICES.items() if all_parts or state is not ActionState.DROPPED}
        self.state.choices = enum_choices(states)
        return self


class AskForm(Form):
    people = Ticks(_l("Who shall get the letter"), coerce=int, validators=[InputRequired(_l("Choose who shall get the letter."))])

    def choose_from(self, people: Iterable[Person]) -> AskForm:
        self.people.choices = [SelectChoice(one.id, named(one)) for one in people]
        return self


class CommitmentStatusForm(Form):
    state = RadioField(
        _l("Status"),
        choices=[SelectChoice(state.value, word) for state, (word, _icon, _colour, _tag) in words.COMMITMENT_STATES.items()],
        validators=[InputRequired(_l("Choose a status."))],
    )
    evidence = TextAreaField(
        _l("What shows it"),
        description=_l("A date, a case, a payment. Every status needs it."),
        filters=[plain],
        validators=[InputRequired(_l("Write what shows it: a date, a case, a payment.")), Length(max=2000)],
        render_kw={"rows": 3},
    )
    case = SelectField(_l("The case that shows it"), coerce=id_or_none, validators=[Optional()])

    def choose_from(self, cases: Iterable[tuple[Case, str]]) -> CommitmentStatusForm:
        """:param cases: each with the words it is known by"""
        self.case.choices = [SelectChoice("", _("None"))] + [SelectChoice(case.id, said) for case, said in cases]
        return self

"""What the pages of strategy and agreements take."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from meetingapp.core.forms import Form
from meetingapp.council.forms import DateField, Ticks, enum_choices, id_or_none, line, plain, thing_choices
from meetingapp.council.models import Organisation
from meetingapp.strategy import words
from meetingapp.strategy.models import StrategyArea

MOST_KRONER = 10**12


class KronerField(StringField):
    """Whole kroner, typed as 2500000 or 2 500 000. `data` is an `int` or None."""

    data: Any

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:,}".replace(",", " ") if self.data is not None else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        typed = re.sub(r"\s", "", str(valuelist[0])) if valuelist else ""
        if typed:
            if not (typed.isascii() and typed.isdecimal()) or int(typed[:20]) > MOST_KRONER:
                raise ValueError(_("Write the amount in whole kroner, like this: 2 500 000"))
            self.data = int(typed)


class AreaForm(Form):
    code = StringField(
        _l("Code"), description=_l("1 for an area, 1.2 for a goal under it."), validators=line(20, needed=_l("Write a code."))
    )
    title = StringField(_l("Title"), validators=line(300, needed=_l("Write a title.")))
    kind = SelectField(_l("Kind"), choices=enum_choices(words.AREA_KINDS))
    parent = SelectField(_l("Stands under"), coerce=id_or_none, validators=[Optional()])
    sdg = Ticks(_l("UN goals"), coerce=int, validators=[Optional()])
    indicator = StringField(_l("Measured by"), validators=line(300))
    valid_from = DateField(_l("From and including"), validators=[InputRequired(_l("Write a date."))])
    valid_to = DateField(_l("To the end of"))

    def choose_from(self, areas: Iterable[StrategyArea]) -> AreaForm:
        """:param areas: those a goal can stand under"""
        none = SelectChoice("", _("Nothing: it is an area of its own"))
        self.parent.choices = [none] + [SelectChoice(area.id, f"{area.code} {area.title}") for area in areas]
        self.sdg.choices = [SelectChoice(number, f"{number} {word}") for number, word in words.SDG.items()]
        return self


class AgreementForm(Form):
    title = StringField(_l("Title"), validators=line(300, needed=_l("Write a title.")))
    version = IntegerField(
        _l("Version"),
        default=1,
        validators=[InputRequired(_l("Write a number from 1 up.")), NumberRange(1, 999, _l("Write a number from 1 up."))],
    )
    valid_from = DateField(_l("From and including"), validators=[InputRequired(_l("Write a date."))])
    valid_to = DateField(_l("To the end of"))
    state = SelectField(
        _l("State"), choices=[SelectChoice(state.value, word) for state, (word, _icon, _colour) in words.AGREEMENT_STATES.items()]
    )
    parties = Ticks(_l("Parties"), coerce=int, validators=[InputRequired(_l("Choose at least two parties."))])

    def choose_from(self, organisations: Iterable[Organisation]) -> AgreementForm:
        """:param organisations: those who can be parties"""
        self.parties.choices = thing_choices(organisations)
        return self


def agreement_form(organisations: Iterable[Organisation], data: dict[str, Any] | None = None) -> Any:
    """The form of an agreement, with one more date field for each organisation that can be a party: the day it adopted it.

    :param data: first values; `adopted-<organisation id>` for the days
    """
    known = list(organisations)
    days: dict[str, Any] = {f"adopted-{one.id}": DateField(_l("%(name)s adopted it on", name=one.short_name)) for one in known}
    whole = type("WholeAgreementForm", (AgreementForm,), days)
    return whole(data=data or {}).choose_from(known)


def adopted_days(form: Any, organisations: Iterable[Organisation]) -> dict[int, date]:
    """Organisation id → the day it adopted the agreement, as typed."""
    return {one.id: form[f"adopted-{one.id}"].data for one in organisations if form[f"adopted-{one.id}"].data is not None}


class CommitmentForm(Form):
    clause = StringField(_l("Clause"), description=_l("As in the agreement: 5.1"), validators=line(20, needed=_l("Write the clause.")))
    text = TextAreaField(
        _l("What is promised"),
        filters=[plain],
        validators=[InputRequired(_l("Write what is promised.")), Length(max=2000)],
        render_kw={"rows": 3},
    )
    kind = SelectField(_l("Kind"), choices=enum_choices(words.COMMITMENT_KINDS))
    owed_by = Ticks(_l("Who owes it"), coerce=int, validators=[InputRequired(_l("Choose at least one party."))])
    owed_to = Ticks(
        _l("To whom"),
        description=_l("A mutual promise has the same parties on both sides."),
        coerce=int,
        validators=[InputRequired(_l("Choose at least one party."))],
    )
    amount = KronerField(_l("Amount in kroner"))
    due = DateField(_l("Deadline"))
    recurrence = StringField(_l("How often"), description=_l("For instance: each year, each quarter."), validators=line(80))

    def choose_from(self, parties: Iterable[Organisation]) -> CommitmentForm:
        """:param parties: the parties to the agreement"""
        self.owed_by.choices = self.owed_to.choices = thing_choices(parties)
        return self

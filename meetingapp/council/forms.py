"""What the pages of people, bodies and the council's facts take."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, Field, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import Email, InputRequired, Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.core.database import Model
from meetingapp.core.forms import DateField as AnyDateField
from meetingapp.core.forms import Form, constraint_message, no_line_breaks
from meetingapp.council import words
from meetingapp.council.models import Body, Organisation, Person, Seat
from meetingapp.council.queries import DEFAULTS

FIRST_YEAR, LAST_YEAR = 1900, 2199

# The commands ask first; these speak when two people save at the same moment.
constraint_message("uq_person_email", field="email", message=_l("Someone has this address already."), columns="person.email")
constraint_message("uq_organisation_name", field="name", message=_l("This name is taken already."), columns="organisation.name")
constraint_message("uq_body_council_id_slug", field="name", message=_l("This name is taken already."), columns="body.council_id, body.slug")


class DateField(AnyDateField):
    """A day within the time that councils plan in."""

    def pre_validate(self, form: Any) -> None:
        if self.data is None and self.flags.required and not self.process_errors:
            raise ValidationError(_("Write a date."))  # blanks only: typed, but nothing
        if isinstance(self.data, date) and not FIRST_YEAR <= self.data.year <= LAST_YEAR:
            raise ValidationError(_("Write a year from 1900 to 2199."))


class Ticks(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def plain(text: str | None) -> str:
    """Filter: a text of several lines as we keep it."""
    return (text or "").replace("\r\n", "\n").replace("\x00", "").strip()


def line(longest: int, *, needed: Any = None) -> list[Any]:
    """The validators of one line.

    :param needed: what to say when it is empty; None: it may be
    """
    too_long = Length(max=longest, message=_l("Write at most %(max)d characters."))
    return [InputRequired(needed) if needed is not None else Optional(), too_long, no_line_breaks]


def address(*, needed: Any = None) -> list[Any]:
    """The validators of an e-mail address."""
    return [*line(320, needed=needed), Email(_l("Write the e-mail address like this: name@municipality.no"))]


def facts_of(row: Model, **given: Any) -> dict[str, Any]:
    """The columns of `row` as a form's first values, enums as their text; `given` for what the form calls otherwise."""
    columns = {column.key: getattr(row, column.key) for column in row.__table__.columns}
    return {name: value.value if isinstance(value, enum.Enum) else value for name, value in (columns | given).items()}


def id_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


def enum_choices(of: Mapping[Any, Any], *, none: Any = None) -> list[SelectChoice]:
    """Choices for a select, from a map of members to words.

    :param none: the words of an empty first choice
    """
    first = [SelectChoice("", none)] if none is not None else []
    return first + [SelectChoice(member.value if isinstance(member, enum.Enum) else member, word) for member, word in of.items()]


def thing_choices(things: Iterable[Any], *, none: Any = None, name: str = "name") -> list[SelectChoice]:
    """Choices for a select, from rows with an id and a name. What is not among them is refused."""
    first = [SelectChoice("", none)] if none is not None else []
    return first + [SelectChoice(thing.id, getattr(thing, name)) for thing in things]


def language_choices() -> list[SelectChoice]:
    """The languages a person can choose, and to choose none."""
    return [SelectChoice("", _l("as the organisation")), *enum_choices(words.LANGUAGES)]


class PersonForm(Form):
    name = StringField(_l("Name"), validators=line(200, needed=_l("Write a name.")))
    email = EmailField(_l("E-mail address"), validators=address(needed=_l("Write an e-mail address.")))
    phone = StringField(
        _l("Phone"), validators=[*line(40), Regexp(r"^[+0-9 ()-]*$", message=_l("Write the number with digits, spaces and perhaps a +."))]
    )
    organisation = SelectField(_l("Organisation"), coerce=id_or_none, validators=[InputRequired(_l("Choose an organisation."))])
    title = StringField(_l("Title"), validators=line(200))
    party_list = StringField(_l("Party or list"), validators=line(40))
    language = SelectField(_l("Language of pages and letters"), choices=language_choices())
    is_active = BooleanField(_l("Can sign in and be chosen"), default=True)

    def choose_from(self, organisations: Iterable[Organisation]) -> PersonForm:
        """:param organisations: those the council knows"""
        self.organisation.choices = thing_choices(organisations, none=_("Choose"))
        return self


class OrganisationForm(Form):
    name = StringField(_l("Name"), validators=line(200, needed=_l("Write a name.")))
    short_name = StringField(
        _l("Short name"), description=_l("For tables: «Hamar». Empty: the name without «kommune»."), validators=line(80)
    )
    kind = SelectField(_l("Kind"), choices=enum_choices(words.ORGANISATION_KINDS))
    email = EmailField(_l("E-mail address"), validators=address())
    language = SelectField(_l("Language of letters"), choices=enum_choices(words.LANGUAGES))
    note = TextAreaField(_l("Note"), filters=[plain], validators=[Length(max=2000)], render_kw={"rows": 3})


class AffiliationForm(Form):
    is_participant = RadioField(
        _l("What is it to the council?"),
        choices=[SelectChoice("yes", _l("Participant: elects members")), SelectChoice("no", _l("Partner: has no seats of its own"))],
        validators=[InputRequired(_l("Choose participant or partner."))],
    )
    since = DateField(_l("From and including"), validators=[InputRequired(_l("Write a date."))])
    until = DateField(_l("To the end of"))


class NewOrganisationForm(OrganisationForm):
    is_participant = AffiliationForm.is_participant
    since = AffiliationForm.since


class LastDayForm(Form):
    last_day = DateField(_l("Last day"), validators=[InputRequired(_l("Write a date."))])


class BodyForm(Form):
    name = StringField(_l("Name"), validators=line(200, needed=_l("Write a name.")))
    kind = SelectField(_l("Kind"), choices=enum_choices(words.BODY_KINDS))
    parent = SelectField(_l("Stands under"), coerce=id_or_none, validators=[Optional()])
    series = StringField(
        _l("Prefix of case numbers"),
        description=_l("As in RR 13/26: RR."),
        validators=line(20, needed=_l("Write a prefix, for instance RR.")),
    )
    number_pattern = StringField(
        _l("Pattern of case numbers"),
        description=_l("{series} the prefix, {n:02} the number with two digits, {yy} or {yyyy} the year."),
        default="{series} {n:02}/{yy}",
        validators=line(60, needed=_l("Write a pattern.")),
    )
    voting_seats = IntegerField(
        _l("Voting seats"),
        description=_l("The quorum is counted from these. 0 for a body that only advises."),
        default=0,
        validators=[InputRequired(_l("Write a number from 0 up.")), NumberRange(0, 500, _l("Write a number from 0 to 500."))],
    )
    advisory = BooleanField(_l("Only advises, decides nothing"))
    organizer_address = EmailField(
        _l("Sender of its letters"),
        description=_l("Calendars know the body's meetings by this address. Change it only when you must."),
        validators=address(needed=_l("Write an e-mail address.")),
    )
    language = SelectField(_l("Language of records"), choices=enum_choices(words.LANGUAGES))
    created_by = StringField(_l("Made by decision"), description=_l("For instance RR 27/23."), validators=line(200))
    valid_from = DateField(_l("From and including"), validators=[InputRequired(_l("Write a date."))])
    valid_to = DateField(_l("To the end of"))

    def choose_from(self, bodies: Iterable[Body]) -> BodyForm:
        """:param bodies: those it can stand under"""
        self.parent.choices = thing_choices(bodies, none=_("Nothing: it is on top"))
        return self


class SeatForm(Form):
    person = SelectField(_l("Person"), coerce=id_or_none, validators=[InputRequired(_l("Choose a person."))])
    role = SelectField(_l("Role"), choices=enum_choices(words.ROLES))
    office = SelectField(_l("Office"), choices=enum_choices(words.OFFICES, none=_l("None")), validators=[Optional()])
    organisation = SelectField(
        _l("Elected or sent by"), description=_l("Empty: the person's own organisation."), coerce=id_or_none, validators=[Optional()]
    )
    valid_from = DateField(_l("From and including"), validators=[InputRequired(_l("Write a date."))])
    valid_to = DateField(_l("To the end of"), description=_l("Empty: until the seat is ended."))
    party_list = StringField(_l("Party or list"), validators=line(40))
    rank = IntegerField(
        _l("Place in the elected order"),
        description=_l("Deputies only: 1 is called first."),
        validators=[Optional(), NumberRange(1, 99, _l("Write a number from 1 to 99."))],
    )
    deputy_for = Ticks(_l("Stands in for"), description=_l("Deputies only."), coerce=int, validators=[Optional()])
    is_personal = BooleanField(_l("Personal deputy: for one member only"))
    rights = Ticks(
        _l("Rights"),
        description=_l("Nothing ticked: what the role usually has."),
        choices=enum_choices(words.RIGHTS),
        validators=[Optional()],
    )
    partnership_rights = Ticks(
        _l("Rights in partnership matters"),
        description=_l("Only where they differ."),
        choices=enum_choices(words.RIGHTS),
        validators=[Optional()],
    )
    ground = TextAreaField(
        _l("Ground for the right to speak or propose"),
        description=_l("For one who is not a member. Only an act can give this right (kommuneloven § 8-1)."),
        filters=[plain],
        validators=[Length(max=500)],
        render_kw={"rows": 2},
    )

    def choose_from(self, people: Iterable[Person], organisations: Iterable[Organisation], members: Iterable[Seat]) -> SeatForm:
        """:param members: the members' seats that a deputy can stand in for"""
        self.person.choices = [SelectChoice("", _("Choose"))] + [SelectChoice(one.id, named(one)) for one in people]
        self.organisation.choices = thing_choices(organisations, none=_("The person's own"))
        self.deputy_for.choices = [SelectChoice(seat.id, seat.person.name) for seat in members]
        return self


def named(person: Person) -> str:
    """A person as in a select, told from others of the same name."""
    return f"{person.name} ({person.organisation.short_name})" if person.organisation is not None else person.name


class EndSeatForm(LastDayForm):
    because = TextAreaField(
        _l("Why it ends"),
        description=_l("As the electing organisation gave it. Nothing about health."),
        filters=[plain],
        validators=[InputRequired(_l("Write why the seat ends.")), Length(max=500)],
        render_kw={"rows": 2},
    )


class SettingForm(Form):
    key = SelectField(_l("Setting"), choices=[SelectChoice(key, words.SETTINGS[key]) for key in DEFAULTS])
    value = StringField(
        _l("Value"),
        description=_l(
            "Days and signatories: a number. Reminders of actions: 14, 3, or no. Share: 1/2."
            " Formal items and reminders of calls: yes or no. Postponed: keep_number or new_number."
        ),
        validators=line(200, needed=_l("Write a value.")),
    )
    for_all = BooleanField(_l("Holds for all bodies of the council that have no value of their own"))
    valid_from = DateField(
        _l("From and including"),
        description=_l("The value before it ends the day before."),
        validators=[InputRequired(_l("Write a date."))],
    )
    source = StringField(_l("Decided in, or rests on"), description=_l("For instance RR 29/23."), validators=line(300))

    def validate_value(self, field: Field) -> None:
        """Take Norwegian and English yes and no."""
        field.data = {"ja": "yes", "nei": "no"}.get((field.data or "").strip().lower(), (field.data or "").strip())


class CouncilForm(Form):
    name = StringField(
        _l("Name"), description=_l("Contains «interkommunalt politisk råd» or «IPR»."), validators=line(200, needed=_l("Write a name."))
    )
    short_name = StringField(_l("Short name"), description=_l("In headers and subjects of letters."), validators=line(80))
    email = EmailField(_l("E-mail address"), validators=address(needed=_l("Write an e-mail address.")))
    legal_form = StringField(_l("Legal form"), validators=line(200))
    seat_municipality = SelectField(_l("Seat municipality"), coerce=id_or_none, validators=[Optional()])
    public_host = StringField(
        _l("Host name of the public pages"),
        validators=[*line(255), Regexp(r"^([a-z0-9-]+\.)*[a-z0-9-]+$", message=_l("Write a host name, for instance www.hamarregionen.no"))],
    )
    default_language = SelectField(_l("Language"), choices=enum_choices(words.LANGUAGES))
    publication_criterion = TextAreaField(
        _l("What we publish, and what we do not"),
        description=_l("Stands in the public pages."),
        filters=[plain],
        validators=[Length(max=4000)],
        render_kw={"rows": 5},
    )

    def choose_from(self, organisations: Iterable[Organisation]) -> CouncilForm:
        """:param organisations: the participants"""
        self.seat_municipality.choices = thing_choices(organisations, none=_("None"))
        return self


class LegalBasisForm(Form):
    use = SelectField(_l("Allows to"), choices=enum_choices(words.BASIS_USES))
    label = StringField(
        _l("Provision"),
        description=_l("As it is written: offentleglova § 23 første ledd"),
        validators=line(200, needed=_l("Write the provision.")),
    )
    about = TextAreaField(_l("In plain words"), filters=[plain], validators=[Length(max=1000)], render_kw={"rows": 3})
    is_duty = BooleanField(_l("A duty: it must be used where it fits"))
    valid_from = DateField(_l("In force from"), validators=[InputRequired(_l("Write a date."))])
    valid_to = DateField(_l("To the end of"))


class EditLegalBasisForm(LegalBasisForm):
    use = None
    label = None

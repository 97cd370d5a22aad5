"""What the agenda page takes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from meetingapp.agendas.models import ItemKind
from meetingapp.core.forms import Form, no_line_breaks

KINDS = [
    (ItemKind.PROGRAMME.value, _l("Information or programme")),
    (ItemKind.BREAK.value, _l("Break")),
    (ItemKind.FORMAL.value, _l("Formal item")),
]


class ItemForm(Form):
    """A programme item, break or formal item."""

    kind = SelectField(_l("Kind of item"), choices=KINDS)
    title = StringField(
        _l("Title"),
        validators=[
            InputRequired(_l("Write a title.")),
            Length(max=300, message=_l("A title has at most 300 characters.")),
            no_line_breaks,
        ],
        description=_l("It is public."),
    )
    speakers = StringField(
        _l("Who speaks"), validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks]
    )
    minutes = IntegerField(
        _l("Minutes"),
        default=15,
        validators=[
            InputRequired(_l("Write a number of minutes.")),
            NumberRange(min=0, max=600, message=_l("Write a number of minutes, 0 to 600.")),
        ],
    )
    parent = HiddenField(default="")


class MinutesForm(Form):
    """How long one item takes."""

    minutes = IntegerField(
        _l("Minutes"),
        validators=[
            InputRequired(_l("Write a number of minutes.")),
            NumberRange(min=0, max=600, message=_l("Write a number of minutes, 0 to 600.")),
        ],
    )

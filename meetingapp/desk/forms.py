"""What the outgoing post takes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from meetingapp.core.forms import Form, no_line_breaks
from meetingapp.core.mail.post import WAYS

WORDS = dict(zip(WAYS, (_l("By phone"), _l("On paper"), _l("In person")), strict=True))


class ToldForm(Form):
    """That somebody was told in another way than by the letter."""

    how = RadioField(_l("How were they told?"), choices=list(WORDS.items()), validators=[InputRequired(_l("Choose how they were told."))])
    note = StringField(
        _l("Who told them, and when"),
        validators=[Optional(), Length(max=300, message=_l("At most 300 characters.")), no_line_breaks],
    )

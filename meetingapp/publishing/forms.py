"""What recalling takes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField
from wtforms.validators import InputRequired, Length

from meetingapp.core.forms import Form


class RecallForm(Form):
    reason = TextAreaField(
        _l("Why it is taken back"),
        validators=[
            InputRequired(_l("Write why it is taken back. The reason is shown.")),
            Length(max=500, message=_l("At most 500 characters.")),
        ],
        description=_l("Shown to whoever opens the address. Do not repeat what should not have been there."),
    )

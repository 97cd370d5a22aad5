"""What the sign-in page takes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, HiddenField, RadioField
from wtforms.validators import Email, InputRequired, Length

from meetingapp.core.forms import Form, no_line_breaks
from meetingapp.council.forms import language_choices


class SignInForm(Form):
    email = EmailField(
        _l("E-mail address"),
        validators=[
            InputRequired(_l("Write your e-mail address.")),
            Length(max=320, message=_l("An e-mail address has at most 320 characters.")),
            no_line_breaks,
            Email(_l("Write the e-mail address like this: name@municipality.no")),
        ],
        render_kw={"autocomplete": "email"},
    )
    next_path = HiddenField(name="videre")


class LanguageForm(Form):
    language = RadioField(_l("Language of your pages and letters"), choices=language_choices())

"""What the sign-in pages take."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, Field, HiddenField, PasswordField, RadioField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import Email, EqualTo, InputRequired, Length, ValidationError

from meetingapp.accounts import factors, passwords
from meetingapp.core.forms import Form, OneButtonForm, no_line_breaks
from meetingapp.council.forms import language_choices

ADDRESS = [
    InputRequired(_l("Write your e-mail address.")),
    Length(max=320, message=_l("An e-mail address has at most 320 characters.")),
    no_line_breaks,
    Email(_l("Write the e-mail address like this: name@municipality.no")),
]
LONGEST_TYPED = Length(max=4 * passwords.LONGEST, message=_l("This is longer than any password here."))


class SignInForm(Form):
    email = EmailField(_l("E-mail address"), validators=ADDRESS, render_kw={"autocomplete": "email"})
    leads_to = HiddenField(name="videre")


class PasswordSignInForm(Form):
    email = EmailField(_l("E-mail address"), validators=ADDRESS, render_kw={"autocomplete": "username"})
    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Write your password.")), LONGEST_TYPED],
        render_kw={"autocomplete": "current-password"},
    )
    leads_to = HiddenField(name="videre")


class ConfirmForm(Form):
    """The password once more, before something that must not be done by whoever finds an open screen."""

    password = PasswordField(
        _l("Password"),
        validators=[InputRequired(_l("Write your password.")), LONGEST_TYPED],
        render_kw={"autocomplete": "current-password"},
    )
    leads_to = HiddenField(name="videre")


def six_digits(form: Any, field: Field) -> None:
    """Validator: a code as an app shows it."""
    typed = factors.digits(field.data or "")
    if not re.fullmatch(r"[0-9]*", typed):
        raise ValidationError(_("A code has only digits."))
    if len(typed) != factors.DIGITS:
        raise ValidationError(_("The code has %(num)d digits. It shall have six.", num=len(typed)))


class CodeForm(Form):
    code = StringField(
        _l("One-time code"),
        description=_l("You can paste it, with or without spaces."),
        validators=[InputRequired(_l("Write the code from the app.")), Length(max=40), six_digits],
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "otp"},
    )


class RecoveryForm(Form):
    code = StringField(
        _l("Recovery code"),
        description=_l("Twelve signs, like abcd-efgh-jkmn. Lines and capital letters do not matter."),
        validators=[InputRequired(_l("Write one of your recovery codes.")), Length(max=60), no_line_breaks],
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )


class NewPasswordForm(Form):
    password = PasswordField(
        _l("New password"),
        validators=[InputRequired(_l("Write a password.")), LONGEST_TYPED],
        render_kw={"autocomplete": "new-password"},
    )
    again = PasswordField(
        _l("The same once more"),
        validators=[InputRequired(_l("Write the password once more.")), EqualTo("password", _l("The two are not the same."))],
        render_kw={"autocomplete": "new-password"},
    )


class FactorForm(CodeForm):
    uid = HiddenField(default=factors.new_uid)


class WhichSessionForm(OneButtonForm):
    which = HiddenField(name="okt")


class LanguageForm(Form):
    language = RadioField(_l("Language of your pages and letters"), choices=language_choices())


class SchemeForm(Form):
    scheme = RadioField(
        _l("Light or dark pages"),
        choices=[SelectChoice("", _l("As the device has it")), SelectChoice("light", _l("Light")), SelectChoice("dark", _l("Dark"))],
    )

"""What a note takes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from meetingapp.core.forms import Form


class NoteForm(Form):
    """A note, and the words of the paper that it is about."""

    text = TextAreaField(
        _l("Your note"),
        validators=[InputRequired(_l("Write the note.")), Length(max=4000, message=_l("At most 4,000 characters."))],
        render_kw={"rows": 5},
    )
    quote = StringField(
        _l("The words in the paper it is about"),
        validators=[Optional(), Length(max=500, message=_l("At most 500 characters."))],
        description=_l("Copy a few words from the paper. When a new version comes, you see whether they still stand there."),
    )

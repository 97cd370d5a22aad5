"""What the pages of a case take."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from meetingapp.cases.models import CaseKind, Scope
from meetingapp.cases.words import EXEMPTIONS, KINDS, MATTERS, SCOPES
from meetingapp.core.forms import Form, MarkdownField, VersionField, no_line_breaks
from meetingapp.council.forms import DateField, plain
from meetingapp.council.models import Matter

LANGUAGES = [("nb", "Bokmål"), ("nn", "Nynorsk"), ("en", "English")]


def title_rules(missing: Any) -> list[Any]:
    """One line of at most 300 characters."""
    return [DataRequired(missing), Length(max=300, message=_l("A title has at most 300 characters.")), no_line_breaks]


def without_nul(text: str | None) -> str | None:
    """PostgreSQL takes no NUL in a text."""
    return text.replace("\x00", "") if text else text


def number_in(text: Any) -> int | None:
    """The number in a hidden field as it was sent; None for anything that is none, and for a form that was sent without the field."""
    return int(text) if isinstance(text, str) and text.isascii() and text.isdecimal() and len(text) < 10 else None


class ClosedWordsField(TextAreaField):
    """Words that must never be public, one on each line. `words` is the list."""

    def __init__(self, *given: Any, **named: Any) -> None:
        rules = [Optional(), Length(max=2000, message=_l("At most 2000 characters."))]
        help = _l("One on each line: names, addresses. Publishing stops where one of them is found.")
        named = {"validators": rules, "description": help, "filters": [without_nul], "render_kw": {"rows": 4}} | named
        super().__init__(_l("Words that must never be public"), *given, **named)

    @property
    def words(self) -> list[str]:
        return [line.strip() for line in (self.data or "").splitlines() if line.strip()]


class TickBoxes(SelectMultipleField):
    """Several choices as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def pre_validate(self, form: Any) -> None:
        if self.data and any(str(value) not in {str(choice[0]) for choice in self.choices} for value in self.data):
            raise ValidationError(_("Choose among those that stand here."))


def whole_number_or_none(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class FactsForm(Form):
    seen_version = VersionField()
    kind = SelectField(_l("Kind"), choices=[(kind.value, word) for kind, word in KINDS.items()])
    scope = SelectField(_l("Scope"), choices=[(scope.value, word) for scope, word in SCOPES.items()])
    title = StringField(_l("Internal title"), validators=title_rules(_l("Write a title.")))
    public_title = StringField(
        _l("Public title"),
        validators=[Optional(), Length(max=300, message=_l("A title has at most 300 characters.")), no_line_breaks],
        description=_l("What everybody sees, in the call, on the web and in calendars. It is never copied from the internal title."),
    )
    matter = SelectField(
        _l("Kind of matter"),
        choices=[(matter.value, word) for matter, word in MATTERS.items()],
        description=_l("Decides who may vote."),
    )
    main_area = SelectField(_l("Main area of the strategy"), coerce=whole_number_or_none, validators=[Optional()])
    side_areas = TickBoxes(_l("Side areas"), coerce=int)
    sdg = TickBoxes(_l("UN Sustainable Development Goals"), coerce=int, choices=[(n, str(n)) for n in range(1, 18)])
    officer = SelectField(_l("Case officer"), coerce=whole_number_or_none, validators=[Optional()])
    archive_ref = StringField(
        _l("Archive reference"), validators=[Optional(), Length(max=80, message=_l("At most 80 characters.")), no_line_breaks]
    )
    language = SelectField(_l("Language of the case"), choices=LANGUAGES)
    minutes_needed = IntegerField(
        _l("Minutes in the meeting"),
        default=15,
        validators=[
            InputRequired(_l("Write a number of minutes.")),
            NumberRange(min=0, max=600, message=_l("Write a number of minutes, 0 to 600.")),
        ],
    )

    closed_words = ClosedWordsField()

    def validate_minutes_needed(self, field: IntegerField) -> None:
        if field.data is None:
            raise ValidationError(_("Write a number of minutes, 0 to 600."))

    def facts(self, areas: dict[int, Any], officers: dict[int, Any]) -> dict[str, Any]:
        """What the commands take. `areas` and `officers` are the rows that could be chosen, by id."""
        return {
            "kind": CaseKind(self.kind.data),
            "scope": Scope(self.scope.data),
            "title": self.title.data,
            "public_title": self.public_title.data or "",
            "matter": Matter(self.matter.data),
            "main_area": areas.get(self.main_area.data) if self.main_area.data else None,
            "side_areas": [areas[area] for area in self.side_areas.data or []],
            "sdg": self.sdg.data or [],
            "officer": officers.get(self.officer.data) if self.officer.data else None,
            "archive_ref": self.archive_ref.data or "",
            "language": self.language.data,
            "minutes_needed": self.minutes_needed.data,
            "closed_words": self.closed_words.words,
        }


class ExemptionForm(Form):
    seen_version = VersionField()
    exemption = RadioField(_l("Public access"), choices=[(value.value, word) for value, word in EXEMPTIONS.items()])
    legal_basis = SelectField(
        _l("Provision"), coerce=whole_number_or_none, validators=[Optional()], description=_l("Needed for an exempt case.")
    )
    public_title = StringField(
        _l("Public title"),
        validators=[Optional(), Length(max=300, message=_l("A title has at most 300 characters.")), no_line_breaks],
        description=_l("Needed for an exempt case. Neutral: no names, no places, nothing that tells what is exempt."),
    )
    until = StringField(_l("Exempt until"), validators=[Optional(), Length(max=200, message=_l("At most 200 characters.")), no_line_breaks])
    wider_access = TextAreaField(
        _l("Giving access anyway"),
        validators=[Optional(), Length(max=1000, message=_l("At most 1000 characters."))],
        description=_l("Needed for an exempt case. What came of considering it (offentleglova § 11)."),
        filters=[without_nul],
    )
    closed_words = ClosedWordsField()


class WriteForm(Form):
    """The open paper, as whoever is asked to write it sees it."""

    seen_version = VersionField(default="0")
    text = MarkdownField(_l("Case paper"), validators=[DataRequired(_l("Write the text."))], rows=22)
    recommendation = MarkdownField(
        _l("Recommendation"),
        validators=[Optional()],
        rows=6,
        description=_l("The proposed decision, word for word. Number the points 1., 2., 3."),
    )


class PaperForm(WriteForm):
    source = HiddenField(default="")  # signed: which Word file the text was read from


class DeliverForm(Form):
    """That the writer has looked over what stands there."""

    seen_version = VersionField()


class DueForm(Form):
    """By when a case paper shall be written."""

    due = DateField(_l("Deadline"), description=_l("The day itself is in time."), validators=[InputRequired(_l("Write a date."))])
    message = TextAreaField(
        _l("Message"),
        validators=[Optional(), Length(max=2000, message=_l("At most 2000 characters."))],
        description=_l("Stands in the letter. Write nothing that is exempt: a letter is read by many machines."),
        filters=[plain],
        render_kw={"rows": 4},
    )


class AskForm(DueForm):
    person = SelectField(
        _l("Who shall write"),
        coerce=whole_number_or_none,
        validators=[InputRequired(_l("Choose who shall write."))],
        description=_l("They get a letter with a link of their own, and need no account."),
    )


class DeadlineForm(DueForm):
    seen_version = VersionField()


class TemplateForm(Form):
    seen_version = HiddenField(default="0")
    text = MarkdownField(
        _l("What a new case paper starts with"),
        validators=[Optional()],
        rows=18,
        description=_l("Headings begin with ##. A line under a heading can say what shall stand there."),
    )
    recommendation = MarkdownField(_l("Recommendation"), validators=[Optional()], rows=4)


class ClosedPaperForm(Form):
    seen_version = VersionField(default="0")
    text = MarkdownField(_l("Closed part"), validators=[DataRequired(_l("Write the text."))], rows=18)


class WordForm(Form):
    file = FileField(_l("Word file (.docx)"), validators=[FileRequired(_l("Choose a file."))])


class OpenAttachmentForm(Form):
    """A file that is not closed: all that a writer by link can add."""

    title = StringField(
        _l("Title"),
        validators=[
            DataRequired(_l("Write a title.")),
            Length(max=200, message=_l("A title has at most 200 characters.")),
            no_line_breaks,
        ],
    )
    file = FileField(_l("File"), validators=[FileRequired(_l("Choose a file."))])


class AttachmentForm(OpenAttachmentForm):
    is_closed = BooleanField(_l("Closed: only for those with access to the exempt part"))
    on_web = RadioField(_l("On the net"), choices=[("ja", _l("On the net")), ("nei", _l("Not on the net"))], validators=[Optional()])


class ProposalForm(Form):
    title = StringField(_l("What is it about?"), validators=title_rules(_l("Write a title.")))
    text = MarkdownField(
        _l("What should the council do?"),
        validators=[DataRequired(_l("Write what the council should do, and why."))],
        rows=10,
        description=_l("Half a page is enough. The secretary answers you."),
    )


class AnswerForm(Form):
    answer = TextAreaField(
        _l("Answer to the proposer"),
        validators=[Optional(), Length(max=2000, message=_l("At most 2000 characters."))],
        description=_l("Goes in the letter to the proposer. Needed when you decline."),
        filters=[without_nul],
    )

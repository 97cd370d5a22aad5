"""What the forms' library says, in our words and languages: it knows no nynorsk, and speaks of fields and values."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

CHOOSE, NUMBER, NEEDED = _l("Choose something from the list."), _l("Write a whole number."), _l("Fill this in.")
OURS = {  # what the library would say → what we say; its placeholders stay
    "Not a valid choice.": CHOOSE,
    "Invalid Choice: could not coerce.": CHOOSE,
    "'%(value)s' is not a valid choice for this field.": CHOOSE,
    "'%(value)s' are not valid choices for this field.": CHOOSE,
    "Not a valid integer value.": NUMBER,
    "This field is required.": NEEDED,
    "Field cannot be longer than %(max)d character.": _l("At most %(max)d characters."),
    "Field cannot be longer than %(max)d characters.": _l("At most %(max)d characters."),
    "Field must be at least %(min)d characters long.": _l("At least %(min)d characters."),
    "Number must be at least %(min)s.": _l("Write a number from %(min)s up."),
    "Number must be between %(min)s and %(max)s.": _l("Write a number from %(min)s to %(max)s."),
}


class OurWords:
    """The library's way to ask for a translation."""

    def gettext(self, said: str) -> str:
        return str(OURS.get(said, said))

    def ngettext(self, one: str, many: str, number: int) -> str:
        return self.gettext(one if number == 1 else many)

"""The form of the house."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import has_request_context, request
from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFError
from flask_wtf.form import _Auto
from sqlalchemy.exc import IntegrityError
from werkzeug.datastructures import CombinedMultiDict
from wtforms import HiddenField

from meetingapp.core.database.model import db
from meetingapp.core.database.transactions import give_up
from meetingapp.core.forms.rules import RuleBroken, Stale
from meetingapp.core.forms.words import OurWords

VERSION_FIELDS = {"seen_version", "version"}  # what a form calls the version that its page was made from
_constraints: dict[str, tuple[str | None, LazyString]] = {}


def constraint_message(name: str, *, field: str | None, message: LazyString, columns: str = "") -> None:
    """Let a broken constraint show as `message` beside `field`.

    :param name: the constraint's name, as PostgreSQL reports it
    :param columns: `table.a, table.b` of a UNIQUE constraint, which is all that SQLite reports
    """
    _constraints[name] = (field, message)
    if columns:
        _constraints[f"UNIQUE constraint failed: {columns}"] = (field, message)


def _as_rule(error: IntegrityError) -> RuleBroken:
    said = str(error.orig)
    for name, (field, message) in _constraints.items():
        if name in said:
            return RuleBroken(str(message), field=field)
    return RuleBroken(_("What you wrote collides with something already stored. Nothing was changed."))


def fresh_key() -> str:
    """A new idempotency key: the same form sent twice is one request."""
    return secrets.token_urlsafe(16)


class Form(FlaskForm):
    """A form that knows whether its command went through.

    `is_done` is true when the fields were valid and no rule was broken. After a refused form the write transaction has
    ended and what is loaded stays loaded, so that the page can be shown again with all that was typed.
    """

    class Meta(FlaskForm.Meta):
        def get_translations(self, form: Any) -> OurWords:
            return OurWords()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent, as a browser's form sends it; where nothing was, every field is empty.

            The library would show what is stored as if it had been sent, and would take JSON, whose values are of any kind and depth.
            """
            if formdata is not _Auto:
                return formdata
            return CombinedMultiDict((request.files, request.form)) if form.is_submitted() else None

    idempotency_key = HiddenField(name="_key", default=fresh_key)
    is_done = False
    form_errors: list[str]

    def validate_on_submit(self, **given: Any) -> bool:
        valid = bool(super().validate_on_submit(**given))
        if self.is_submitted() and not valid:
            give_up()
        return valid

    @contextmanager
    def rules(self) -> Iterator[None]:
        """Run one command. A broken rule undoes it, ends the write transaction, and shows in the form (status 422)."""
        try:
            with db.session.begin_nested():  # undone alone, so what the view has loaded stays loaded for the template
                yield
            self.is_done = True
        except Stale as stale:
            stale.form = self
            raise
        except (RuleBroken, IntegrityError) as broken:
            rule = _as_rule(broken) if isinstance(broken, IntegrityError) else broken
            give_up()
            said = f"{rule.message} {rule.next_step}".strip()
            if rule.field is not None and rule.field in self._fields:
                field = self._fields[rule.field]
                field.errors = [*field.errors, said]
            else:
                self.form_errors = [*self.form_errors, said]

    def made_from(self, version: int) -> None:
        """Let the form, with all that was typed, be sent once more from a newer version."""
        for name in VERSION_FIELDS & self._fields.keys():
            self._fields[name].data = str(version)
        self.idempotency_key.data = fresh_key()

    @property
    def status(self) -> int:
        """200 for a page with a fresh form, 422 for one with faults."""
        return 422 if self.errors or self.form_errors else 200


class OneButtonForm(Form):
    """A form with nothing to fill in, so nothing can be mended in it: what is wrong with it is its token (400)."""

    def __init__(self, *given: Any, **named: Any) -> None:
        assert has_request_context()
        super().__init__(*given, **named)

    def validate_on_submit(self, **given: Any) -> bool:
        valid = super().validate_on_submit(**given)
        if self.is_submitted() and not valid:
            raise CSRFError
        return valid

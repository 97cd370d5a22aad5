"""Two people edit one text: whoever saves last from an older page is told, and sees both texts. Every form with a version is tried."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import Client
from wtforms import HiddenField

from meetingapp.core.forms import Form
from tests.access.roles import World
from tests.access.table import rows
from tests.access.walk import path_of
from tests.forms import FormSeen, Page, form_data

pytestmark = pytest.mark.slow
VERSIONS = {"seen_version", "version"}  # what a form calls the version that its page was made from
LINES = {"title", "public_title", "speakers", "opening", "closing", "until"}  # texts of one line; numbers and days are no texts


def _versioned(html: str) -> list[FormSeen]:
    """The forms that change a text which is there: where something new is added, no version stands in the field."""
    tags = [tag for tag in re.findall(r"<input[^>]*>", html) if 'type="hidden"' in tag]  # an agreement has a version to be read, too
    hidden = {name for name in VERSIONS if any(f'name="{name}"' in tag for tag in tags)}
    return [
        form
        for form in Page(html).forms
        if form.in_main and form.method == "post" and any(name in hidden and value for name, value in form.fields)
    ]


def _texts(html: str, form: FormSeen) -> list[str]:
    areas = set(re.findall(r'<textarea[^>]* name="(\w+)"', html))
    return sorted(form.names & (areas | LINES))


def _load(browser: Client, path: str, number: int, word: str) -> tuple[str, dict[str, Any], dict[str, str]]:
    """Open a page and type `word` into each text of one of its forms: (where it goes, what is sent, what was typed)."""
    html = browser.get(path).get_data(as_text=True)
    form = _versioned(html)[number]
    typed = {name: f"{word} {name}" for name in _texts(html, form)}
    mine = [one for one in Page(html).forms if one.in_main and one.method == "post"]
    place = next(index for index, one in enumerate(mine) if one.fields == form.fields)
    action, data = form_data(html, form=place, button=None, fields=typed)
    return action or path, data, typed


def _send(browser: Client, loaded: tuple[str, dict[str, Any], dict[str, str]]) -> Any:
    return browser.post(loaded[0], data=loaded[1], content_type="multipart/form-data")


def _kept(html: str, his: tuple[str, dict[str, Any], dict[str, str]]) -> tuple[str, dict[str, Any], dict[str, str]]:
    """The form of the page that shows both texts, sent as it stands there: all that was typed is in it."""
    action, data = form_data(html, form=0, button=None, fields={})
    for name, typed in his[2].items():
        assert str(data[name]).strip() == typed, f"{name} is not kept in the form"
    return action or "", data, his[2]


def _forms(world: World, browser: Client) -> dict[tuple[str, int], frozenset[str]]:
    """Every form with a version that the secretary meets on the table's pages: (path, its place there) → the names of its fields."""
    found = {}
    for row in rows():
        if "GET" in row.methods and "secretary" in row.gets_in and row.when:
            path = path_of(row.address, world.things[row.when])
            answer = browser.get(path)
            if "html" in str(answer.content_type):
                html = answer.get_data(as_text=True)
                found |= {(path, n): frozenset(form.names) for n, form in enumerate(_versioned(html)) if _texts(html, form)}
    return found


@pytest.mark.shows("promise-7")
def test_neither_of_two_editors_overwrites_the_other_unseen(world: World) -> None:
    one, other = world.browser("secretary"), world.browser("secretary")
    forms, tried = _forms(world, one), set()
    for (path, number), names in forms.items():
        if names in tried:
            continue
        for first, second in ((one, other), (other, one)):
            hers, his = _load(first, path, number, "Første"), _load(second, path, number, "Andre")
            if not hers[2] or _send(first, hers).status_code != 303:
                continue  # a state in which this form saves nothing: another thing's page is tried
            refused = _send(second, his)
            said = Page(refused.get_data(as_text=True)).text
            assert refused.status_code == 409, f"{path}: {refused.status_code}"
            for name, typed in hers[2].items() | his[2].items():
                assert typed in said, f"{path}: {name} is lost: {typed}"
            kept = _kept(refused.get_data(as_text=True), his)
            assert _send(second, kept).status_code == 303, f"{path}: one's own text is saved over what was shown"
            again = _load(second, path, number, "Tredje")
            assert _send(second, again).status_code == 303, f"{path}: from the newest page it is saved"
            tried.add(names)
    kinds = {frozenset(names) for names in forms.values()}

    assert kinds - tried == set(), "These forms carry a version, and could be saved from no page of the table."
    assert len(tried) >= 8


@pytest.mark.shows("promise-7")
def test_every_form_with_a_version_is_met_on_some_page(world: World) -> None:
    met = _forms(world, world.browser("secretary")).values()
    carry = [form for form in _kinds_of(Form) if any(_is_hidden(form, name) for name in VERSIONS) and not _kinds_of(form)]
    missing = [form.__qualname__ for form in carry if not any(VERSIONS & names and _names(form) <= names for names in met)]

    assert missing == [], "Let a line of docs/reference/access.md lead to a page with these forms."


def _kinds_of(form: type) -> list[type]:
    return [kind for one in form.__subclasses__() for kind in (one, *_kinds_of(one)) if one.__module__.startswith("meetingapp")]


def _is_hidden(form: type, name: str) -> bool:
    return issubclass(getattr(getattr(form, name, None), "field_class", object), HiddenField)


def _names(form: type) -> set[str]:
    """The texts and versions of a form, by the names that its class gives them."""
    return {name for name in dir(form) if name in VERSIONS | {"text", "title"} and not isinstance(getattr(form, name), property)}

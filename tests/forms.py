"""Reads pages as a browser without JavaScript does: forms, fields, links and text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lxml.etree import HTMLParser


@dataclass
class FormSeen:
    action: str = ""
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)  # name and value, as sent when nothing is touched
    names: set[str] = field(default_factory=set)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)  # name, value, text
    in_main: bool = False


class Page:
    """One page: `text` (what is read), `links`, `forms`."""

    def __init__(self, html: str) -> None:
        self.html = html
        self.forms: list[FormSeen] = []
        self.links: list[tuple[str, str]] = []  # href, text
        self._text: list[str] = []
        self._form: FormSeen | None = None
        self._select: str | None = None
        self._select_values: list[tuple[str, bool]] = []
        self._option: tuple[str, bool] | None = None
        self._textarea: str | None = None
        self._button: tuple[str, str] | None = None
        self._buffer: list[str] = []
        self._link: str | None = None
        self._link_text: list[str] = []
        self._skip = 0
        self._in_main = False
        parser: Any = HTMLParser(target=self)  # calls start, end, data and close
        parser.feed(html.replace("\r", "&#13;"))  # as it was sent: a raw one would be read as a line feed
        self.text = parser.close()

    def close(self) -> str:
        """What is read: words that stand in different elements are words apart."""
        return " ".join("".join(self._text).split())

    def start(self, tag: str, given: dict[str, str]) -> None:
        self._text.append(" ")
        if tag == "main":
            self._in_main = True
        elif tag in ("script", "style"):
            self._skip += 1
        elif tag == "form":
            self._form = FormSeen(given.get("action", ""), given.get("method", "get").lower(), in_main=self._in_main)
            self.forms.append(self._form)
        elif tag == "a" and "href" in given:
            self._link, self._link_text = given["href"], []
        elif self._form is not None:
            self._control(tag, given)

    def _control(self, tag: str, given: dict[str, str]) -> None:
        assert self._form is not None
        name, kind = given.get("name", ""), given.get("type", "text").lower()
        if tag == "input":
            if kind in ("submit", "image"):
                self._form.buttons.append((name, given.get("value", ""), given.get("value", "")))
            elif name:
                self._form.names.add(name)
                if kind in ("checkbox", "radio"):
                    if "checked" in given:
                        self._form.fields.append((name, given.get("value", "on")))
                elif kind != "file":
                    self._form.fields.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._textarea, self._buffer = name, []
        elif tag == "select":
            self._select, self._select_values = name, []
        elif tag == "option":
            self._option, self._buffer = (given.get("value", ""), "selected" in given), []
            self._select_values.append((given.get("value", ""), "selected" in given))
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._button, self._buffer = (name, given.get("value", "")), []

    def end(self, tag: str) -> None:
        self._text.append(" ")
        if tag in ("script", "style"):
            self._skip -= 1
        elif tag == "main":
            self._in_main = False
        elif tag == "form":
            self._form = None
        elif tag == "a" and self._link is not None:
            self.links.append((self._link, " ".join("".join(self._link_text).split())))
            self._link = None
        elif self._form is not None and tag == "textarea" and self._textarea is not None:
            self._form.names.add(self._textarea)
            self._form.fields.append((self._textarea, "".join(self._buffer).removeprefix("\n")))
            self._textarea = None
        elif self._form is not None and tag == "select" and self._select is not None:
            self._form.names.add(self._select)
            chosen = [value for value, is_chosen in self._select_values if is_chosen] or [value for value, _ in self._select_values[:1]]
            self._form.fields += [(self._select, value) for value in chosen]
            self._select = None
        elif self._form is not None and tag == "button" and self._button is not None:
            self._form.buttons.append((*self._button, " ".join("".join(self._buffer).split())))
            self._button = None

    def data(self, data: str) -> None:
        if self._skip:
            return
        self._text.append(data)
        self._buffer.append(data)
        if self._link is not None:
            self._link_text.append(data)


def form_data(html: str, *, form: str | int, button: str | None, fields: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The address and the data that a browser would send for one form of a page.

    :raises AssertionError: where there is no such form, button or field on the page
    """
    page = Page(html)
    forms = [seen for seen in page.forms if seen.method == "post" and seen.in_main]
    if isinstance(form, str):
        forms = [seen for seen in forms if form in seen.action]
        index = 0
    else:
        index = form
    if button is not None:
        forms = [seen for seen in forms if any(button in text for _, _, text in seen.buttons)]
    assert index < len(forms), f"no such form; the page has {[(seen.action, [b[2] for b in seen.buttons]) for seen in page.forms]}"
    seen = forms[index]
    data: dict[str, list[Any]] = {}
    for name, value in seen.fields:
        data.setdefault(name, []).append(value)
    pressed = next((b for b in seen.buttons if button is None or button in b[2]), None)
    if pressed and pressed[0]:
        data[pressed[0]] = [pressed[1]]
    for name, value in fields.items():
        assert name in seen.names or name in {b[0] for b in seen.buttons}, f"no field {name} in the form; it has {sorted(seen.names)}"
        if value is None:
            data.pop(name, None)
        else:
            data[name] = [str(v) for v in value] if isinstance(value, list) else [value if isinstance(value, tuple) else str(value)]
    return seen.action, {name: values if len(values) != 1 else values[0] for name, values in data.items()}

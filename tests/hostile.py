"""What people and machines may send in a form, and what every form of the house owes them: a clear word, all they typed, never a 500."""

from __future__ import annotations

import re
from typing import Any

from tests.forms import Page, form_data

BRACKETS = "[" * 20_000
HOSTILE: list[str] = [
    "",
    "   ",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{ 7 * 7 }}",
    "' OR 1=1 --",
    "Linje en\r\nBcc: alle@prove.example",
    "nul\x00tegn og \u202eomvendt tekst",
    "æøå ÆØÅ é 漢字 🏔",
    "../../etc/passwd",
    "-1",
    "99999999999999999999999999",
    "1e309",
    "x" * 5_000,
    BRACKETS,
    "*_`" * 3_000,
    "> " * 200 + "dypt",
]


def send(client: Any, url: str, data: dict[str, Any], *, form: str | int = 0, button: str | None = None) -> Any:
    """Read the page at `url` and post its form, with its token and key, `data` laid over what stands in it."""
    action, sent = _filled(client, url, data, form, button)
    return client.post(action or url, data=sent, content_type="multipart/form-data")


def _filled(client: Any, url: str, data: dict[str, Any], form: str | int, button: str | None) -> tuple[str, dict[str, Any]]:
    response = client.get(url)
    assert response.status_code == 200, f"{url}: {response.status_code}"
    return form_data(response.get_data(as_text=True), form=form, button=button, fields=data)


def assert_refused(
    client: Any, url: str, data: dict[str, Any], field: str | None, *, form: str | int = 0, button: str | None = None
) -> Page:
    """Send `data` and see it refused as the house refuses: status 422, "Feil: " in the title, a list of faults, a message beside `field`
    (None: on top only), and everything typed kept.

    :return: the page that came back
    """
    response = send(client, url, data, form=form, button=button)
    html = response.get_data(as_text=True)
    page = Page(html)
    assert response.status_code == 422, f"{url}: {response.status_code}\n{page.text[:800]}"
    assert "<title>Feil: " in html
    assert 'class="ds-error-summary"' in html
    if field is not None:
        assert re.search(rf'id="{field}-error">[^<]+<', html), f"no message beside {field}\n{page.text[:800]}"
        assert f'href="#{field}' in html, f"the list of faults does not lead to {field}"
    _assert_kept(page, data)
    return page


def _assert_kept(page: Page, data: dict[str, Any]) -> None:
    fields = [one for form in page.forms for one in form.fields]
    for name, typed in data.items():
        is_text = re.search(rf'<(?:textarea|input)(?=[^>]* name="{name}")(?![^>]* type="(?:checkbox|radio|hidden|file)")', page.html)
        if isinstance(typed, str) and is_text:
            shown = next(value for seen, value in fields if seen == name)
            assert _plain(shown) == _plain(typed), f"{name} was not kept: {shown[:80]!r}"


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\x00", "").replace("\ufffd", "").strip()


def assert_survives(client: Any, url: str, field: str, data: dict[str, Any], *, form: str | int = 0, button: str | None = None) -> None:
    """Send everything in `HOSTILE` in one field: it goes through, or is refused beside the field with everything kept; never a 500, and
    what is shown of it is text. Whoever was refused mends the form they got back.
    """
    page, to = "", url
    for hostile in HOSTILE:
        typed = data | {field: hostile}
        action, sent = form_data(page, form=form, button=button, fields=typed) if page else _filled(client, url, typed, form, button)
        to = action or to
        response = client.post(to, data=sent, content_type="multipart/form-data")
        said = f"{url}, {field}={hostile[:40]!r}: {response.status_code}"
        assert response.status_code in (303, 422), said
        shown = client.get(response.headers["Location"]) if response.status_code == 303 else response
        html = shown.get_data(as_text=True)
        assert shown.status_code in (200, 422), said
        assert "<script>alert" not in html, said
        assert "<img src=x" not in html, said
        page = ""
        if response.status_code == 422:
            assert "-error" in html, said
            _assert_kept(Page(html), typed)
            page = html


def assert_sent_once(client: Any, url: str, data: dict[str, Any], *, form: str | int = 0, button: str | None = None) -> str:
    """Send the same filled form twice, as an impatient finger does: both get the first answer.

    :return: where both were led
    """
    action, sent = _filled(client, url, data, form, button)
    first, second = (client.post(action or url, data=dict(sent), content_type="multipart/form-data") for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303), f"{first.status_code} and {second.status_code}"
    assert first.headers["Location"] == second.headers["Location"]
    return str(first.headers["Location"])

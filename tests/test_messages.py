"""The check of the texts refuses what would leave somebody with a page they cannot read."""

from __future__ import annotations

from pathlib import Path

import pytest
from babel.messages import Catalog

from tools import messages

IN_CODE = ["Meetings", "See «%(name)s» (kommuneloven § 11-3)", ("%(num)d case", "%(num)d cases")]
WRITTEN = {
    "nb": ["Møter", "Se «%(name)s» (kommuneloven § 11-3)", ("%(num)d sak", "%(num)d saker")],
    "nn": ["Møte", "Sjå «%(name)s» (kommuneloven § 11-3)", ("%(num)d sak", "%(num)d saker")],
}


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A house with three texts, translated into everything."""
    code = Catalog()
    for said in IN_CODE:
        code.add(said)
    monkeypatch.setattr(messages, "TRANSLATIONS", tmp_path)
    monkeypatch.setattr(messages, "in_code", lambda: code)
    for language, written in WRITTEN.items():
        _write(language, written)


def _write(language: str, written: list[str | tuple[str, ...]]) -> None:
    catalog = Catalog(language)
    for said, translated in zip(IN_CODE, written, strict=True):
        if translated:
            catalog.add(said, translated)
    messages.write(catalog, language)


def test_a_house_with_all_its_texts_is_let_through_and_compiled(tmp_path: Path) -> None:
    messages.write(messages.read("en"), "en")
    messages.compile_all()

    assert messages.faults() == []
    assert "See “%(name)s” (Local Government Act § 11-3)".encode() in (tmp_path / "en/LC_MESSAGES/messages.mo").read_bytes()


@pytest.mark.parametrize(
    ("language", "place", "written", "said"),
    [
        ("nb", 0, "", "nb: not translated: 'Meetings'"),
        ("nn", 0, "", "nn: not translated: 'Meetings'"),
        ("nn", 2, ("%(num)d sak", ""), "nn: not translated: ('%(num)d case'"),
        ("nn", 1, "Sjå dette", "nn: placeholder lost"),
        ("nn", 1, "Sjå %(namn)s og %(name)s", "nn: unknown placeholder"),
        ("nn", 0, "Møtene er ikke her", "nn: not the words of this language (ikke)"),
        ("nb", 0, "Møta er ikkje her", "nb: not the words of this language (ikkje)"),
        ("en", 0, "Møter", "en: not the words of this language (Møter)"),
    ],
)
def test_a_text_that_is_missing_or_foreign_is_refused(language: str, place: int, written: str | tuple[str, ...], said: str) -> None:
    _write(language, [*WRITTEN.get(language, ["Meetings", "See %(name)s", IN_CODE[2]])[:place], written, *WRITTEN["nb"][place + 1 :]])

    assert [fault for fault in messages.faults() if fault.startswith(said)] != []


def test_what_is_missing_can_be_printed_filled_in_and_added(tmp_path: Path) -> None:
    _write("nn", ["", *WRITTEN["nn"][1:]])
    assert [message.id for message in messages.missing("nn") if message.id] == ["Meetings"]
    filled = tmp_path / "filled.po"
    filled.write_text('msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\nmsgid "Meetings"\nmsgstr "Møte"\n')
    messages.add(filled, "nn")

    assert messages.faults() == []

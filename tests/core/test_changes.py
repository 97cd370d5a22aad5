"""Two texts compared: nothing is lost, what is alike is found, and the work has a bound."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.text import changes
from meetingapp.core.text.changes import Mark, compare

WORDS = st.lists(st.sampled_from(["og", "i", "plan", "tomt", "\n\n", "\n- ", "## "]), max_size=40).map(" ".join)


def _said(found: changes.Changes, mark: Mark) -> list[str]:
    return [text for paragraph in found.paragraphs if (text := " ".join(piece.text for piece in paragraph.side(mark)))]


def test_words_that_were_changed_stand_where_they_are() -> None:
    found = compare("Fristen er 30. oktober 2025.\n\nResten står.", "Fristen er 30. oktober 2026.\n\nResten står.\n\nDette er nytt.")

    assert [(piece.mark, piece.text) for piece in found.paragraphs[0].pieces] == [
        (Mark.KEPT, "Fristen er 30. oktober"),
        (Mark.OUT, "2025."),
        (Mark.IN, "2026."),
    ]
    assert [paragraph.is_changed for paragraph in found.paragraphs] == [True, False, True]
    assert found.count == 2


def test_a_paragraph_written_anew_is_not_cut_into_words() -> None:
    (out, put_in) = compare("Rådet er enig i alt", "Vi foreslår noe annet her").paragraphs

    assert (out.pieces[0].mark, put_in.pieces[0].mark) == (Mark.OUT, Mark.IN)


def test_a_new_item_of_a_list_is_all_that_is_new() -> None:
    found = compare("- en\n- to", "- en\n- halvannen\n- to")

    assert [paragraph.pieces[0].mark for paragraph in found.paragraphs] == [Mark.KEPT, Mark.IN, Mark.KEPT]


@settings(max_examples=150, deadline=None)
@given(WORDS, WORDS)
def test_both_texts_can_be_read_out_of_the_comparison(old: str, new: str) -> None:
    found = compare(old, new)

    assert " ".join(_said(found, Mark.OUT)).split() == old.split()
    assert " ".join(_said(found, Mark.IN)).split() == new.split()
    assert (found.count == 0) == (old.split() == new.split() and changes._paragraphs(old) == changes._paragraphs(new))


def test_the_work_has_a_bound(monkeypatch) -> None:
    filled = []
    aligned = changes._aligned
    monkeypatch.setattr(changes, "_aligned", lambda old, new: filled.append(len(old) * len(new)) or aligned(old, new))
    monkeypatch.setattr(changes, "MOST_CELLS", 5_000)
    monkeypatch.setattr(changes, "MOST_CELLS_IN_ALL", 12_000)
    old = "\n\n".join("a b " * 30 + str(n) for n in range(60))
    new = "\n\n".join("b a " * 30 + str(n) for n in range(60))

    found = compare(old, new)

    assert filled
    assert max(filled) <= 5_000
    assert sum(filled) <= 12_000
    assert " ".join(_said(found, Mark.IN)).split() == new.split()

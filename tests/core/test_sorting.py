"""Norwegian order by plain comparison."""

from __future__ import annotations

from meetingapp.core.text.sorting import sort_key


def test_the_three_last_letters_come_last() -> None:
    names = ["Åmot", "Østre Toten", "Ærlig", "Zimmer", "Hamar", "eidskog", "Aasen", "Löten", "Alvdal"]

    assert sorted(names, key=sort_key) == ["Alvdal", "eidskog", "Hamar", "Löten", "Zimmer", "Ærlig", "Østre Toten", "Åmot", "Aasen"]


def test_capitals_and_decomposed_letters_make_no_difference() -> None:
    assert sort_key("ÅMOT") == sort_key("åmot") == sort_key("A\u030amot")


def test_other_accents_stand_with_their_letter() -> None:
    assert sorted(["Idz", "Idé", "Idf", "Čab", "Cac", "Müller", "Myhre"], key=sort_key) == [
        "Čab",
        "Cac",
        "Idé",
        "Idf",
        "Idz",
        "Myhre",
        "Müller",
    ]

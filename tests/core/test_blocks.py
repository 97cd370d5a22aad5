"""The tree that PDF is made from says what the page says."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.text.blocks import from_html, from_text
from meetingapp.core.text.markdown import plain, render
from tests.core.test_markdown import PIECES


def tree(source: str) -> list[dict[str, Any]]:
    return from_html(render(source))


def test_paragraphs_keep_their_runs() -> None:
    assert tree("Saken er **viktig** og *ny*, se [kartet](https://kart.example).") == [
        {
            "t": "p",
            "c": [
                "Saken er ",
                {"t": "strong", "c": ["viktig"]},
                " og ",
                {"t": "emph", "c": ["ny"]},
                ", se ",
                {"t": "link", "c": ["kartet"], "href": "https://kart.example"},
                ".",
            ],
        }
    ]


def test_lists_in_lists_are_blocks_in_blocks() -> None:
    assert tree("- Hamar\n- Løten\n    1. ett\n    2. to") == [
        {
            "t": "ul",
            "start": 1,
            "c": [
                [{"t": "p", "c": ["Hamar"]}],
                [{"t": "p", "c": ["Løten"]}, {"t": "ol", "start": 1, "c": [[{"t": "p", "c": ["ett"]}], [{"t": "p", "c": ["to"]}]]}],
            ],
        }
    ]


def test_a_table_has_a_head_and_rows_of_the_same_width() -> None:
    assert tree("| Kommune | Sum |\n|---|---|\n| Løten |") == [{"t": "table", "head": [["Kommune"], ["Sum"]], "rows": [[["Løten"], []]]}]


def test_cells_that_span_leave_the_others_where_they_were() -> None:
    html = '<table><tr><td colspan="2">a</td><td rowspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>'

    assert from_html(html) == [{"t": "table", "head": [["a"], [], ["b"]], "rows": [[["c"], ["d"], []]]}]


def test_headings_get_a_depth_that_skips_nothing_and_empty_ones_go() -> None:
    html = "<h3>a</h3><h6>b</h6><h4>c</h4><h5>\u200b</h5><blockquote><h6>d</h6></blockquote><h3></h3><h3>e</h3>"
    found = from_html(html)

    assert [(block["c"][0], block["depth"]) for block in found if block["t"] == "h"] == [("a", 1), ("b", 2), ("c", 2), ("e", 1)]
    assert found[3] == {"t": "quote", "c": [{"t": "h", "level": 6, "depth": 3, "c": ["d"]}]}


def test_a_list_may_begin_anywhere_sensible() -> None:
    assert tree("7. sju")[0]["start"] == 7
    assert from_html('<ol start="99999999999999999999"><li>x</li></ol>')[0]["start"] == 1
    assert from_html('<ol start="-1"><li>x</li></ol>')[0]["start"] == 1


def test_plain_text_is_one_paragraph() -> None:
    assert from_text("Vedtatt") == [{"t": "p", "c": ["Vedtatt"]}]
    assert from_text("") == []


def words(found: Any) -> str:
    if isinstance(found, str):
        return found
    if isinstance(found, dict):
        return " ".join(words(value) for name, value in found.items() if name in ("c", "head", "rows"))
    return " ".join(words(inner) for inner in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_no_word_of_the_page_is_lost(source: str) -> None:
    html = render(source)

    assert sorted("".join(words(from_html(html)).split())) == sorted("".join(plain(html).split()))

"""What members write becomes clean HTML, whatever they write, and soon."""

from __future__ import annotations

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from meetingapp.core.text.markdown import ATTRIBUTES, SCHEMES, TAGS, TextRefused, check, escape, plain, render

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src=x onerror="alert(1)">',
    "<svg/onload=alert(1)>",
    '<a href="javascript:alert(1)">x</a>',
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "[x](//evil.example)",
    "[x](/kontor/slett)",
    "[x]: javascript:alert(1)\n\n[x]",
    '[x](https://a.example "<script>")',
    '[x](https://a.example" onclick="alert(1))',
    "![x](https://tracker.example/a.gif)",
    "<!--\n<script>alert(1)</script>\n-->",
    "<style>*{display:none}</style>",
    "`<script>`",
    "    <script>alert(1)</script>",
    "<javascript:alert(1)>",
    "\x02klzzwxh:0000\x03",
    "<![CDATA[<script>alert(1)</script>]]>",
    "| <b onclick=x> | b |\n|---|---|\n| <i> | [x](javascript:y) |",
]
PIECES = st.sampled_from(
    [
        *HOSTILE,
        *"*_`[]()<>!|#-+\\&;:\"'=~ \t\n",
        "\n\n",
        "http:",
        "mailto:",
        "javascript:",
        "&#x",
        "<a ",
        "](",
        "\x00",
        "\ud800",
        "æøå",
        "- ",
        "1. ",
    ]
)


class Forbidden(HTMLParser):
    """Everything in a page that is not on the allow list."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.found.append(tag)
        for name, value in attrs:
            if name == "href" and tag == "a":
                if (value or "").partition(":")[0].lower() not in SCHEMES:
                    self.found.append(f"{tag} {name}={value}")
            elif (tag, name, value) != ("a", "rel", "noopener") and name not in ATTRIBUTES.get(tag, ()):
                self.found.append(f"{tag} {name}={value}")

    def handle_comment(self, data: str) -> None:
        self.found.append("comment")

    def handle_decl(self, decl: str) -> None:
        self.found.append("declaration")

    def handle_pi(self, data: str) -> None:
        self.found.append("instruction")


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_text_becomes_text(source: str) -> None:
    assert Forbidden(render(source)).found == []


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=300), st.lists(PIECES, max_size=40).map("".join)))
def test_nothing_outside_the_allow_list_ever_comes_out(source: str) -> None:
    assert Forbidden(render(source)).found == []


def test_the_finder_of_forbidden_things_finds_them() -> None:
    page = '<b>x</b><p style="x">y</p><a href="javascript:x">z</a><a href="/rel">z</a><!-- c --><img src=x>'

    assert len(Forbidden(page).found) == 7


def test_raw_html_shows_as_it_was_typed() -> None:
    assert render("Skriv <b>fet</b> & ikke <i>") == "<p>Skriv &lt;b&gt;fet&lt;/b&gt; &amp; ikke &lt;i&gt;</p>"


def test_headings_come_below_the_pages_own_and_never_skip_a_level() -> None:
    html = render("# Bakgrunn\n\n#### Tall\n\n# Vurdering\n")

    assert html == "<h3>Bakgrunn</h3>\n<h4>Tall</h4>\n<h3>Vurdering</h3>"
    assert render("# Bakgrunn", top=2) == "<h2>Bakgrunn</h2>"


def test_a_table_gets_column_headers() -> None:
    html = render("| Kommune | Sum |\n|---|---|\n| Løten | 10 |")

    assert '<th scope="col">Kommune</th>' in html
    assert "<td>Løten</td>" in html


def test_a_list_that_begins_at_three_says_so() -> None:
    assert '<ol start="3">' in render("3. tre\n4. fire")


def test_a_web_address_and_a_mail_address_become_links() -> None:
    html = render("[kartet](https://kart.example/a) og [oss](mailto:post@ipr.example)")

    assert '<a href="https://kart.example/a" rel="noopener">kartet</a>' in html
    assert '<a href="mailto:post@ipr.example" rel="noopener">oss</a>' in html


SLOW = {
    "brackets": "[" * 20_000,
    "brackets all over": ("[" * 250 + "\n\n") * 9,
    "stars": "*a " * 20_000,
    "ticks": "`a " * 20_000,
    "underscores": "_" * 20_000,
    "quotes": ">" * 5_000 + "x",
    "spaced quotes": "> " * 5_000 + "x",
    "lists in lists": "".join(" " * 4 * depth + "- x\n" for depth in range(60)),
    "lists on one line": "- " * 40 + "x",
    "headings": "# x\n" * 5_000,
    "underlined headings": "x\n==\n" * 5_000,
    "headings in a quote": "> # x\n" * 5_000,
    "old line ends": "# x\r" * 5_000,
    "empty bullets": "- \n" * 5_000,
    "too long": "x" * 100_001,
}


@pytest.mark.parametrize("source", SLOW.values(), ids=SLOW.keys())
def test_what_would_stall_the_parser_is_refused_at_once(source: str) -> None:
    began = time.process_time()
    with pytest.raises(TextRefused):
        render(source)

    assert time.process_time() - began < 0.1


@pytest.mark.parametrize("unit", ["x\n\n", "- x\n", "> x\n", "| a | b |\n", "&", "<", "\\", "x  \n", "    x\n", "a_b "])
def test_a_long_text_is_ready_in_reasonable_time(unit: str) -> None:
    source = (unit * 33_000)[:33_000]
    if unit == "a_b ":
        source = "\n\n".join(["a_b " * 400] * 20)
    began = time.process_time()
    render(source)

    assert time.process_time() - began < 2  # the quadratic ones took ten seconds and more


def test_a_refusal_names_the_line() -> None:
    with pytest.raises(TextRefused) as refused:
        check("God morgen\r\n\r\n" + "[" * 301)

    assert refused.value.line == 3
    assert "3" in str(refused.value)


def test_an_ordinary_long_paper_is_taken() -> None:
    paragraph = "Regionrådet *drøftet* saken, se [kartet](https://kart.example) og **tallene** i `tabell 2`."
    paper = "\n\n".join(f"## Punkt {n}\n\n{paragraph}\n\n- en\n- to\n\n> sitat" for n in range(200))

    assert render(paper).count("<h3>") == 200


def test_control_characters_and_halves_of_characters_leave_no_trace() -> None:
    assert render("a\x00b\x08c\ud800d") == "<p>abc?d</p>"


def test_plain_text_keeps_words_apart() -> None:
    assert plain(render("# Sak\n\n- en\n- to\n\n| a | b |\n|---|---|\n| Løten & Hamar | d |")) == "Sak en to a b Løten & Hamar d"


@given(
    st.one_of(
        st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs", "Cf", "Zl", "Zp"]), max_size=60),
        st.lists(st.sampled_from(["&amp;", "&lt;b>", "<b>", "[a](b)", "**", "_x_", "`", "|", "\\", "#", " ", "&"]), max_size=12).map(
            "".join
        ),
    )
)
def test_an_escaped_text_shows_as_itself(text: str) -> None:
    assert plain(render("Sak: " + escape(text))) == " ".join(("Sak: " + text).split())

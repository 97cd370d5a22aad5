"""Text that would run if a page let it, and a reader that finds what it became where one did."""

from __future__ import annotations

import re
from html.parser import HTMLParser

TRAP = "h17x"  # stands in every payload: a name of a tag, of an attribute or of a function that no page of ours has
PAYLOADS = [
    "<script>h17x()</script>",
    "<SCRIPT SRC=//h17x.example/x.js></SCRIPT>",
    "</script><script>h17x()</script>",
    "</title><script>h17x()</script>",
    "</textarea><script>h17x()</script>",
    "</option></select><script>h17x()</script>",
    "--><script>h17x()</script><!--",
    "]]><script>h17x()</script>",
    "<img src=x onerror=h17x()>",
    "<img/src='x'/onerror=h17x()>",
    "<<img src=x onerror=h17x()>>",
    '"><img src=x onerror=h17x()>',
    "'><img src=x onerror=h17x()>",
    "`><img src=x onerror=h17x()>",
    '" autofocus onfocus=h17x() x="',
    "' autofocus onfocus=h17x() x='",
    " onmouseover=h17x() ",
    '" style="background:url(javascript:h17x())',
    "<svg onload=h17x()>",
    "<svg><script>h17x()</script></svg>",
    "<svg><animate onbegin=h17x() attributeName=x dur=1s>",
    "<math><mtext><h17x></mtext></math>",
    "<body onload=h17x()>",
    "<iframe src=javascript:h17x()></iframe>",
    "<iframe srcdoc='<script>parent.h17x()</script>'></iframe>",
    "<object data=javascript:h17x()></object>",
    "<embed src=javascript:h17x()>",
    "<form action=javascript:h17x()><button>Send</button></form>",
    "<button formaction=javascript:h17x()>Send</button>",
    "<details open ontoggle=h17x()><summary>Les</summary></details>",
    "<video><source onerror=h17x()></video>",
    "<marquee onstart=h17x()>",
    "<input autofocus onfocus=h17x()>",
    "<style>@import '//h17x.example/x.css'</style>",
    "<link rel=stylesheet href=//h17x.example/x.css>",
    "<base href=//h17x.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:h17x()'>",
    "<template><h17x></template>",
    "<noscript><p title='</noscript><img src=x onerror=h17x()>'>",
    "<h17x h17x=1>",
    "<a href=javascript:h17x()>les mer</a>",
    "<a href='java\tscript:h17x()'>les mer</a>",
    "[les mer](javascript:h17x())",
    "[les mer](JaVaScRiPt:h17x())",
    "[les mer](&#106;avascript:h17x())",
    "[les mer](java&#9;script:h17x())",
    "[les mer](\x01javascript:h17x())",
    "[les mer](data:text/html;base64,PHNjcmlwdD5oMTd4KCk8L3NjcmlwdD4=?h17x)",
    "[les mer](vbscript:h17x())",
    '[les mer](https://prove.example/" onmouseover="h17x())',
    "![bilde](x onerror=h17x())",
    "![bilde](javascript:h17x())",
    "<javascript:h17x()>",
    '[les]: javascript:h17x() "x"\n\n[les][les]',
    "| a | b |\n|---|---|\n| <img src=x onerror=h17x()> | b |",
    "**<img src=x onerror=h17x()>** `</code><script>h17x()</script>`",
    "{{ h17x }} {% include 'h17x' %} ${h17x()} <%= h17x %>",
    "\\x3cscript\\x3eh17x()\\x3c/script\\x3e &lt;script&gt;h17x()&lt;/script&gt;",
    "\uff1cscript\uff1eh17x()\uff1c/script\uff1e \u202e<h17x>",
]
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "background", "cite", "xlink:href", "ping", "srcset"}
FOREIGN = {"iframe", "object", "embed", "applet", "base", "style", "math", "template", "noscript", "frame", "marquee"}
SCHEME = re.compile(r"[\x00-\x20]*([a-z][a-z0-9+.\x00-\x20-]*):", re.IGNORECASE)
SCHEMES = {"http", "https", "mailto", "tel", "webcal"}
LEADS_OUT = re.compile(rf"[\x00-\x20]*(?:[a-z]+:)?[/\\]{{2}}{TRAP}", re.IGNORECASE)
OURS = re.compile(r"/static/build/[\w./-]+")


class _Reader(HTMLParser):
    """Reads a page, or what a page holds of the house's own, as a browser would."""

    def __init__(self, html: str, *, is_mail: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.text: list[str] = []
        self._is_mail = is_mail  # a letter has its looks in attributes; nothing of it runs
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag in FOREIGN and not (self._is_mail and tag == "style"):
            self.found.append(f"<{tag}>")
        if tag == "script" and not OURS.fullmatch(given.get("src", "")):
            self.found.append(f"<script src={given.get('src')!r}>")
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            self.found.append("<meta refresh>")
        if len(given) != len(attrs):
            self.found.append(f"<{tag}> with an attribute twice")
        if TRAP in tag or any(TRAP in name for name in given):
            self.found.append(f"<{tag} {' '.join(given)}>")
        for name, value in given.items():
            if name.startswith("on") or name == "srcdoc" or (name == "style" and not self._is_mail):
                self.found.append(f"<{tag} {name}={value!r}>")
            scheme = SCHEME.match(value) if name in ADDRESSES else None
            if scheme and scheme[1].lower() not in SCHEMES:
                self.found.append(f"<{tag} {name}={value!r}>")
            if name in ADDRESSES and LEADS_OUT.match(value):
                self.found.append(f"<{tag} {name}={value!r}>")
            self.text.append(value)

    def handle_comment(self, data: str) -> None:
        if TRAP in data:
            self.found.append(f"<!--{data}-->")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem in ("script", "style") and TRAP in data:
            self.found.append(f"{self.cdata_elem}: {data[:60]}")
        self.text.append(data)


def run_loose(html: str, *, is_mail: bool = False) -> list[str]:
    """What stands in a page and may never: tags and attributes that run or lead out, or that are made of a payload."""
    return _Reader(html, is_mail=is_mail).found


def shows_payload(html: str) -> bool:
    """Whether a payload is there to be read, as text."""
    return TRAP in " ".join(_Reader(html, is_mail=True).text)

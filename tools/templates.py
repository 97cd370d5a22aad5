"""Refuses in templates what the content security policy or our translators could not stand, and what would print unclean HTML."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from jinja2 import Environment, TemplateSyntaxError

ROOT = Path(__file__).parent.parent / "templates"
REFUSED = {
    "an inline style": re.compile(r"\sstyle\s*="),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"\son[a-z]+\s*="),
    "an htmx expression": re.compile(r"\bhx-on\b|\bjs:"),
    "the safe filter (use |cleaned on a column that core.text.markdown has cleaned)": re.compile(r"\|\s*safe\b"),
    "a placeholder as label": re.compile(r"\splaceholder\s*="),
}
# Text between tags that is no expression: two letters in a row that gettext has not seen.
BARE = re.compile(r">([^<>{}]*[A-Za-zÆØÅæøå]{2}[^<>{}]*)<")
ALLOWED_BARE = re.compile(r"^\s*(?:&[a-z]+;|[A-Z]{2,4}|PDF|Markdown|UN|SHA-256)\s*$")


def faults(path: Path) -> list[str]:
    text = path.read_text()
    found = []
    for line_number, line in enumerate(text.splitlines(), 1):
        found += [f"{path}:{line_number}: {what}" for what, pattern in REFUSED.items() if pattern.search(line)]
    stripped = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}|<style.*?</style>|<svg.*?</svg>|<code>.*?</code>", "", text, flags=re.DOTALL)
    found += [f"{path}: untranslated text: {m.strip()!r}" for m in BARE.findall(stripped) if not ALLOWED_BARE.match(m)]
    try:
        Environment(extensions=["jinja2.ext.i18n"]).parse(text)
    except TemplateSyntaxError as error:
        found.append(f"{path}:{error.lineno}: {error.message}")
    return found


def main() -> int:
    found = [fault for path in sorted(ROOT.rglob("*.html")) for fault in faults(path)]
    print("\n".join(found), file=sys.stderr, end="\n" if found else "")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())

"""The frame of a letter: the same words as plain text and as HTML. One column, no images, no tracking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape


@dataclass(frozen=True)
class Lead:
    """The first line: what to do and by when."""

    text: str


@dataclass(frozen=True)
class Para:
    text: str


@dataclass(frozen=True)
class Facts:
    pairs: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Button:
    text: str
    url: str


@dataclass(frozen=True)
class Items:
    """A numbered or named list: the agenda, say."""

    heading: str
    rows: Sequence[str]


@dataclass(frozen=True)
class Small:
    """The foot: why you get this, who answers."""

    text: str


PartOfLetter = Lead | Para | Facts | Button | Items | Small

STYLE = (
    "body{margin:0;padding:24px 16px;background:#fff;color:#1f2d35;font:16px/1.5 Inter,'Segoe UI',Helvetica,Arial,sans-serif;"
    "overflow-wrap:break-word}"
    ".m{max-width:560px;margin:0 auto}h1{font-size:22px;line-height:1.3;margin:0 0 16px}h2{font-size:16px;margin:0 0 8px}"
    "p,ul{margin:0 0 16px}ul{padding-left:20px}li{margin:0 0 4px}a{color:#116583}"
    ".do{border-left:4px solid #005a7a;padding:2px 0 2px 16px;font-weight:600}"
    ".k{display:inline-block;background:#005a7a;color:#fff;font-weight:600;text-decoration:none;padding:12px 20px;border-radius:6px}"
    "table{border-collapse:collapse;width:100%;margin:0 0 24px}"
    "th,td{text-align:left;vertical-align:top;padding:8px 16px 8px 0;border-top:1px solid #d8dadc;font-weight:400}"
    "th{color:#545f65}.s{font-size:14px;color:#545f65}.s a{color:inherit}"
    "@media (prefers-color-scheme:dark){body{background:#13191c;color:#ebeced}th,.s{color:#a4a8ab}th,td{border-color:#3c444a}"
    "a{color:#94abb6}.k{background:#73a4b6;color:#000}.do{border-color:#73a4b6}}"
)


def _text(part: PartOfLetter) -> str:
    match part:
        case Lead(text) | Para(text) | Small(text):
            return text
        case Facts(pairs):
            return "\n".join(f"{name}: {value}" for name, value in pairs)
        case Button(text, url):
            return f"{text}:\n{url}"
        case Items(heading, rows):
            return "\n".join([heading, *(f"- {row}" for row in rows)])


def _html(part: PartOfLetter) -> str:
    match part:
        case Lead(text):
            return f'<p class="do">{escape(text)}</p>'
        case Para(text):
            return f"<p>{escape(text)}</p>"
        case Facts(pairs):
            rows = "".join(f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td></tr>' for name, value in pairs)
            return f"<table>{rows}</table>"
        case Button(text, url):
            link = escape(url)
            return f'<p><a class="k" href="{link}">{escape(text)}</a></p><p class="s"><a href="{link}">{link}</a></p>'
        case Items(heading, rows):
            return f"<h2>{escape(heading)}</h2><ul>{''.join(f'<li>{escape(row)}</li>' for row in rows)}</ul>"
        case Small(text):
            return f'<p class="s">{escape(text)}</p>'


def frame(title: str, parts: Sequence[PartOfLetter], *, language: str) -> tuple[str, str]:
    """The letter as (plain text, HTML), with the same words in the same order."""
    text = "\n\n".join([title, *(_text(part) for part in parts)]) + "\n"
    body = "\n".join(_html(part) for part in parts)
    html = (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n"
        f'<body>\n<div class="m">\n<h1>{escape(title)}</h1>\n{body}\n</div>\n</body>\n</html>\n'
    )
    return text, html

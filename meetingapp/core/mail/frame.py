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

MUTED = "color:#48575f"
LINK = "color:#005a7a"
PRESS = "display:inline-block;padding:12px 20px;background:#005a7a;color:#ffffff;border-radius:6px;text-decoration:none;font-weight:600"
FONT = "font-family:Inter,Segoe UI,Helvetica,Arial,sans-serif"


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
            return f'<p style="font-size:18px;font-weight:600;margin:0 0 16px">{escape(text)}</p>'
        case Para(text):
            return f'<p style="margin:0 0 16px">{escape(text)}</p>'
        case Facts(pairs):
            rows = "".join(
                f'<tr><td style="padding:2px 16px 2px 0;{MUTED}">{escape(name)}</td><td style="padding:2px 0">{escape(value)}</td></tr>'
                for name, value in pairs
            )
            return f'<table role="presentation" style="margin:0 0 16px;border-collapse:collapse">{rows}</table>'
        case Button(text, url):
            link = escape(url, quote=True)
            press = f'<p style="margin:0 0 8px"><a href="{link}" style="{PRESS}">{escape(text)}</a></p>'
            spelled = f'<a href="{link}" style="{LINK}">{escape(url)}</a>'
            return f'{press}<p style="margin:0 0 16px;font-size:14px;word-break:break-all">{spelled}</p>'
        case Items(heading, rows):
            items = "".join(f'<li style="margin:0 0 4px">{escape(row)}</li>' for row in rows)
            listed = f'<ul style="margin:0 0 16px;padding-left:20px">{items}</ul>'
            return f'<h2 style="font-size:16px;margin:0 0 8px">{escape(heading)}</h2>{listed}'
        case Small(text):
            return f'<p style="margin:0 0 8px;font-size:14px;{MUTED}">{escape(text)}</p>'


def frame(title: str, parts: Sequence[PartOfLetter], *, language: str) -> tuple[str, str]:
    """The letter as (plain text, HTML), with the same words in the same order."""
    text = "\n\n".join([title, *(_text(part) for part in parts)]) + "\n"
    body = "".join(_html(part) for part in parts)
    html = (
        f'<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>'
        f'<body style="margin:0;padding:24px 16px;background:#ffffff;color:#1c2b33;{FONT};font-size:16px;line-height:1.5">'
        f'<div style="max-width:600px;margin:0 auto"><h1 style="font-size:22px;line-height:1.25;margin:0 0 16px">{escape(title)}</h1>'
        f"{body}</div></body></html>\n"
    )
    return text, html

"""The gate: looks at the final words before they become public, and stops what must not get out."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from meetingapp.cases import queries as case_queries
from meetingapp.cases.models import Case, Part
from meetingapp.core.text import markdown
from meetingapp.core.text.identity import identity_numbers

RUN = 5  # words in a row of a closed text


@dataclass(frozen=True)
class Hit:
    """What was found: its kind and where, never the words themselves."""

    kind: str  # "identity_number", "internal_title", "closed_word", "closed_text", "closed_attachment"
    case_id: int | None = None

    def as_json(self) -> dict[str, object]:
        return {"kind": self.kind, "case": self.case_id}


def _normal(text: str) -> str:
    """Lower case, one space between words, no punctuation: so that a line break or a hyphen hides nothing."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("\u00ad", "")
    return " ".join(re.findall(r"\w+", text))


def _runs(text: str) -> set[str]:
    words = _normal(text).split()
    return {" ".join(words[n : n + RUN]) for n in range(len(words) - RUN + 1)}


class Unreadable(Exception):
    """A file whose words the gate cannot see: damaged, or locked with a password."""


def pdf_text(data: bytes) -> str:
    """All text of a PDF, and its title and author.

    :raises Unreadable: when it is damaged or locked
    """
    import pypdf  # heavy: loaded by the process that needs it

    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        about = reader.metadata
        parts = [page.extract_text() for page in reader.pages]
    except Exception as fault:  # a damaged file breaks its reader in many ways
        raise Unreadable from fault
    return " ".join([*parts, str(about.title or "") if about else "", str(about.author or "") if about else ""])


def search(texts: Iterable[str], exempt: Sequence[Case]) -> list[Hit]:
    """Look for identity numbers, and for what belongs to the exempt cases, in everything that is about to be public.

    :param texts: page text, title, file names, text of PDFs
    :param exempt: all exempt cases of the council, with papers and attachments
    """
    whole = " \n ".join(texts)
    hits = [Hit("identity_number")] if identity_numbers(whole) else []
    normal = f" {_normal(whole)} "
    for case in exempt:
        hits += [Hit(kind, case.id) for kind in _of_case(case, normal, whole)]
    return hits


def _of_case(case: Case, normal: str, whole: str) -> list[str]:
    found = []
    if _normal(case.title) and _normal(case.title) != _normal(case.public_title) and f" {_normal(case.title)} " in normal:
        found.append("internal_title")
    if any(_normal(word) and f" {_normal(word)} " in normal for word in case.closed_words):
        found.append("closed_word")
    closed = [paper for paper in case.papers if paper.part is Part.CLOSED]
    if closed:
        open_runs = {run for paper in case.papers if paper.part is Part.OPEN for run in _runs(f"{paper.text} {paper.recommendation}")}
        secret = {run for paper in closed for run in _runs(markdown.plain(paper.html))} - open_runs
        if secret & _runs(whole):
            found.append("closed_text")
    titles = [a.title for a in case.attachments if a.is_closed] + [a.file_name for a in case.attachments if a.is_closed]
    if any(_normal(title) and f" {_normal(title)} " in normal for title in titles):
        found.append("closed_attachment")
    return found


def exempt_cases(council_id: int) -> Sequence[Case]:
    """What the gate looks for."""
    return case_queries.exempt_cases(council_id)

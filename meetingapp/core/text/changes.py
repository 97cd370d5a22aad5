"""What changed from one text to another, by paragraphs and words; with a bound on the work, whatever the texts are.

The standard library's matcher is cubic for texts that repeat themselves. Here both comparisons fill one table of at most
`MOST_CELLS` cells; where that is not enough, the old text stands as taken out and the new one as put in, which is true as well.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_CELLS = 400_000  # in each table: some tenths of a second
MOST_CELLS_IN_ALL = 1_200_000
ALIKE = 0.35  # the share of the words that two paragraphs must have in common to be read as one that was changed


class Mark(enum.Enum):
    KEPT = "kept"
    OUT = "out"
    IN = "in"


@dataclass(frozen=True)
class Piece:
    """Some words, and whether they were kept, taken out or put in."""

    mark: Mark
    text: str


@dataclass(frozen=True)
class Paragraph:
    """One paragraph of the comparison."""

    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        return any(piece.mark is not Mark.KEPT for piece in self.pieces)

    def side(self, mark: Mark) -> list[Piece]:
        """What stands in the old text (`Mark.OUT`) or in the new one (`Mark.IN`)."""
        return [piece for piece in self.pieces if piece.mark in (Mark.KEPT, mark)]


@dataclass(frozen=True)
class Changes:
    """Two texts compared."""

    paragraphs: list[Paragraph]

    @property
    def count(self) -> int:
        """How many paragraphs differ."""
        return sum(1 for paragraph in self.paragraphs if paragraph.is_changed)

    @property
    def runs(self) -> list[list[Paragraph]]:
        """The paragraphs in runs: each changed one alone, those that are the same together."""
        found: list[list[Paragraph]] = []
        for paragraph in self.paragraphs:
            if found and not paragraph.is_changed and not found[-1][0].is_changed:
                found[-1].append(paragraph)
            else:
                found.append([paragraph])
        return found


class _Budget:
    """How many cells may still be filled."""

    def __init__(self) -> None:
        self.left = MOST_CELLS_IN_ALL

    def allows(self, cells: int) -> bool:
        if cells > MOST_CELLS or cells > self.left:
            return False
        self.left -= cells
        return True


def compare(old: str, new: str) -> Changes:
    """What changed from `old` to `new`, in the order of reading. Headings and list items count as paragraphs."""
    budget = _Budget()
    found: list[Paragraph] = []
    for out, put_in in _steps(_paragraphs(old), _paragraphs(new), budget):
        if out == put_in:
            found += [Paragraph((Piece(Mark.KEPT, text),)) for text in out]
        else:
            found += _changed(out, put_in, budget)
    return Changes(found)


def _paragraphs(text: str) -> list[str]:
    """What is set off by an empty line; and each heading, list item and row of a table."""
    parts = re.split(r"\n\s*\n|\n(?=\s*(?:[-*|#>]|\d+[.)] ))", text.replace("\r\n", "\n"))
    return [" ".join(part.split()) for part in parts if part.strip()]


def _changed(out: Sequence[str], put_in: Sequence[str], budget: _Budget) -> Iterator[Paragraph]:
    """Paragraphs that were replaced by others: those that are alike in pairs, the rest whole."""
    for number in range(max(len(out), len(put_in))):
        old, new = "".join(out[number : number + 1]), "".join(put_in[number : number + 1])
        pieces = _words(old, new, budget) if old and new else ()
        if pieces:
            yield Paragraph(pieces)
            continue
        if old:
            yield Paragraph((Piece(Mark.OUT, old),))
        if new:
            yield Paragraph((Piece(Mark.IN, new),))


def _words(old: str, new: str, budget: _Budget) -> tuple[Piece, ...]:
    """Two paragraphs as one, word by word; nothing where they are too different to be read so."""
    pieces: list[Piece] = []
    kept = 0
    old_words, new_words = old.split(), new.split()
    for out, put_in in _steps(old_words, new_words, budget):
        if out == put_in:
            kept += len(out)
            pieces.append(Piece(Mark.KEPT, " ".join(out)))
            continue
        pieces += [Piece(mark, " ".join(words)) for mark, words in ((Mark.OUT, out), (Mark.IN, put_in)) if words]
    return tuple(pieces) if 2 * kept >= ALIKE * (len(old_words) + len(new_words)) else ()


def _steps(old: Sequence[str], new: Sequence[str], budget: _Budget) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """Runs of both sequences in order: (the same, the same) for what is kept, (out, in) for what differs."""
    first = 0
    while first < min(len(old), len(new)) and old[first] == new[first]:
        first += 1
    last = 0
    while last < min(len(old), len(new)) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    if first:
        yield old[:first], old[:first]
    middle_old, middle_new = old[first : len(old) - last], new[first : len(new) - last]
    if not middle_old or not middle_new or not budget.allows(len(middle_old) * len(middle_new)):
        if middle_old or middle_new:
            yield middle_old, middle_new
    else:
        yield from _aligned(middle_old, middle_new)
    if last:
        yield old[len(old) - last :], old[len(old) - last :]


def _aligned(old: Sequence[str], new: Sequence[str]) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
    """The longest common sequence of both, as runs. The table has len(old) × len(new) cells."""
    table = [[0] * (len(new) + 1)]  # table[i][j]: what old[-i:] and new[-j:] have in common
    for i in range(1, len(old) + 1):
        word, above = old[-i], table[-1]
        row = [0]
        for j in range(1, len(new) + 1):
            row.append(above[j - 1] + 1 if word == new[-j] else max(above[j], row[j - 1]))
        table.append(row)
    at, to, kept_from, out_from, in_from = 0, 0, 0, 0, 0
    while at < len(old) or to < len(new):
        if at < len(old) and to < len(new) and old[at] == new[to]:
            if out_from < at or in_from < to:
                yield old[out_from:at], new[in_from:to]
            kept_from = at
            while at < len(old) and to < len(new) and old[at] == new[to]:
                at, to = at + 1, to + 1
            yield old[kept_from:at], old[kept_from:at]
            out_from, in_from = at, to
        elif to == len(new) or (at < len(old) and table[len(old) - at - 1][len(new) - to] >= table[len(old) - at][len(new) - to - 1]):
            at += 1
        else:
            to += 1
    if out_from < at or in_from < to:
        yield old[out_from:at], new[in_from:to]

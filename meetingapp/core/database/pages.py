"""Long lists, a page at a time, each in the same time however far down it lies.

A page begins behind the last row of the one before, which an index finds at once. Nothing is skipped over and nothing is counted:
both would take longer for each row that a council's years add.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, literal, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from meetingapp.core.database.model import db

Row = TypeVar("Row")
PAGE = 25  # rows
LARGEST_KEY = 2**31 - 1  # what a key can be on both databases


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Some rows of a list."""

    items: Sequence[Row]
    following: int | None = None  # the next page begins behind the row with this id; None when this is the last
    is_first: bool = True
    size: int = PAGE  # rows on a full page

    @property
    def is_whole(self) -> bool:
        """Whether the list is no longer than what stands here, so that its length is known."""
        return self.is_first and self.following is None


@dataclass(frozen=True)
class Stretch:
    """A part of a list that an index holds in order. A list is one of them, or several behind one another."""

    order: tuple[InstrumentedAttribute[Any], ...]  # the last is the id; none of them is null in the stretch
    backwards: bool = False
    where: ColumnElement[bool] = true()  # noqa: RUF009 (an expression is not changed by whoever holds it)

    def place_of(self, known: Select[Any], key: int) -> Sequence[Any] | None:
        """Where in the order the row with this id lies; None when it is not in the stretch, or nothing that is known. One query."""
        query = known.with_only_columns(*self.order).where(self.order[-1] == key, self.where).order_by(None)
        return db.session.execute(query).one_or_none()

    def rows(self, query: Select[Any], behind: Sequence[Any] | None, most: int) -> Sequence[Any]:
        """At most so many rows, behind a place. One query."""
        query = query.where(self.where)
        if behind is not None:
            values = (literal(value, column.type) for value, column in zip(behind, self.order, strict=True))
            here, there = tuple_(*self.order), tuple_(*values)
            query = query.where(here < there if self.backwards else here > there)
        query = query.order_by(*(column.desc() if self.backwards else column.asc() for column in self.order))
        return db.session.scalars(query.limit(most)).unique().all()


def looked_at(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """A key that is looked at in each row found by something narrower: SQLite, which knows no counts, might start from it instead."""
    return column + 0


def page_of(query: Select[Any], *stretches: Stretch, known: Select[Any], behind: int | None, size: int = PAGE) -> Page[Any]:
    """One page of a list. One query for each stretch that it touches, one to find the place, and what the query loads besides.

    :param query: the rows of the list, narrowed as whoever looks has chosen
    :param known: all rows that whoever looks may see: a row that has left the list since (an action that was done) still tells the place
    :param behind: the id of the last row that was seen; one that is not known gives the first page
    """
    place, first = None, 0
    if behind is not None:
        key = min(behind, LARGEST_KEY)
        places = ((number, stretch.place_of(known, key)) for number, stretch in enumerate(stretches))
        first, place = next(((number, found) for number, found in places if found is not None), (0, None))
    rows: list[Any] = []
    for number, stretch in enumerate(stretches[first:]):
        if len(rows) <= size:
            rows += stretch.rows(query, place if number == 0 else None, size + 1 - len(rows))
    shown = rows[:size]
    return Page(shown, shown[-1].id if len(rows) > size else None, is_first=place is None, size=size)

"""Where many tests begin: made once in a test process, and from then on put back for each of them."""

from __future__ import annotations

import io
import pickle
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import inspect, select

from meetingapp.core.database import Model, db
from tests.databases import Databases, Kept

NAMES = ("open_meeting", "council")  # fixtures whose work is kept; what comes later is part of what stands before it
Made = TypeVar("Made")


class Starts:
    """What has been made so far in the databases of one house."""

    def __init__(self, databases: Databases, var: Path, disconnect: Callable[[], None]) -> None:
        """:param disconnect: closes every connection of this process to the databases"""
        self._databases, self._var, self._disconnect = databases, var, disconnect
        self._kept: dict[str, tuple[Kept, bytes, set[tuple[type[Model], Any]]]] = {}
        self._name, self._made = "", None

    def begin(self, fixtures: Iterable[str]) -> None:
        """Let the databases be as they were: with the farthest start among `fixtures` where it has been made before, else migrated only."""
        self._name = next((name for name in NAMES if name in fixtures), "")
        kept, said, rows = self._kept.get(self._name, (None, b"", set()))
        self._databases.refresh(self._var, self._disconnect, kept)
        self._made = _Reader(said, rows).load() if said else None

    def made(self, name: str, make: Callable[[], Made]) -> Made:
        """What the fixture `name` gives: put back, or made by `make` and, where the test begins there, kept.

        A start that holds another has it in an attribute of its name.
        """
        if self._made is not None:
            return self._made if name == self._name else getattr(self._made, name)  # type: ignore[no-any-return]
        made = make()
        if name == self._name:
            db.session.commit()
            writer = _Writer()
            writer.dump(made)
            self._kept[name] = (self._databases.keep(self._var, self._disconnect), writer.said.getvalue(), writer.rows)
        return made


class _Writer(pickle.Pickler):
    """Writes rows of the database by class and key."""

    def __init__(self) -> None:
        self.said, self.rows = io.BytesIO(), set[tuple[type[Model], Any]]()
        super().__init__(self.said)

    def persistent_id(self, thing: Any) -> Any:
        if not isinstance(thing, Model):
            return None
        key = (type(thing), inspect(thing).identity)
        self.rows.add(key)
        return key


class _Reader(pickle.Unpickler):
    """Reads the rows again, one query for each class."""

    def __init__(self, said: bytes, rows: set[tuple[type[Model], Any]]) -> None:
        super().__init__(io.BytesIO(said))
        keys = defaultdict(list)
        for kind, key in rows:
            keys[kind].append(key[0])
        self._held = [db.session.scalars(select(kind).where(inspect(kind).primary_key[0].in_(keys[kind]))).all() for kind in keys]

    def persistent_load(self, key: Any) -> Model:
        found: Model = db.session.get_one(*key)
        return found

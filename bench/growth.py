"""Lists that must not grow with their tables (BG1), their statements (BG2), and public pages among many (BG3)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from sqlalchemy import func, select, text

from bench import floors
from bench.house import House, caller, statements
from bench.measure import Figure, against, alternate, exponent, middle
from bench.pages import PUBLIC
from meetingapp.core.database import db, write
from meetingapp.core.database.transactions import write_queue
from meetingapp.followups.models import Action
from meetingapp.meetings.models import Meeting

LISTS = {
    "meetings": "/kontor/moter",
    "actions": "/kontor/oppfolging",
    "outgoing letters": "/kontor/utgaende-post",
    "history of a meeting": "/kontor/moter/{meeting}/historikk",
}
ROUNDS = 15


def lists(house: House, sizes: tuple[int, ...] = (1_000, 10_000)) -> Iterator[Figure]:
    """BG1: each list at each size; the growth exponent of the whole page."""
    calls = {name: path.format(meeting=house.meeting_id) for name, path in LISTS.items()}
    times: dict[str, dict[int, float]] = {name: {} for name in calls}
    counts: dict[str, dict[int, int]] = {name: {} for name in calls}
    for size in sizes:
        with house.office.app_context():
            _fill(house, size)
        cases: dict[str, Callable[[], object]] = {name: caller(house.site, path, cookie=house.cookie) for name, path in calls.items()}
        taken = alternate(cases, rounds=ROUNDS)
        for name, call in cases.items():
            times[name][size] = middle(taken[name])
            with statements() as heard:
                call()
            counts[name][size] = len(heard)
    for name, by_size in times.items():
        note = ", ".join(f"{size}: {seconds * 1e3:.2f} ms" for size, seconds in by_size.items())
        yield Figure(f"BG1 {name}, growth exponent of the page", exponent(by_size), "exponent", None, 0.05, is_count=True, note=note)
        grown = counts[name][sizes[-1]] - counts[name][sizes[0]]
        yield Figure(f"BG2 {name}, statements more at {sizes[-1]} rows", grown, "statements", None, 0, is_count=True)


def _fill(house: House, size: int) -> None:
    """Bring each table up to `size` rows."""
    with write():
        for table, vary, like in (
            ("meeting", {"slug": "'m-' || n.i", "calendar_uid": "'uid-' || n.i"}, house.meeting_id),
            ("action", {}, db.session.scalar(select(func.min(Action.id)))),
            ("outbox_task", {"state": "'done'"}, db.session.scalar(text("SELECT min(id) FROM outbox_task"))),
            ("letter", {"message_id": "'m-' || n.i", "task_id": f"{size} + n.i"}, db.session.scalar(text("SELECT min(id) FROM letter"))),
        ):
            _copy(table, vary, like, size * 2 if table == "outbox_task" else size)  # each letter has a task of its own
        _copy_hosts(house)
    with write_queue(db.engine), db.engine.connect() as connection:
        connection.exec_driver_sql("ANALYZE")


def _copy(table: str, vary: dict[str, str], like: int | None, size: int) -> None:
    assert like is not None, f"the demo has no row in {table}"
    columns = [column.name for column in db.metadata.tables[table].columns]
    values = [vary.get(name, "n.i" if name == "id" else f'm."{name}"') for name in columns]
    last = db.session.scalar(text(f'SELECT max(id) FROM "{table}"'))
    first = (last or 0) + 1
    if first > size:
        return
    db.session.execute(
        text(
            f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {size}) "
            f'INSERT INTO "{table}" ({", ".join(chr(34) + c + chr(34) for c in columns)}) '
            f'SELECT {", ".join(values)} FROM n, (SELECT * FROM "{table}" WHERE id = {like}) AS m'
        )
    )


def _copy_hosts(house: House) -> None:
    """Each new meeting is of the same bodies."""
    db.session.execute(
        text(
            "INSERT INTO meeting_body (meeting_id, body_id, position) SELECT m.id, b.body_id, b.position FROM meeting m, meeting_body b "
            "WHERE b.meeting_id = :like AND NOT EXISTS (SELECT 1 FROM meeting_body x WHERE x.meeting_id = m.id)"
        ),
        {"like": house.meeting_id},
    )
    assert db.session.scalar(select(func.count(Meeting.id)))


def public_pages(house: House) -> Iterator[Figure]:
    """BG3: one published page among few, and the same and a random one among ten thousand; each beside ready bytes at the same moment."""
    ready = caller(floors.ready_bytes(b"x" * 20_000, []), "/")
    few = caller(house.site, PUBLIC)
    before = alternate({"page": few, "ready": ready}, rounds=60, inner=20)
    with house.office.app_context():
        _publish_many()
    paths = [caller(house.site, f"/b/{random.Random(n).randrange(1, 10_000)}") for n in range(200)]
    turns = iter(range(10**9))

    def some() -> object:
        return paths[next(turns) % len(paths)]()

    after = alternate({"same": few, "random": some, "ready": ready}, rounds=60, inner=20)
    floor = _ratio(before, "page")
    yield Figure("BG3 random page of 10,000, beside one among few", _ratio(after, "random"), "× ready", floor, 1.08)
    yield Figure("BG3 the same page, with 10,000 more", _ratio(after, "same"), "× ready", floor, 1.02)


def _ratio(taken: dict[str, list[float]], what: str) -> float:
    value, floor = against(taken, what, "ready", 1)
    return value / floor


def _publish_many() -> None:
    """Ten thousand pages like the one that is measured."""
    engine = db.engines["public"]
    columns = [column.name for column in db.metadatas["public"].tables["page"].columns]
    values = ", ".join("'/b/' || n.i" if name == "path" else f'm."{name}"' for name in columns)
    with write_queue(engine), engine.connect() as connection:
        connection.exec_driver_sql(
            f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) INSERT INTO page ({', '.join(columns)}) "
            f"SELECT {values} FROM n, (SELECT * FROM page WHERE path = '{PUBLIC}') AS m"
        )
        connection.commit()

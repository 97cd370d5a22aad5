"""The least work that could do the same: ready bytes through Flask, a small office page, three rows by the ORM, the bare disk."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2
from flask import Flask, Response, request
from sqlalchemy import ForeignKey, create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

TEXT = "Rådet drøftet saken om kollektivtransport og vei. Saksordføreren gjorde rede for den, og rådet drøftet økonomi og framdrift. " * 14


def ready_bytes(page: bytes, headers: list[tuple[str, str]]) -> Flask:
    """A Flask application that answers everything with the bytes it was given: what no page through Flask can beat."""
    app = Flask("bench.ready")
    tag = hashlib.sha256(page).hexdigest()[:20]
    kept = {name: value for name, value in headers if name not in ("Content-Length", "Content-Encoding", "ETag")}

    @app.get("/")
    def ready() -> Response:
        if request.if_none_match.contains_weak(tag):
            return Response(status=304, headers={"ETag": f'"{tag}"'})
        return Response(page, headers={**kept, "ETag": f'"{tag}"'})

    app.config["TAG"] = tag
    return app


class Base(DeclarativeBase):
    pass


class Reader(Base):
    __tablename__ = "reader"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    role: Mapped[str]


class Visit(Base):
    __tablename__ = "visit"
    token: Mapped[str] = mapped_column(primary_key=True)
    reader_id: Mapped[int]
    expires: Mapped[datetime]


class Sitting(Base):
    __tablename__ = "sitting"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    starts: Mapped[datetime]
    items: Mapped[list[Point]] = relationship(order_by="Point.position")


class Point(Base):
    __tablename__ = "point"
    id: Mapped[int] = mapped_column(primary_key=True)
    sitting_id: Mapped[int] = mapped_column(ForeignKey("sitting.id"), index=True)
    position: Mapped[int]
    title: Mapped[str]
    text: Mapped[str]
    papers: Mapped[list[Sheet]] = relationship(order_by="Sheet.id")


class Sheet(Base):
    __tablename__ = "sheet"
    id: Mapped[int] = mapped_column(primary_key=True)
    point_id: Mapped[int] = mapped_column(ForeignKey("point.id"), index=True)
    title: Mapped[str]


PAGE = """<!doctype html><html lang="nb"><head><title>{{ m.title }}</title></head><body>
<header><nav>{% for n in range(8) %}<a href="/n/{{ n }}">Valg {{ n }}</a> {% endfor %}</nav></header>
<main><h1>{{ m.title }}</h1><p>{{ m.starts.strftime("%d.%m.%Y") }}</p>
<ol>{% for i in m["items"] %}<li id="sak-{{ i.position }}"><h2><a href="#sak-{{ i.position }}">{{ i.title }}</a></h2><div>{{ i.text }}</div>
<ul>{% for s in i.papers %}<li><a href="/d/{{ s.id }}">{{ s.title }}</a></li>{% endfor %}</ul>
<form method="post" action="/i/{{ i.id }}"><input type="hidden" name="csrf" value="x">
<button>Opp</button><button name="ned">Ned</button></form>
</li>{% endfor %}</ol></main></body></html>"""


def _engine(path: Path) -> Any:
    engine = create_engine(f"sqlite:///{path}", module=pysqlite3.dbapi2)

    @event.listens_for(engine, "connect")
    def pragmas(connection: Any, record: Any) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL"):
            connection.execute(f"PRAGMA {pragma}").close()

    Base.metadata.create_all(engine)
    return engine


def office_page(folder: Path) -> tuple[Flask, str]:
    """A page for somebody signed in: session row, person, meeting, 12 items with 24 papers by the ORM, a template. Five statements.

    :return: the application, and the cookie of whoever is signed in
    """
    engine, token = _engine(folder / "floor.db"), hashlib.sha256(b"floor").hexdigest()
    now = datetime.now(UTC).replace(tzinfo=None)  # noqa: TID251 - a floor has no clock of its own
    with Session(engine) as session:
        points = [
            Point(position=n, title=f"Sak {n}/27: Kollektivplan", text=TEXT, papers=[Sheet(title=f"Vedlegg {k}") for k in range(2)])
            for n in range(1, 13)
        ]
        session.add_all(
            [
                Reader(id=1, name="Kari", role="secretary"),
                Visit(token=token, reader_id=1, expires=now + timedelta(days=1)),
                Sitting(id=1, title="Møte 1", starts=now, items=points),
            ]
        )
        session.commit()
    app = Flask("bench.office")
    template = app.jinja_env.from_string(PAGE)  # compiled once, as the templates of the house are

    @app.get("/")
    def page() -> Any:
        with Session(engine) as session:
            visit = session.get(Visit, hashlib.sha256(request.cookies["sid"].encode()).hexdigest())
            assert visit is not None
            assert session.get(Reader, visit.reader_id) is not None
            meeting = session.scalars(
                select(Sitting).where(Sitting.id == 1).options(selectinload(Sitting.items).selectinload(Point.papers))
            ).one()
            return template.render(m=meeting)

    return app, "sid=floor"


class Act(Base):
    __tablename__ = "act"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    version: Mapped[int]


class Trace(Base):
    __tablename__ = "trace"
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str]
    by: Mapped[int]


class Due(Base):
    __tablename__ = "due"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    state: Mapped[str]


def orm_writer(folder: Path) -> Callable[[], None]:
    """One durable commit by the ORM: a row, a trace of it, a task."""
    engine = _engine(folder / "writer.db")

    def write() -> None:
        with Session(engine) as session, session.begin():
            session.add_all([Act(title="Følg opp", version=1), Trace(what="x" * 400, by=1), Due(kind="letter", state="queued")])

    return write


def disk(folder: Path) -> Callable[[], None]:
    """What a reused write-ahead log costs at the least: 20 KiB in place, and fdatasync."""
    file = os.open(folder / "disk", os.O_RDWR | os.O_CREAT)
    pages = os.urandom(20 * 1024)

    def write() -> None:
        os.pwrite(file, pages, 0)
        os.fdatasync(file)

    return write

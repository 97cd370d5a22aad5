"""Figures for Prometheus, on loopback only: requests (web), and queue, letters and backup (worker)."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from flask import Flask
from prometheus_client import start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select

from meetingapp.core import clock, signs
from meetingapp.core.database import db
from meetingapp.core.mail.models import Letter, LetterState
from meetingapp.core.outbox import Task, TaskState
from meetingapp.core.web import access

LOOPBACK = "127.0.0.1"
log = logging.getLogger(__name__)


class House(Collector):
    """What stands in the database when somebody asks: three queries."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterator[GaugeMetricFamily]:
        with self._app.app_context():
            try:
                yield from _figures()
            finally:
                db.session.rollback()


def _figures() -> Iterator[GaugeMetricFamily]:
    now = clock.true_now()
    due = (Task.state == TaskState.QUEUED, Task.next_try_at <= now)
    length, oldest = db.session.execute(select(func.count(), func.min(Task.next_try_at)).where(*due)).one()
    failed = db.session.scalar(select(func.count()).where(Task.state == TaskState.FAILED)) or 0
    yield GaugeMetricFamily("meetingapp_queue_due", "Tasks whose time has come", length)
    yield GaugeMetricFamily(
        "meetingapp_queue_age_seconds",
        "How long the oldest of them has waited",
        max(0.0, (now - oldest).total_seconds()) if oldest else 0.0,
    )
    yield GaugeMetricFamily("meetingapp_tasks_failed", "Tasks that a person must look at", failed)
    letters = GaugeMetricFamily("meetingapp_letters", "Letters by state", labels=["state"])
    counted = {row[0]: row[1] for row in db.session.execute(select(Letter.state, func.count()).group_by(Letter.state))}
    for state in LetterState:
        letters.add_metric([state.value.replace(" ", "_")], counted.get(state, 0))
    yield letters
    for name, said in (
        (signs.BACKUP, "Seconds since the last good backup"),
        (signs.WORKER, "Seconds since the worker's last sign of life"),
    ):
        sign = signs.read(name)
        if sign is not None:
            yield GaugeMetricFamily(f"meetingapp_{name}_age_seconds", said, (now - sign.at).total_seconds())


def serve(app: Flask, port: int | None, *, house: bool = False) -> None:
    """Let `port` of this machine tell the figures; None: nowhere. A port that is taken costs the figures, never the service.

    :param house: also those of the queue; for one process only, the worker
    """
    if port is None:
        return
    try:
        start_http_server(port, addr=LOOPBACK, registry=access.registry)
    except OSError as error:
        log.warning("no figures are served on port %s", port, exc_info=error)
        return
    if house:
        access.registry.register(House(app))

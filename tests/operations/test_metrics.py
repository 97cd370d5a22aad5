"""Figures for whoever watches the house."""

from __future__ import annotations

import socket
import urllib.request
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from prometheus_client import CollectorRegistry, generate_latest

from meetingapp.core import clock, outbox, signs
from meetingapp.core.database import db
from meetingapp.core.web import access
from meetingapp.operations import metrics
from tests.invitations.support import a_call


def test_the_queue_the_letters_and_the_backup_are_told(app: Flask, council: Any, secretary: Any) -> None:
    a_call(council, secretary)
    task = outbox.post("trial")
    task.next_try_at = clock.true_now() - timedelta(minutes=20)
    db.session.commit()
    signs.give(signs.BACKUP)
    registry = CollectorRegistry()
    registry.register(metrics.House(app))
    told = {line.split(" ")[0]: float(line.split(" ")[1]) for line in generate_latest(registry).decode().splitlines() if line[0] != "#"}
    signs.take_away(signs.BACKUP)

    assert told["meetingapp_queue_due"] >= 1
    assert 1190 < told["meetingapp_queue_age_seconds"] < 1300
    assert told['meetingapp_letters{state="queued"}'] >= 5
    assert told['meetingapp_letters{state="failed"}'] == 0
    assert told["meetingapp_backup_age_seconds"] < 60


def test_figures_are_served_on_loopback_only_and_never_cost_the_service(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    access.requests.labels("GET", "/trial", "200").inc()
    metrics.serve(app, port)
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as answer:
        said = answer.read().decode()
    metrics.serve(app, port)

    assert 'meetingapp_requests_total{method="GET",rule="/trial",status="200"}' in said
    assert "no figures" in caplog.text

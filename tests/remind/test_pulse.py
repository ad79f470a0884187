"""The worker as /readyz and /metrics show it: what waits, what failed, and that it fell silent."""

from __future__ import annotations

import json
import signal
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calendar_app import app
from calendar_app.config import read_settings
from calendar_app.public.editions import Editions
from calendar_app.store import inbox
from calendar_app.web import desk
from calendar_app.web.guard import WSGI
from calendar_app.web.health import SILENT_AFTER
from calendar_app.wiring import make_editions
from tests.remind.journey import World
from tests.remind.processes import NOW, Works
from tests.remind.states import subscribe
from tests.store.places import Place
from tests.web.asking import ask

HERE = {"Host": "127.0.0.1:8000"}
TOLD = {"ticked_at", "next_due_at", "backlog", "oldest_at", "dead", "held", "requests", "people"}


def ready(web: WSGI) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(web, "/readyz").text)
    return found


def gauges(web: WSGI) -> Mapping[str, float]:
    lines = ask(web, "/metrics", headers=HERE, REMOTE_ADDR="127.0.0.1").text.splitlines()
    found = dict(line.split(" ") for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in found.items()}


def test_a_worker_that_silently_stopped_is_seen(
    works: Works, store: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SIGSTOP: it is there, has all its connections, and does nothing."""
    passed = timedelta()

    def clock() -> datetime:
        return datetime.now(UTC) + passed

    monkeypatch.setattr(app, "make_clock", lambda _: clock)
    monkeypatch.setattr(desk, "inbox_engine", lambda *_: store.web)  # somebody closes it
    given = dict(works.settings) | {"CALENDAR_DATABASE_URL": store.web_url.replace("+psycopg", "")}
    settings = read_settings(given)
    editions: Editions = make_editions(settings, clock)
    web = app.create_app(settings, editions)
    assert ready(web)["worker"] == {"is_silent": True}
    with works.worker() as process:
        works.wait_for_pulse()
        with works.engine.begin():  # so that it is not stopped while it holds a lock on the files
            process.signal(signal.SIGSTOP)
        assert (ready(web)["status"], ready(web)["worker"]["is_silent"]) == ("ready", False)
        assert gauges(web)["calendar_worker_is_silent"] == 0
        passed = SILENT_AFTER + timedelta(seconds=30)
        found = ready(web)
        assert (found["status"], found["worker"]["is_silent"]) == ("degraded", True)
        assert gauges(web)["calendar_worker_is_silent"] == 1

    assert TOLD < set(found["worker"])


def test_the_pulse_tells_what_waits_and_what_failed(world: World) -> None:
    def pulse() -> Mapping[str, Any]:
        found = inbox.read_pulse(world.parts.engine)
        assert found is not None
        return found.facts

    world.answers.rcpt = ["550 5.1.1 nobody"]
    assert subscribe(world, "pending", 1).status == 202
    assert world.work(NOW) == {}
    assert (pulse()["dead"], pulse()["backlog"], pulse()["held"]) == (1, 0, 0)

    world.answers.rcpt = ["421 4.3.2 closing"] * 2
    assert subscribe(world, "active", 2).status == 202
    assert world.work(NOW) == {}
    facts = pulse()
    assert (facts["backlog"], facts["breaker_is_open"]) == (1, True)
    assert facts["oldest_at"] == facts["unreachable_since_at"] == "2027-02-20T10:00:00Z"
    assert facts["next_due_at"] == "2027-02-20T10:00:15Z"

    limits = world.parts.applying.limits
    for _ in range(60):
        limits.domain.reserve("example.org", NOW)
    assert subscribe(world, "known", 3).status == 202
    later = NOW + timedelta(minutes=1)
    assert set(world.work(later)) == {"active@example.org"}
    assert (pulse()["held"], pulse()["backlog"], pulse()["oldest_at"]) == (1, 0, None)

"""How the server is: for balancers, for the operator, and for programs that watch it.

None of it is a function of data and day, so none of it is in the table of addresses. Everybody may
ask whether it is ready, so that says nothing that the request of one person can move: whoever asks
for reminders for another's address, or presses a button with another's link, would see in a count
or an instant what became of it. Those are for who asks from this machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import PurePath
from typing import Any, Final

from flask import Flask, Response, jsonify, request
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from calendar_app.core.errors import CalendarError, Fault
from calendar_app.public.editions import Editions, Refusal
from calendar_app.store.inbox import Pulse
from calendar_app.web.guard import METRICS, is_asked_here

FAULTS_SHOWN: Final = 3
# The worker writes its pulse at each tick, three times a minute.
SILENT_AFTER: Final = timedelta(minutes=5)
# Of what the worker says of itself, that which only the operator, the data and the clock can move.
# Whether the mail server is there is not in it: only a mail tells, and a mail is for a person.
_PUBLIC: Final = ("is_silent", "edition", "is_clock_right", "is_data_refused")
Clock = Callable[[], datetime]
ReadPulse = Callable[[], Pulse | None]


def register_health(
    app: Flask, editions: Editions, clock: Clock, read_pulse: ReadPulse | None
) -> None:
    """``read_pulse`` is that of the worker, where there is one; it raises CalendarError."""

    def healthz() -> Response:
        return _uncached(jsonify(status="ok"))

    def readyz() -> Response:
        return _uncached(jsonify(_ready(editions, _worker(read_pulse, clock()))))

    def metrics() -> Response | tuple[str, int]:
        if not is_asked_here(request.environ):
            return _uncached(Response("404 Not Found\n", 404, content_type="text/plain"))
        faults = len(editions.refusal.faults) if editions.refusal else 0
        body = _metrics(faults, _worker(read_pulse, clock()))
        return _uncached(Response(body, content_type=CONTENT_TYPE_PLAIN_0_0_4))

    for rule, view in (("/healthz", healthz), ("/readyz", readyz), (METRICS, metrics)):
        app.add_url_rule(rule, view_func=view, methods=["GET"], provide_automatic_options=False)


def _ready(editions: Editions, worker: Mapping[str, Any]) -> dict[str, Any]:
    """Ready as long as there is an edition; degraded when newer data were refused, the worker is
    silent, or its clock is wrong, so that nothing is planned."""
    found: dict[str, Any] = {"status": "ready", "edition": editions.current().id}
    if editions.refusal:
        found |= {"status": "degraded", "data": _refused(editions.refusal)}
    if worker:
        found["worker"] = {name: worker[name] for name in _PUBLIC if name in worker}
        if worker["is_silent"] or not worker.get("is_clock_right", True):
            found["status"] = "degraded"
    return found


def _refused(refusal: Refusal) -> dict[str, Any]:
    return {
        "refused_at": _text(refusal.at),
        "faults": len(refusal.faults),
        "first": [_public(fault) for fault in refusal.faults[:FAULTS_SHOWN]],
    }


def _worker(read_pulse: ReadPulse | None, now: datetime) -> dict[str, Any]:
    """Nothing where there is none."""
    if read_pulse is None:
        return {}
    try:
        pulse = read_pulse()
    except CalendarError:
        pulse = None
    if pulse is None:
        return {"is_silent": True}
    return {"is_silent": now - pulse.at > SILENT_AFTER, "at": _text(pulse.at), **pulse.facts}


def _metrics(faults: int, worker: Mapping[str, Any]) -> bytes:
    """The text form of Prometheus, version 0.0.4."""
    registry = CollectorRegistry()
    Gauge("calendar_data_faults", "Faults of newer data that were refused", registry=registry).set(
        faults
    )
    for name, value in _gauges(worker):
        Gauge(f"calendar_worker_{name}", "As of its last tick", registry=registry).set(value)
    return generate_latest(registry)


def _gauges(facts: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, value in sorted(facts.items()):
        if isinstance(value, bool | int | float):
            yield name, float(value)
        elif name.endswith("at") and isinstance(value, str):
            yield f"{name}_seconds", datetime.fromisoformat(value).timestamp()


def _text(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _public(fault: Fault) -> str:
    """Without the folder of the file, which is nobody's business."""
    return str(replace(fault, file=PurePath(fault.file).name))


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response

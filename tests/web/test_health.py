"""How the server is, and who may ask."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from calendar_app.app import create_app, create_flask
from calendar_app.config import Settings, read_settings
from calendar_app.core.errors import CalendarError, Fault
from calendar_app.public.editions import Editions
from calendar_app.public.sites import Operator
from calendar_app.store.inbox import Pulse
from calendar_app.web.guard import WSGI, Guard
from calendar_app.web.health import SILENT_AFTER, ReadPulse, register_health
from tests.publishing import BASE_URL, real_catalogue
from tests.web.asking import Reply, ask
from tests.web.conftest import MovableClock

ONION = "http://" + "a" * 56 + ".onion"
HERE = {"Host": "127.0.0.1:8000"}
FACTS: dict[str, object] = {
    "backlog": 3,
    "dead": 0,
    "next_due_at": "2026-12-02T10:00:00Z",
    "oldest_at": None,
}
FACTS |= {"edition": "abc", "breaker_is_open": False, "is_clock_right": True}


def stack(settings: Settings, read_pulse: ReadPulse | None, *, is_refused: bool = False) -> WSGI:
    clock = MovableClock()
    editions = Editions(real_catalogue(), clock, BASE_URL, Operator())
    if is_refused:
        editions.refuse([Fault("/srv/data/events.yaml", 3, "may-day", "yearly", "no", "yes")])
    flask = create_flask(editions)
    register_health(flask, editions, clock, read_pulse)
    return Guard(flask, settings)


def pulse(age: timedelta = timedelta()) -> ReadPulse:
    return lambda: Pulse(MovableClock().now - age, FACTS)


def here(app: WSGI, path: str, **headers: str) -> Reply:
    return ask(app, path, headers=HERE | headers, REMOTE_ADDR="127.0.0.1")


def state(app: WSGI) -> dict[str, object]:
    found: dict[str, object] = json.loads(ask(app, "/readyz").text)
    return found


def test_a_site_without_mail_has_no_worker(settings: Settings) -> None:
    found = state(stack(settings, None))

    assert (found["status"], "worker" in found) == ("ready", False)


def test_everybody_is_told_only_what_no_request_moves(settings: Settings) -> None:
    found = state(stack(settings, pulse()))

    assert found["status"] == "ready"
    assert found["worker"] == {"is_silent": False, "edition": "abc", "is_clock_right": True}


def test_a_worker_that_plans_nothing_is_seen(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(FACTS, "is_clock_right", False)

    assert state(stack(settings, pulse()))["status"] == "degraded"


@pytest.mark.parametrize(
    ("age", "is_silent"), [(SILENT_AFTER, False), (SILENT_AFTER + timedelta(seconds=1), True)]
)
def test_a_worker_that_stopped_is_seen(settings: Settings, age: timedelta, is_silent: bool) -> None:
    found = state(stack(settings, pulse(age)))

    assert (found["status"] == "degraded") is is_silent
    assert found["worker"]["is_silent"] is is_silent


def test_a_worker_that_never_began_and_a_store_that_is_gone_are_seen(settings: Settings) -> None:
    def unreadable() -> Pulse | None:
        raise CalendarError("the pulse cannot be read")

    for read in (lambda: None, unreadable):
        found = state(stack(settings, read))
        assert (found["status"], found["worker"]) == ("degraded", {"is_silent": True})


def test_metrics_are_in_the_form_of_prometheus(settings: Settings) -> None:
    reply = here(stack(settings, pulse(), is_refused=True), "/metrics")

    lines = [line for line in reply.text.splitlines() if not line.startswith("#")]
    assert reply.header("Content-Type").startswith("text/plain; version=0.0.4")
    assert lines == [
        "calendar_data_faults 1.0",
        "calendar_worker_at_seconds 1.796202e+09",
        "calendar_worker_backlog 3.0",
        "calendar_worker_breaker_is_open 0.0",
        "calendar_worker_dead 0.0",
        "calendar_worker_is_clock_right 1.0",
        "calendar_worker_is_silent 0.0",
        "calendar_worker_next_due_at_seconds 1.7962056e+09",
    ]


@pytest.mark.parametrize(
    ("headers", "client", "status"),
    [
        ({"Host": "127.0.0.1:8000"}, "127.0.0.1", 200),
        ({"Host": "localhost"}, "127.0.0.1", 200),
        ({"Host": "[::1]:8000"}, "::1", 200),
        ({"Host": "calendar.example"}, "127.0.0.1", 404),  # as a web server in front passes it on
        ({"Host": "127.0.0.1:8000", "X-Forwarded-For": "192.0.2.1"}, "127.0.0.1", 400),
        ({"Host": "127.0.0.1:8000"}, "192.0.2.1", 400),
        ({"Host": "calendar.example"}, "192.0.2.1", 404),
        ({"Host": "other.example"}, "127.0.0.1", 400),
    ],
)
def test_metrics_are_for_this_machine_only(
    settings: Settings, headers: dict[str, str], client: str, status: int
) -> None:
    reply = ask(stack(settings, pulse()), "/metrics", headers=headers, REMOTE_ADDR=client)

    assert reply.status == status
    assert ("backlog" in reply.text) is (status == 200)


@pytest.mark.parametrize(
    "names", [{"BASE_URL": ONION}, {"BASE_URL": BASE_URL, "ALTERNATE_URLS": ONION}]
)
def test_a_site_with_an_onion_address_has_no_metrics(names: dict[str, str]) -> None:
    """Tor leads here from this machine, and who asks through it names any host."""
    app = stack(
        read_settings({f"CALENDAR_{name}": value for name, value in names.items()}), pulse()
    )

    assert here(app, "/metrics").status == 404
    assert here(app, "/healthz").status == 200


def test_a_page_is_not_answered_under_another_name(settings: Settings) -> None:
    assert here(stack(settings, None), "/en/").status == 400
    assert here(stack(settings, None), "/readyz").status == 200


def test_where_mail_is_on_the_worker_is_asked_for(editions: Editions, tmp_path: object) -> None:
    settings = read_settings({"CALENDAR_STATE_DIR": str(tmp_path)})

    found = json.loads(ask(create_app(settings, editions), "/readyz", headers=HERE).text)

    assert found["worker"] == {"is_silent": True}

"""The worker as /readyz and /metrics show it: that it fell silent to everybody, what waits and
what failed on this machine only."""

from __future__ import annotations

import json
import re
import signal
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from calendar_app import app
from calendar_app.config import read_settings
from calendar_app.public.editions import Editions
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.store import inbox
from calendar_app.store.database import reading
from calendar_app.web import desk
from calendar_app.web.desk import UNATTENDED_AFTER
from calendar_app.web.guard import WSGI
from calendar_app.web.health import SILENT_AFTER
from calendar_app.wiring import make_editions
from calendar_app.words.catalogs import catalog
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.typography import keep_together
from calendar_app.worker.pulse import ROUNDED_TO, Facts, facts_of_people
from tests.mail.servers import Door
from tests.remind.journey import World
from tests.remind.processes import CHOICES, NOW, Works
from tests.remind.states import FORM, OWN, STATES, address_of, path_of, populated, subscribe
from tests.store.people import add_person
from tests.store.places import FullDisk, Place
from tests.web.asking import Reply, ask

HERE = {"Host": "127.0.0.1:8000"}
CLOCKS = ("ticked_at", "calendar_worker_ticked_at_seconds", "calendar_worker_at_seconds")
COUNTED = ("ticked_at_seconds", "backlog", "dead", "held", "requests", "refused", "people")


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
        pulse = inbox.read_pulse(works.engine)
        assert pulse is not None
        assert pulse.facts["key"] == load_or_make(works.state).current.id.hex()
        with works.engine.begin():  # so that it is not stopped while it holds a lock on the files
            process.signal(signal.SIGSTOP)
        assert (ready(web)["status"], ready(web)["worker"]["is_silent"]) == ("ready", False)
        assert gauges(web)["calendar_worker_is_silent"] == 0
        passed = SILENT_AFTER + timedelta(seconds=30)
        found = ready(web)
        assert (found["status"], found["worker"]["is_silent"]) == ("degraded", True)
        assert gauges(web)["calendar_worker_is_silent"] == 1

        assert {f"calendar_worker_{name}" for name in COUNTED} < set(gauges(web))


def test_nothing_is_asked_for_while_nobody_reads_it(world: World, store: Place) -> None:
    """The same for every address, in every language; what was mailed can still be used."""
    tokens = populated(world)
    world.now += UNATTENDED_AFTER
    assert ask(world.app, "/en/subscribe/mail/").status == 200
    world.now += timedelta(seconds=1)

    for lang in LANGUAGES:
        found = ask(world.app, f"/{lang}/subscribe/mail/")
        assert (found.status, found.header("Retry-After")) == (503, "300")
        assert keep_together(catalog(lang).text("mail_paused")) in found.text
        assert "<form" not in found.text
    shown = {state: subscribe(world, state, number) for number, state in enumerate(STATES, 50)}
    assert {reply.status for reply in shown.values()} == {503}
    for state, reply in shown.items():  # what was typed is still there
        assert f'value="{address_of(state)}"' in reply.text
        assert keep_together(catalog("en").text("mail_paused")) in reply.text
    assert len({reply.text.replace(address_of(state), "") for state, reply in shown.items()}) == 1
    with reading(store.worker) as connection:
        assert inbox.count_requests(connection) == 0
    for lang in LANGUAGES:
        leaving = world.post(f"/{lang}/unsubscribe/{tokens['active']}", {}, **OWN)
        assert leaving.status == 202
        assert keep_together(catalog(lang).text("done_later")) in leaving.text
        assert keep_together(catalog(lang).text("done_within_minute")) not in leaving.text
    near = FORM | {"topics": ["cuba"], "leads": ["30", "7"], "do": "show"}
    said = [
        world.post("/en/subscribe/mail/", near, **OWN).text,
        world.post(f"/en/manage/{tokens['active']}/en.cuba.7.UTC.9", near, **OWN).text,
        *(
            world.post(
                f"/en/manage/{tokens['active']}/en.cuba.7.UTC.9", FORM | {"do": do}, **OWN
            ).text
            for do in ("change", "export", "renew")
        ),
        world.post(f"/en/confirm/{tokens['used']}", {}, **OWN).text,
    ]
    for text in said:  # nothing that is true only of a worker at work
        assert not re.search("at once|on its way|from now on|are now on|within", text)
    world.work(world.now)  # the worker is back
    assert ask(world.app, "/en/subscribe/mail/").status == 200


def test_on_a_full_disk_a_form_says_so_and_what_was_taken_stays(
    world: World, store: Place, full_disk: FullDisk
) -> None:
    """The same for every address and token, in every language; it goes on without a restart."""
    tokens = populated(world)
    assert subscribe(world, "unknown", 40).status == 202
    leave = f"unsubscribe/{tokens['active']}"

    with full_disk(0, "request.kind"):
        shown = [subscribe(world, state, number) for number, state in enumerate(STATES, 50)]
        left = [world.post(f"/{lang}/{leave}", {}, **OWN) for lang in LANGUAGES]
        read = [
            ask(world.app, f"/{lang}/{page}").status for lang in LANGUAGES for page in ("", leave)
        ]

    assert {(reply.status, reply.header("Retry-After")) for reply in shown} == {(503, "300")}
    alike = [
        reply.text.replace(address_of(state), "")
        for state, reply in zip(STATES, shown, strict=True)
    ]
    assert len(set(alike)) == 1
    for lang, reply in zip(LANGUAGES, left, strict=True):
        assert (reply.status, reply.header("Retry-After")) == (503, "300")
        assert catalog(lang).text("error_busy") in reply.text
    assert set(read) == {200}
    with reading(store.worker) as connection:
        assert inbox.count_requests(connection) == 1
    assert world.post(f"/en/{leave}", {}, **OWN).status == 202
    assert set(world.work(world.now)) == {address_of("unknown")}


def test_the_worker_knows_what_waits_and_what_failed(world: World) -> None:
    def facts() -> Facts:
        return facts_of_people(world.parts, world.now)

    world.answers.rcpt = ["550 5.1.1 nobody"]
    assert subscribe(world, "pending", 1).status == 202
    assert world.work(NOW) == {}
    assert (facts()["dead"], facts()["backlog"], facts()["held"]) == (1, 0, 0)

    world.parts.transport.close()
    world.answers.doors = [Door(b"421 4.3.2 closing\r\n", closes=True)]
    assert subscribe(world, "active", 2).status == 202
    assert world.work(NOW) == {}
    found = facts()
    assert (found["backlog"], found["breaker_is_open"]) == (1, True)
    assert found["oldest_at"] == found["unreachable_since_at"] == "2027-02-20T10:00:00Z"
    assert found["next_due_at"] == "2027-02-20T10:00:15Z"

    limits = world.parts.applying.limits
    for _ in range(60):
        limits.domain.grant("example.org", NOW, NOW)
    assert subscribe(world, "known", 3).status == 202
    later = NOW + timedelta(minutes=1)
    assert set(world.work(later)) == {"active@example.org"}
    assert (facts()["held"], facts()["backlog"], facts()["oldest_at"]) == (1, 0, None)


def pulse_of(world: World) -> Mapping[str, Any]:
    found = inbox.read_pulse(world.parts.engine)
    assert found is not None
    return found.facts


def test_nobody_is_seen_to_come_and_to_go(world: World) -> None:
    """One person, with nobody else about: what the web can read is the same before and after."""
    world.work(NOW)

    def seen() -> dict[str, Any]:
        shown = {**pulse_of(world), **gauges(world.app)}
        return {name: fact for name, fact in shown.items() if name not in CLOCKS}

    nobody = seen()
    came = NOW + timedelta(minutes=3, seconds=12)
    world.answers.rcpt = ["451 4.3.0 later"]
    assert subscribe(world, "active", 1).status == 202
    assert world.work(came) == {}
    assert facts_of_people(world.parts, came)["oldest_at"] == "2027-02-20T10:03:12Z"
    assert seen() == nobody
    mails = world.work(came + timedelta(minutes=5))
    link = path_of(mails["active@example.org"][0], "confirm")
    assert world.post(link, {}, **OWN).status == 202
    welcome = world.work(came + timedelta(minutes=6))["active@example.org"][0]
    assert seen() == nobody
    assert world.post(path_of(welcome, "manage"), {"do": "leave"}, **OWN).status == 202
    world.work(came + timedelta(minutes=7))
    assert seen() == nobody


def test_what_waits_for_long_is_told_in_round_numbers(world: World) -> None:
    """Whoever came, in a quarter of an hour; what was lost is told to the last one."""
    come = 2 * ROUNDED_TO - 1
    world.answers.rcpt = ["550 5.1.1 nobody", *["451 4.3.0 later"] * come]
    world.now = NOW + timedelta(minutes=3)
    for number in range(come + 1):
        form = FORM | {"address": f"a@d{number}.example"}
        assert world.post("/en/subscribe/mail/", form, number, **OWN).status == 202
    world.work(world.now)
    told = pulse_of(world)
    assert (told["backlog"], told["dead"], told["people"]) == (ROUNDED_TO, 1, 0)
    assert (told["oldest_at"], told["next_due_at"]) == ("2027-02-20T10:00:00Z",) * 2

    world.work(NOW + timedelta(minutes=14, seconds=59))
    assert pulse_of(world)["backlog"] == ROUNDED_TO
    world.work(NOW + timedelta(minutes=15))
    assert pulse_of(world)["backlog"] == 0


def test_how_many_people_there_are_is_told_once_a_day(world: World, store: Place) -> None:
    world.work(NOW)
    with store.worker.begin() as connection:
        for _ in range(2 * ROUNDED_TO - 1):
            add_person(connection, CHOICES)
    midnight = datetime.combine(NOW.date() + timedelta(days=1), time(), UTC)

    world.work(midnight - timedelta(seconds=1))
    assert pulse_of(world)["people"] == 0
    world.work(midnight)
    assert pulse_of(world)["people"] == ROUNDED_TO


def test_everybody_reads_the_same_whatever_became_of_a_request(world: World) -> None:
    """The steps of an attacker: a request, a look, for each state of an address and a token; with
    a mail server that takes all, one that breaks off, and one that knows nobody; and after limits
    were used up."""
    tokens = populated(world)
    first = ask(world.app, "/readyz").text
    exact: set[str] = set()
    numbers = iter(range(100, 250))

    def looked_after(reply: Reply, now: datetime) -> str:
        assert reply.status == 202
        world.work(now)
        exact.add(json.dumps(facts_of_people(world.parts, now)))
        return ask(world.app, "/readyz").text

    seen = set()
    for answers in ([], ["421 4.3.2 closing"] * 60, ["550 5.1.1 nobody"] * 60):
        world.answers.rcpt = list(answers)
        later = world.now + timedelta(hours=1)
        for state in STATES:
            seen.add(looked_after(subscribe(world, state, next(numbers)), later))
        for token in tokens.values():
            path = f"/en/manage/{token}/en..7.UTC.9"
            seen.add(looked_after(world.post(path, {"do": "export"}, **OWN), later))
            seen.add(looked_after(world.post(f"/en/confirm/{token}", {}, **OWN), later))
        limits = world.parts.applying.limits
        for _ in range(60):
            limits.domain.grant("example.org", world.now, world.now)

    assert seen == {first}
    assert len(exact) > len(STATES)  # the worker knows each step

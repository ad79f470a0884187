"""The worker with its threads and APScheduler, while somebody sets the clock of the machine."""

from __future__ import annotations

import errno
import os
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import OperationalError

from calendar_app.config import read_settings
from calendar_app.mail.transport import Memory
from calendar_app.remind.budgets import Breaker
from calendar_app.remind.tick import Ticked
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.sealing.seal import seal
from calendar_app.sealing.tokens import Purpose, make_token
from calendar_app.store import inbox
from calendar_app.store.inbox import RequestKind
from calendar_app.store.tables import subscriber
from calendar_app.worker import running
from calendar_app.worker.clocks import ClockWatch
from calendar_app.worker.parts import put_together
from calendar_app.worker.reports import Reports
from calendar_app.worker.running import Worker
from tests.mail.servers import Answers, real_server
from tests.remind.office import SENDER, read, words
from tests.remind.processes import (
    NOW,
    PEOPLE,
    WEEK_BEFORE,
    Works,
    count,
    made_works,
    people_are_there,
)
from tests.store.places import Place
from tests.web.serving import wait_until

HOUR = timedelta(hours=1)


class Machine:
    """A clock that can be set and one that cannot, and a worker that goes by them."""

    def __init__(self) -> None:
        self.passed, self.set_by = timedelta(), timedelta()
        self.watch = ClockWatch(self.clock, lambda: self.passed.total_seconds())

    def clock(self) -> datetime:
        return NOW + self.passed + self.set_by


@pytest.fixture
def _brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TICK_SECONDS", "INBOX_SECONDS"):
        monkeypatch.setattr(running, name, 0.2)
    for name in ("LOOK_SECONDS", "IDLE_SECONDS"):
        monkeypatch.setattr(running, name, 0.05)
    os.umask(0o077)


@pytest.mark.usefixtures("_brisk")
def test_while_the_clock_is_wrong_nothing_is_planned_or_sent(tmp_path: Path, store: Place) -> None:
    answers, machine, stopping = Answers(), Machine(), Signal()
    with real_server(answers) as port:
        works = made_works(tmp_path, store, port)
        people_are_there(works)
        parts = put_together(
            read_settings(works.settings),
            machine.clock,
            lambda: stopping.is_set() or bool(machine.watch.jump()),
        )
        reports = Reports("", SENDER, Memory(), Breaker())
        thread = Thread(target=Worker(parts, machine.watch.jump, reports, stopping).run)
        thread.start()

        def ticks(is_clock_right: bool) -> None:
            """Wait for one that begins after this."""
            machine.passed += timedelta(seconds=1)
            expected = (machine.clock(), is_clock_right)
            wait_until(lambda: told(parts.engine) == expected, f"a tick at {expected}")

        try:
            ticks(is_clock_right=True)
            machine.set_by = timedelta(days=30)
            ticks(is_clock_right=False)
            assert (answers.seen, count(works, "delivery")) == ([], 0)
            machine.set_by = timedelta()
            ticks(is_clock_right=True)
            assert (answers.seen, count(works, "delivery")) == ([], 0)

            machine.passed += WEEK_BEFORE - machine.clock()
            wait_until(lambda: len(answers.seen) == len(PEOPLE), "everybody is reminded")
            machine.set_by = -HOUR
            ticks(is_clock_right=False)
            machine.set_by = timedelta()
            ticks(is_clock_right=True)
        finally:
            stopping.set()
            thread.join()
            parts.close()

    assert sorted(to for _, to, _ in answers.seen) == PEOPLE
    assert count(works, "delivery WHERE state = 'sent'") == len(PEOPLE)


@pytest.mark.usefixtures("_brisk")
def test_who_left_while_no_worker_was_there_is_not_mailed_by_the_next(
    tmp_path: Path, store: Place
) -> None:
    answers, stopping = Answers(), Signal()
    with real_server(answers) as port:
        works = made_works(tmp_path, store, port)
        people_are_there(works)
        all_but_one_leave(works)
        parts = put_together(read_settings(works.settings), lambda: WEEK_BEFORE, stopping.is_set)
        worker = Worker(parts, timedelta, Reports("", SENDER, Memory(), Breaker()), stopping)
        thread = Thread(target=worker.run)
        thread.start()
        try:
            wait_until(lambda: answers.seen, "whoever stayed is reminded")
        finally:
            stopping.set()
            thread.join()
            parts.close()

    assert len(answers.seen) == 1
    assert count(works, "subscriber") == 1


def all_but_one_leave(works: Works) -> None:
    """They press the button of their mails; nobody has read it yet."""
    ring = load_or_make(works.state)
    key = ring.current.requests.public_key()
    with works.engine.begin() as connection:
        *leaving, _ = connection.execute(select(subscriber.c.id)).scalars()
    for person in leaving:
        token = make_token(ring, Purpose.MANAGE, person)
        inbox.append(works.engine, RequestKind.LEAVE, seal(key, "leave", {"token": token}))


def told(engine: Engine) -> tuple[datetime, object] | None:
    pulse = inbox.read_pulse(engine)
    return None if pulse is None else (pulse.at, pulse.facts["is_clock_right"])


def test_a_worker_that_is_behind_says_since_when_and_sends_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine, told = Machine(), []
    parts: Any = SimpleNamespace(
        clock=machine.clock, engine=None, catalogue=None, watch=SimpleNamespace(look=lambda: None)
    )
    reports: Any = SimpleNamespace(well_in_month="", report=lambda facts, _: told.append(facts))
    worker = Worker(parts, machine.watch.jump, reports, Signal())
    monkeypatch.setattr(running, "beat", lambda _, __, own: own | {"may_send": worker._may_send})
    # While another worker plans nothing is known, and what was known before still holds.
    elsewhere = Ticked(is_elsewhere=True)
    for ticked in (Ticked(is_behind=True), elsewhere, Ticked(is_resting=True)):
        monkeypatch.setattr(running, "tick", lambda *_, ticked=ticked: ticked)
        worker._tick()
        machine.passed += HOUR

    since = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert [one["behind_since_at"] for one in told] == [since, since, None]
    assert [one["is_resting"] for one in told] == [False, False, True]
    assert [one["may_send"] for one in told] == [False, False, True]


def test_that_the_store_cannot_be_written_is_mailed_though_nothing_else_can_be_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine, mails, stopping = Machine(), Memory(), Signal()
    stopping.set()  # nothing is waited for
    parts: Any = SimpleNamespace(
        clock=machine.clock, engine=None, catalogue=None, watch=SimpleNamespace(look=lambda: None)
    )
    reports = Reports("operator@calendar.example", SENDER, mails, Breaker())
    worker = Worker(parts, machine.watch.jump, reports, stopping)

    def is_full(*_: object) -> Ticked:
        raise OperationalError("COMMIT", {}, Exception("database or disk is full"))

    monkeypatch.setattr(running, "tick", is_full)
    counts = []
    for passed in (timedelta(), timedelta(minutes=6), HOUR, 25 * HOUR):
        machine.passed = passed
        worker._try(worker._tick)
        counts.append(len(mails.sent))

    assert counts == [0, 1, 1, 2]
    since = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    sentence = f"The store cannot be written since {since},"
    assert sentence in " ".join(words(read(mails.sent[0])).split())


def test_that_nobody_can_leave_is_told_by_the_tick_that_can_write(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine, told = Machine(), []

    def is_full(_: datetime) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    parts: Any = SimpleNamespace(
        clock=machine.clock, engine=None, catalogue=None, watch=SimpleNamespace(look=lambda: None)
    )
    parts.applying = SimpleNamespace(apply_waiting=is_full)
    reports: Any = SimpleNamespace(well_in_month="", report=lambda facts, _: told.append(facts))
    worker = Worker(parts, machine.watch.jump, reports, Signal())
    monkeypatch.setattr(running, "beat", lambda _, __, own: own)
    monkeypatch.setattr(running, "tick", lambda *_: Ticked())
    with pytest.raises(OSError, match="No space"):
        worker._apply()
    worker._tick()
    parts.applying = SimpleNamespace(apply_waiting=lambda _: 0)
    worker._apply()
    worker._tick()

    since = f"{NOW:%Y-%m-%dT%H:%M:%SZ}"
    assert [one["unwritable_since_at"] for one in told] == [since, None]

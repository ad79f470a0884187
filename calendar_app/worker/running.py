"""The worker at work: two jobs by the clock, threads that send, and an eye on the clock itself.

APScheduler only wakes; what is to be done stands in the store.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Event as Signal
from threading import Thread
from typing import Final

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger
from sqlalchemy.exc import DBAPIError

from calendar_app.remind.send import CONNECTIONS
from calendar_app.remind.tick import Ticked, is_behind, tick
from calendar_app.worker.alone import AnotherAtWork
from calendar_app.worker.parts import Parts
from calendar_app.worker.pulse import Facts, as_text, beat
from calendar_app.worker.reports import Reports

INBOX_SECONDS: Final = 2
TICK_SECONDS: Final = 20
LOOK_SECONDS: Final = 1.0
IDLE_SECONDS: Final = 2.0
FAILED_SECONDS: Final = 5.0
# Half of them hand mails over, one for each connection, while the others wait for a commit.
THREADS: Final = 2 * CONNECTIONS
_UNWRITABLE: Final = (DBAPIError, OSError)
log = logging.getLogger(__name__)


class Worker:
    """Runs until it is told to stop, and then ends the mails that are on their way."""

    def __init__(
        self, parts: Parts, jump: Callable[[], timedelta], reports: Reports, stopping: Signal
    ) -> None:
        """``jump`` tells how far the clock is from where it should be."""
        self._parts, self._look, self._reports = parts, jump, reports
        self._stopping, self._wake = stopping, Signal()
        self._jump = timedelta()
        self._since: dict[str, datetime] = {}  # when it began to rest, or to be behind
        self._unwritable: dict[str, datetime] = {}  # since when, by what could not be written
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._jobs = [
            self._scheduler.add_job(
                partial(self._try, job),
                IntervalTrigger(seconds=seconds, timezone=UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,
            )
            for job, seconds in ((self._apply, INBOX_SECONDS), (self._tick, TICK_SECONDS))
        ]
        self._senders = [
            Thread(target=self._send, name=f"send-{number}") for number in range(THREADS)
        ]

    def run(self) -> None:
        """Returns when it was told to stop and nothing is on its way any more."""
        self._try(self._catch_up)
        self._try(self._tick)
        self._scheduler.start()
        for thread in self._senders:
            thread.start()
        while not self._stopping.wait(LOOK_SECONDS):
            self._look_at_clock()
        self._wake.set()
        self._scheduler.shutdown(wait=True)
        for thread in self._senders:
            thread.join()

    def _catch_up(self) -> None:
        """What people asked for while no worker was there comes first: who has left is not
        mailed."""
        if not is_behind(self._parts.engine, self._parts.catalogue, self._parts.clock()):
            self._apply()

    def _apply(self) -> None:
        now = self._parts.clock()  # before it is asked whether that is right
        if not self._may_send:
            return  # nothing is tried, so nothing is known of the store
        with self._writing("requests", now):
            if self._parts.applying.apply_waiting(now):
                self._wake.set()

    def _tick(self) -> None:
        now = self._parts.clock()
        try:
            with self._writing("reminders", now):
                facts = self._plan(now)
        except _UNWRITABLE:
            self._reports.report_unwritable(self._unwritable["reminders"], now)
            raise
        self._reports.report(facts, now)

    def _plan(self, now: datetime) -> Facts:
        parts = self._parts
        is_clock_right, ticked = self._is_clock_right, Ticked(is_elsewhere=True)
        if is_clock_right:
            parts.watch.look()
            ticked = tick(parts.engine, parts.catalogue, now)
            if ticked.planned or ticked.corrected:
                self._wake.set()
        own: dict[str, str | bool | None] = {
            "is_clock_right": is_clock_right,
            "well_in_month": self._reports.well_in_month,
        }
        for name, holds in (("resting", ticked.is_resting), ("behind", ticked.is_behind)):
            if holds:
                self._since.setdefault(name, now)
            elif not ticked.is_elsewhere:
                self._since.pop(name, None)
            since = self._since.get(name)
            own |= {f"is_{name}": since is not None, f"{name}_since_at": as_text(since)}
        own["unwritable_since_at"] = as_text(self._unwritable.get("requests"))
        return beat(parts, now, own)

    @contextmanager
    def _writing(self, what: str, now: datetime) -> Iterator[None]:
        """Keeps in mind since when the store, or its disk, takes nothing of it."""
        try:
            yield
        except _UNWRITABLE:
            self._unwritable.setdefault(what, now)
            raise
        self._unwritable.pop(what, None)

    def _send(self) -> None:
        while not self._stopping.is_set():
            count = self._try(self._parts.sending.send_due) if self._may_send else 0
            if not count:
                self._wake.wait(IDLE_SECONDS)
                self._wake.clear()

    def _try(self, job: Callable[[], int | None]) -> int:
        """A job that fails is tried again; what it says may quote what nobody may read."""
        try:
            return job() or 0
        except AnotherAtWork as error:
            # What it is doing may change the keys, so that those in memory are the wrong ones.
            log.error("the worker ends: %s", error)
            self._stopping.set()
            return 0
        except Exception as error:  # the worker must outlive what nobody thought of, and say so
            log.error("%s failed and is tried again: %s", job.__name__, type(error).__name__)
            self._stopping.wait(FAILED_SECONDS)
            return 0

    @property
    def _is_clock_right(self) -> bool:
        """As of now: a tick may come before the next look."""
        return not self._look()

    @property
    def _may_send(self) -> bool:
        """By older data than those in force it would leave out what is true."""
        return self._is_clock_right and "behind" not in self._since

    def _look_at_clock(self) -> None:
        """APScheduler would sleep through the hours by which a clock is put back."""
        jump = self._look()
        if jump != self._jump and bool(jump) is not bool(self._jump):
            log.error("the clock is off by %s", jump)
            self._jump = jump
            for job in self._jobs:
                job.reschedule(job.trigger)

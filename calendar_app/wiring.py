"""What every process needs, put together: the clock, the catalogue, the editions and their watch.

The only module that reads the clock.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from threading import Event as Signal
from threading import Thread
from typing import Final

from calendar_app.catalogue.pairs import load, revisions_path
from calendar_app.config import Settings
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import DataError, Fault
from calendar_app.feeds.wire import wire_digest
from calendar_app.public.editions import Editions
from calendar_app.public.sites import Operator

Clock = Callable[[], datetime]
WATCH_SECONDS: Final = 1.0
_UNEXPECTED: Final = Fault("", 0, "", "", "reading failed for an unknown reason", "see the log")
log = logging.getLogger(__name__)


def make_clock(settings: Settings) -> Clock:
    """Now in UTC, or the instant that a setting fixes it to."""
    fixed = settings.now
    return (lambda: fixed) if fixed else (lambda: datetime.now(UTC))


def make_steady_clock() -> Callable[[], float]:
    """Seconds that nobody can set, counted also while the machine sleeps where it can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic if boot is None else partial(time.clock_gettime, boot)


def load_catalogue(settings: Settings) -> Catalogue:
    """The data in force. Raises DataError."""
    return load(settings.events, wire_digest())


def make_editions(settings: Settings, clock: Clock) -> Editions:
    """Raises DataError: a server does not start with bad data."""
    operator = Operator(settings.operator_name, settings.contact, settings.mail is not None)
    return Editions(load_catalogue(settings), clock, settings.base_url, operator)


class Watch:
    """Editions that follow the files: looks every second and publishes a changed pair that
    matches.

    What does not match is refused and tried again at its next change: half a file, or data
    without their revisions, are the beginnings of a pair.
    """

    def __init__(self, settings: Settings, clock: Clock) -> None:
        """Raises DataError."""
        self._settings = settings
        self._stopped = Signal()
        # Before the files are read: what changes meanwhile is a change.
        self._seen = self._signature()
        self.editions = make_editions(settings, clock)
        self._thread = Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread.is_alive():
            self._thread.join()

    def look(self) -> bool:
        """Takes or refuses what changed; tells whether an edition was published."""
        signature = self._signature()
        if signature == self._seen:
            return False
        self._seen = signature
        try:
            with _nothing_collected():
                edition = self.editions.publish(self._newer_catalogue())
        except DataError as error:
            self.editions.refuse(error.faults)
            log.error("new data refused, the last good edition stays in force:\n%s", error)
            return False
        log.info("edition %s in force", edition.id)
        return True

    def _newer_catalogue(self) -> Catalogue:
        """Raises DataError, also for revisions that were put back: what was published since is
        in calendars, and they take only what is newer."""
        catalogue = load_catalogue(self._settings)
        in_force = self.editions.current().site.catalogue.revisions
        problem = "these revisions are older than those in force"
        remedy = "keep the newer revisions with the older data, and run calendar-app revise"
        older = [
            Fault(str(revisions_path(Path(file))), 0, "", "", problem, remedy)
            for file, revisions in catalogue.revisions.items()
            if revisions.number < in_force[file].number
        ]
        if older:
            raise DataError(older)
        return catalogue

    def _run(self) -> None:
        while not self._stopped.wait(WATCH_SECONDS):
            try:
                self.look()
                self.editions.prepare()
            except Exception:  # the watch must outlive what nobody thought of, and say so
                log.exception("the watch over the data failed and goes on")
                self.editions.refuse([_UNEXPECTED])

    def _signature(self) -> tuple[tuple[int, int, int] | None, ...]:
        paths = [path for file in self._settings.events for path in (file, revisions_path(file))]
        return tuple(map(_stat, paths))


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Most of what an edition is made of stays. Python would look through all of it for rings of
    garbage again and again, and no reader gets an answer meanwhile."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _stat(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    # The time of the last change of any kind, so that better permissions are seen too.
    return found.st_ino, found.st_ctime_ns, found.st_size

"""The planner: from what has become due to rows of deliveries, and from what was told and is no
longer true to corrections.

The unique key of a delivery is the truth; ``planned_until`` only saves work. So catching up,
repeating, a tick in two parts, a crash, a second worker and a new edition are the same lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby, islice
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, Engine

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.due import (
    REACH,
    Due,
    crosses_quarter,
    due_between,
    zones_between,
)
from calendar_app.remind.corrections import Correcting
from calendar_app.remind.passing import APART, forget, pass_time, with_time
from calendar_app.store import subscribers
from calendar_app.store.database import changing_store, reading
from calendar_app.store.forgetting import forget_skipped
from calendar_app.store.planner import (
    Planner,
    lock_planner,
    read_planner,
    start_planning,
    write_planner,
)
from calendar_app.store.planning import insert_due

# After an edit reminders rest, so that a slip can be mended before anybody is told.
REST: Final = timedelta(minutes=30)
# A worker with older data waits for so long after one with newer ones was last there. So one that
# refuses new data holds up nobody, and data that were put back everywhere come into force.
GONE_AFTER: Final = timedelta(minutes=15)
SEEN_EVERY: Final = timedelta(minutes=5)
# What is due at several instants is planned in one go, and twice as much in the next while that
# brings few rows: a commit costs as much as thousands of them, and a statement for many instants
# hardly more than for one; but on SQLite whoever marks what was sent waits until it is done.
MOST_ROWS: Final = 20_000
FIRST_INSTANTS: Final = 8
MOST_INSTANTS: Final = 256

Moments = Iterator[tuple[datetime, Iterator[Due]]]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did: rows of reminders and digests, rows of corrections, or that it rested, or
    left planning to a worker with newer data, or to one that is at it."""

    planned: int = 0
    corrected: int = 0
    is_resting: bool = False
    is_behind: bool = False
    is_elsewhere: bool = False  # another worker plans at this moment


def tick(engine: Engine, catalogue: Catalogue, now: datetime) -> Ticked:
    """Plans what has become due up to now; nothing while another worker is at it."""
    now = now.replace(microsecond=0)  # as the store keeps instants
    planner = _planner(engine, catalogue, now)
    if planner is None:
        return Ticked(is_elsewhere=True)
    if planner.edition != catalogue.edition_id:
        return Ticked(is_behind=True)
    if planner.edition_since - APART <= now < planner.edition_since + REST:
        return Ticked(is_resting=True)
    if not crosses_quarter(planner.planned_until, now):
        return Ticked()
    return _plan(engine, catalogue, planner, now)


def is_behind(engine: Engine, catalogue: Catalogue, now: datetime) -> bool:
    """Whether a tick would leave planning to a worker with newer data."""
    with reading(engine) as connection:
        planner = read_planner(connection)
    return planner is not None and _is_newer(planner, catalogue, now)


def _plan(engine: Engine, catalogue: Catalogue, planner: Planner, now: datetime) -> Ticked:
    since = planner.planned_until
    with reading(engine) as connection:
        places = subscribers.places(connection, zones_between(since, now))
    moments = groupby(due_between(catalogue, places, since, now), key=attrgetter("at"))
    # Before that nobody could have been told, so nothing has waited for longer.
    known_at = min(planner.edition_since + REST, now)
    planned, corrected, instants = 0, 0, FIRST_INSTANTS
    is_new = since < planner.edition_since
    while True:
        with changing_store(engine) as connection:
            if lock_planner(connection) != planner:
                return Ticked(planned)  # another worker, or another edition, goes on from here
            if is_new:
                corrected = Correcting(connection, catalogue, now).of_digests()
                is_new = False
            rows, reached = _plan_some(connection, moments, instants, known_at)
            planned += rows
            instants = min(instants * 2, MOST_INSTANTS) if rows < MOST_ROWS else instants // 2 or 1
            planner = replace(with_time(planner), planned_until=reached or now, seen_at=now)
            if reached is None:
                corrected += Correcting(connection, catalogue, now).of_mails()
                planner = forget(connection, pass_time(planner, now), now)
            write_planner(connection, planner)
            if reached is None:
                return Ticked(planned, corrected)


def _plan_some(
    connection: Connection, moments: Moments, instants: int, known_at: datetime
) -> tuple[int, datetime | None]:
    """Plans the next ``instants`` moments. Returns the number of rows, and the last instant planned
    or None when nothing is left."""
    dues: list[Due] = []
    reached = []
    for at, due in islice(moments, instants):
        dues += (replace(one, at=max(at, known_at)) for one in due)
        reached.append(at)
    return insert_due(connection, dues), reached[-1] if len(reached) == instants else None


def _planner(engine: Engine, catalogue: Catalogue, now: datetime) -> Planner | None:
    """Where planning stands. A first start sends no back-log; after a new edition, or a clock that
    ran ahead, all is planned anew, as far back as anything is still ahead, and what was left out
    is forgotten, since it may have seemed over, or not wanted. Nothing is written while a worker
    with newer data is there."""
    edition, number = catalogue.edition_id, catalogue.number
    with changing_store(engine) as connection:
        # The first start is no edit: nothing was told before it.
        start_planning(connection, Planner(now, edition, now - REST, now, number=number))
        planner = lock_planner(connection)
        if planner is None or _is_newer(planner, catalogue, now):
            return planner
        if planner.edition == edition and planner.planned_until <= now + APART:
            if not _was_seen(planner, now, SEEN_EVERY):
                planner = replace(planner, number=number, seen_at=now)
                write_planner(connection, planner)
            return planner
        since = planner.edition_since if planner.edition == edition else now
        planner = replace(
            with_time(planner),
            planned_until=now - REACH,
            edition=edition,
            edition_since=since,
            number=number,
            seen_at=now,
        )
        write_planner(connection, planner)
        forget_skipped(connection, now)
        return planner


def _is_newer(planner: Planner, catalogue: Catalogue, now: datetime) -> bool:
    """Whether the edition in force is newer than ours, and a worker that has it is there."""
    ours = (catalogue.number, catalogue.edition_id)
    return (planner.number or 0, planner.edition) > ours and _was_seen(planner, now, GONE_AFTER)


def _was_seen(planner: Planner, now: datetime, within: timedelta) -> bool:
    # Also a moment later than now: the clocks of two machines are never quite the same.
    return planner.seen_at is not None and abs(now - planner.seen_at) < within

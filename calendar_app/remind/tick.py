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
    expires_at,
    places_between,
)
from calendar_app.remind.passing import forget, pass_time, with_time
from calendar_app.remind.truths import Truths
from calendar_app.store import deliveries, subscribers
from calendar_app.store.database import reading
from calendar_app.store.planner import Planner, lock_planner, start_planning, write_planner
from calendar_app.store.planning import Correction, insert_corrections, insert_due
from calendar_app.store.upkeep import forget_skipped

# After an edit reminders rest, so that a slip can be mended before anybody is told.
REST: Final = timedelta(minutes=30)
# What is due at several instants is planned in one go, and twice as much in the next while that
# brings few rows: a commit costs as much as thousands of them, and a statement for many instants
# hardly more than for one; but on SQLite the web waits to write until it is done.
MOST_ROWS: Final = 20_000
FIRST_INSTANTS: Final = 8
MOST_INSTANTS: Final = 256

Moments = Iterator[tuple[datetime, Iterator[Due]]]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What a tick did: rows of reminders and digests, rows of corrections, or that it rested."""

    planned: int = 0
    corrected: int = 0
    is_resting: bool = False


def tick(engine: Engine, catalogue: Catalogue, now: datetime) -> Ticked:
    """Plans what has become due up to now; nothing while another worker is at it."""
    now = now.replace(microsecond=0)  # as the store keeps instants
    planner = _planner(engine, catalogue, now)
    if planner is None:
        return Ticked()
    if planner.edition_since <= now < planner.edition_since + REST:
        return Ticked(is_resting=True)
    since = planner.planned_until
    if not crosses_quarter(since, now):
        return Ticked()
    with reading(engine) as connection:
        places = subscribers.places(connection, places_between(since, now))
    moments = groupby(due_between(catalogue, places, since, now), key=attrgetter("at"))
    # Before that nobody could have been told, so nothing has waited for longer.
    known_at = min(planner.edition_since + REST, now)
    planned, instants = 0, FIRST_INSTANTS
    while True:
        with engine.begin() as connection:
            if lock_planner(connection) != planner:
                return Ticked(planned)  # another worker, or another edition, goes on from here
            rows, reached = _plan_some(connection, moments, instants, known_at)
            planned += rows
            instants = min(instants * 2, MOST_INSTANTS) if rows < MOST_ROWS else instants // 2 or 1
            planner = replace(with_time(planner), planned_until=reached or now)
            if reached is None:
                corrected = _correct(connection, catalogue, now)
                planner = forget(connection, pass_time(planner, now), now)
            write_planner(connection, planner)
            if reached is None:
                return Ticked(planned, corrected)


def _plan_some(
    connection: Connection, moments: Moments, instants: int, known_at: datetime
) -> tuple[int, datetime | None]:
    """Plans so many of them: how many rows, and up to which instant, or None at the end."""
    dues: list[Due] = []
    reached = []
    for at, due in islice(moments, instants):
        dues += (replace(one, at=max(at, known_at)) for one in due)
        reached.append(at)
    return insert_due(connection, dues), reached[-1] if len(reached) == instants else None


def _planner(engine: Engine, catalogue: Catalogue, now: datetime) -> Planner | None:
    """Where planning stands. A first start sends no back-log; after a new edition, or a clock that
    ran ahead, all is planned anew, as far back as anything is still ahead, and what was left out
    is forgotten, since it may have seemed over, or not wanted."""
    edition = catalogue.edition_id
    with engine.begin() as connection:
        # The first start is no edit: nothing was told before it.
        start_planning(connection, Planner(now, edition, now - REST, now))
        planner = lock_planner(connection)
        if planner is None or (planner.edition == edition and planner.planned_until <= now):
            return planner
        since = planner.edition_since if planner.edition == edition else now
        planner = replace(
            with_time(planner), planned_until=now - REACH, edition=edition, edition_since=since
        )
        write_planner(connection, planner)
        forget_skipped(connection, now)
        return planner


def _correct(connection: Connection, catalogue: Catalogue, now: datetime) -> int:
    truths = Truths(catalogue, now.date())
    untrue = []
    for subject, told in deliveries.told(connection):
        truth = truths.of(subject)
        last = truth.last_day(told) if truth and truth.text != told else None
        if truth is not None and last is not None:
            untrue.append((subject, truth, last))
    zones = subscribers.zones(connection) if untrue else []
    count = 0
    for subject, truth, last in untrue:
        ends = {zone: expires_at(last, zone) for zone in zones}
        ahead = {zone: end for zone, end in ends.items() if end > now}
        if ahead:
            news = Correction(now, subject, truth.text, truth.sequence, ahead)
            count += insert_corrections(connection, news)
    return count

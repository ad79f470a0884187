"""The planner: from what has become due to rows of deliveries, and from what was told and is no
longer true to corrections.

The unique key of a delivery is the truth; ``planned_until`` only saves work. So catching up,
repeating, a tick in two parts, a crash, a second worker and a new edition are the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from operator import attrgetter
from typing import Final

from sqlalchemy import Connection, Engine

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.due import REACH, crosses_quarter, due_between, expires_at
from calendar_app.remind.truths import Truths
from calendar_app.store import deliveries, subscribers
from calendar_app.store.database import reading
from calendar_app.store.planner import Planner, lock_planner, start_planning, write_planner
from calendar_app.store.planning import Correction, insert_corrections, insert_due
from calendar_app.store.upkeep import forget_skipped, purge

# After an edit reminders rest, so that a slip can be mended before anybody is told.
REST: Final = timedelta(minutes=30)


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
    since = planner.planned_until if planner.planned_until <= now else now - REACH
    if not crosses_quarter(since, now):
        return Ticked()
    with reading(engine) as connection:
        places = subscribers.places(connection)
    planned = 0
    for at, due in groupby(due_between(catalogue, places, since, now), key=attrgetter("at")):
        with engine.begin() as connection:
            if lock_planner(connection) != planner:
                return Ticked(planned)  # another worker, or another edition, goes on from here
            planned += sum(insert_due(connection, one) for one in due)
            planner = replace(planner, planned_until=at)
            write_planner(connection, planner)
    with engine.begin() as connection:
        if lock_planner(connection) != planner:
            return Ticked(planned)
        corrected = _correct(connection, catalogue, {zone for zone, _ in places}, now)
        purge(connection, now)
        subscribers.purge_pending(connection, now)
        write_planner(connection, replace(planner, planned_until=now))
    return Ticked(planned, corrected)


def _planner(engine: Engine, catalogue: Catalogue, now: datetime) -> Planner | None:
    """Where planning stands. A first start sends no back-log; a new edition is planned anew, as
    far back as anything is still ahead, and forgets what the last one left out."""
    edition = catalogue.edition_id
    with engine.begin() as connection:
        # The first start is no edit: nothing was told before it.
        start_planning(connection, Planner(now, edition, now - REST))
        planner = lock_planner(connection)
        if planner is None or planner.edition == edition:
            return planner
        planner = Planner(now - REACH, edition, now)
        write_planner(connection, planner)
        forget_skipped(connection, now)
        return planner


def _correct(
    connection: Connection, catalogue: Catalogue, zones: Iterable[str], now: datetime
) -> int:
    truths = Truths(catalogue, now.date())
    count = 0
    for subject, told in deliveries.told(connection):
        truth = truths.of(subject)
        last = truth.last_day(told) if truth and truth.text != told else None
        if truth is None or last is None:
            continue
        ends = {zone: expires_at(last, zone) for zone in zones}
        ahead = {zone: end for zone, end in ends.items() if end > now}
        if ahead:
            news = Correction(now, subject, truth.text, truth.sequence, ahead)
            count += insert_corrections(connection, news)
    return count

"""Planning who is told what: statements for places where something is due, beside a scan of all.

People live in 400 zones (a few hold most), read at nine hours and chose among twelve topics and
seven sets of lead times. The plain way asks, at every tick, everybody in one statement: whose
clock shows their hour on a day that is so many days before a date? It is given the clocks of all
zones and looks for what is there already. Both run in the same databases one after the other;
time is that of the wall, since the database is another process, and the processor's time is that
of both.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

from sqlalchemy import Engine, insert, text

from benchmarks.measuring import Row, progress
from benchmarks.processes import cpu_seconds
from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.choices import Choices, Digest
from calendar_app.core.due import REACH
from calendar_app.core.events import EMPTY, Event
from calendar_app.core.precision import PartialDate
from calendar_app.core.rules import On
from calendar_app.core.zones import zone, zone_names
from calendar_app.remind.tick import REST, tick
from calendar_app.store.database import store_engine
from calendar_app.store.planner import Planner, start_planning, write_planner
from calendar_app.store.schema import upgrade
from calendar_app.store.subscribers import columns_of
from calendar_app.store.tables import subscriber
from tests.store.postgres import Postgres

PEOPLE = {"sqlite": 100_000, "postgresql": 1_000_000}
# SQLite plans a day after a stop, PostgreSQL the busiest quarter of an hour.
SPANS = {"sqlite": timedelta(hours=24), "postgresql": timedelta(minutes=15)}
ZONES = ["Europe/Madrid", *sorted(zone_names() - {"Europe/Madrid"})[:399]]
TOPICS = [f"topic-{number}" for number in range(12)]
LEAD_SETS = [(7, 1), (7, 1), (7,), (1,), (14, 7, 1), (30, 7, 1, 0), (7, 3, 1, 0)]
HOURS = [9] * 12 + [6, 7, 8, 10, 12, 18, 20, 21]
NOW = datetime(2026, 11, 23, 8, 0, 10, tzinfo=UTC)  # 09:00 in Madrid, a week before 30 November
DIFFERENT = 20_000
# Times as fast as the scan where nothing is due, and microseconds a row where something is.
NOTHING_DUE, SOMETHING_DUE = "a quarter, nothing due", "due"
AIM_OF_NOTHING, AIM_OF_A_ROW = 30, 12
IDS = {"id", "address_index"}
NEW_IDS = {
    "sqlite": ("randomblob(16)", "randomblob(16)"),
    "postgresql": ("gen_random_uuid()", "uuid_send(gen_random_uuid())"),
}
EMPTIED = {"sqlite": "DELETE FROM delivery", "postgresql": "TRUNCATE delivery"}


@dataclass(frozen=True)
class Tick:
    """What one look at the clock brought, and what it cost."""

    rows: int
    seconds: float
    cpu: float


def measure() -> dict[str, list[Row]]:
    rows: list[Row] = []
    for database in PEOPLE:
        with store(database) as engine:
            populate(engine, PEOPLE[database])
            rows += list(cases(engine, database))
    return {"planning": rows}


def cases(engine: Engine, database: str) -> Iterator[Row]:
    span = SPANS[database]
    quiet = NOW + timedelta(minutes=2)
    # From 15 minutes past the hour nobody reads anything; so this is a quarter without anything.
    empty = NOW.replace(minute=15)
    naive = min(scan(engine, NOW) for _ in range(2))
    for name, since, until in (
        ("between two quarters", quiet, quiet + timedelta(seconds=20)),
        (NOTHING_DUE, empty - timedelta(seconds=20), empty),
        (SOMETHING_DUE, NOW - span, NOW),
        ("the same again", NOW - span, NOW),
        ("a new edition", NOW - REACH, NOW),
        ("a new edition again", NOW - REACH, NOW),
    ):
        progress(f"{database}: {name}")
        ticks = list(_rounds(engine, name, since, until))
        best = min(ticks, key=lambda tick: tick.seconds)
        yield {
            "case": f"{database}: {name}",
            "people": PEOPLE[database],
            "rows": best.rows,
            "ms": best.seconds * 1e3,
            "µs a row": _each(best.seconds, best.rows),
            "CPU µs a row": _each(best.cpu, best.rows),
            "scan, ms": naive * 1e3,
            "times": naive / best.seconds,
            "aim": AIM_OF_NOTHING if name == NOTHING_DUE else "",
            "aim µs": AIM_OF_A_ROW if name == SOMETHING_DUE else "",
        }


def _rounds(engine: Engine, name: str, since: datetime, until: datetime) -> Iterator[Tick]:
    """Of ticks that take long, one; of the others five. What is due is due to all each time."""
    for _ in range(5 if name == SOMETHING_DUE or until - since < timedelta(minutes=1) else 1):
        if name == SOMETHING_DUE:
            with engine.begin() as connection:
                connection.execute(text(EMPTIED[engine.dialect.name]))
        yield plan(engine, since, until)


def _each(seconds: float, rows: int) -> object:
    return seconds * 1e6 / rows if rows else "-"


def plan(engine: Engine, since: datetime, until: datetime) -> Tick:
    """A tick of the worker, whole: planned, what was told compared with the dates, purged."""
    with engine.begin() as connection:
        start_planning(connection, Planner(since, "", since))
        write_planner(connection, Planner(since, CATALOGUE.edition_id, since - REST))
    # PostgreSQL was started by this process, and is below it.
    cpu, begun = cpu_seconds(os.getpid()), perf_counter()
    planned = tick(engine, CATALOGUE, until).planned
    return Tick(planned, perf_counter() - begun, cpu_seconds(os.getpid()) - cpu)


def scan(engine: Engine, now: datetime) -> float:
    """The plain way: one statement over everybody."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TEMPORARY TABLE clock (zone text, day integer, hour int)"))
        connection.execute(text("CREATE TEMPORARY TABLE told (id text, topic text, day integer)"))
        begun = perf_counter()
        clocks = [(name, now.astimezone(zone(name))) for name in ZONES]
        connection.execute(
            text("INSERT INTO clock VALUES (:zone, :day, :hour)"),
            [{"zone": n, "day": at.date().toordinal(), "hour": at.hour} for n, at in clocks],
        )
        connection.execute(
            text("INSERT INTO told VALUES (:id, :topic, :day)"),
            [
                {"id": event.id, "topic": topic, "day": event.rule.when.first.toordinal()}
                for event in CATALOGUE.events.values()
                for topic in event.topics
            ],
        )
        connection.execute(text(SCAN)).scalar()
        took = perf_counter() - begun
        connection.execute(text("DROP TABLE clock"))
        connection.execute(text("DROP TABLE told"))
    return took


SCAN = """
SELECT count(*) FROM (
  SELECT DISTINCT s.id, told.id AS occurrence, told.day - clock.day AS lead
  FROM subscriber s
  JOIN clock ON clock.zone = s.zone AND clock.hour = s.hour
  JOIN told ON s.leads LIKE '%,' || CAST(told.day - clock.day AS text) || ',%'
    AND (s.topics = '' OR s.topics LIKE '%,' || told.topic || ',%')
  WHERE s.is_active AND NOT EXISTS (
    SELECT 1 FROM delivery d WHERE d.subscriber_id = s.id AND d.kind = 'reminder'
      AND d.subject = told.id AND d.lead = told.day - clock.day
  )
) AS due
"""


def _catalogue() -> Catalogue:
    """Twenty dates in the months around, each of one or two topics."""
    random = Random(7)  # noqa: S311 -- the same dates every time
    first = date(2026, 11, 30)
    days = [first, *(first + timedelta(days=random.randrange(2, 200)) for _ in range(19))]
    events = {}
    for number, day in enumerate(days):
        topics = tuple(random.sample(TOPICS, 6 if day == first else 2))
        when = PartialDate.of_days(day, day)
        events[f"event-{number}"] = Event(f"event-{number}", On(when), EMPTY, topics)
    return Catalogue(Calendar(EMPTY, EMPTY, "red", "calendar.invalid"), {}, {}, events)


CATALOGUE = _catalogue()


@contextmanager
def store(database: str) -> Iterator[Engine]:
    with TemporaryDirectory() as name:
        server = Postgres(shared_buffers="256MB", fsync="on") if database != "sqlite" else None
        url = ""
        if server:
            server.start()
            url = server.url(server.new_database())
        upgrade(Path(name), url)
        engine = store_engine(Path(name), url)
        try:
            yield engine
        finally:
            engine.dispose()
            if server:
                server.remove()


def populate(engine: Engine, count: int) -> None:
    """Some people, and copies of them under other ids until there are so many."""
    random = Random(1)  # noqa: S311 -- the same people every time
    weights = list(accumulate(1 / (rank + 1) for rank in range(len(ZONES))))
    progress(f"{engine.dialect.name}: {count:,} people")
    with engine.begin() as connection:
        rows = [_person(random, weights) for _ in range(DIFFERENT)]
        connection.execute(insert(subscriber), rows)
        copied = ", ".join(column.name for column in subscriber.c if column.name not in IDS)
        id_, index = NEW_IDS[engine.dialect.name]
        connection.execute(
            text(
                f"INSERT INTO subscriber (id, address_index, {copied}) "  # noqa: S608 -- ours
                "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < :times) "
                f"SELECT {id_}, {index}, {copied} FROM subscriber, n"
            ),
            {"times": count // DIFFERENT},
        )
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _person(random: Random, weights: list[float]) -> dict[str, Any]:
    digest = Digest.WEEKLY if random.random() < 0.1 else Digest.NONE
    choices = Choices(
        "en",
        tuple(random.sample(TOPICS, random.choice([0, 0, 1, 2, 3]))),
        random.choice(LEAD_SETS) if digest is Digest.NONE else (),
        digest,
        random.choices(ZONES, cum_weights=weights)[0],
        random.choice(HOURS),
    )
    return {
        "id": secrets.token_hex(16),
        "is_active": True,
        "address": secrets.token_bytes(288),
        "address_index": secrets.token_bytes(32),
        "consent": "1",
        "confirmed_on": date(2026, 1, 1),
        "token_version": 0,
        "bounces": 0,
        **columns_of(choices),
    }

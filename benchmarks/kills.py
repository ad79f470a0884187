"""What is lost and what comes twice when the worker is killed (SIGKILL) again and again at moments
that nobody chose, while it sends."""

from __future__ import annotations

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.measuring import Row, progress
from calendar_app.core.choices import Choices
from calendar_app.sealing.addresses import address_index, seal_address
from calendar_app.sealing.keyfile import load_or_make
from calendar_app.store.database import store_engine
from calendar_app.store.schema import upgrade
from calendar_app.store.subscribers import add_pending, confirm, new_id
from tests.factories import at
from tests.mail.servers import real_server
from tests.remind.processes import LEASED, Post, Works, count, is_intact, settings_of
from tests.small_data import SmallData, text_of
from tests.store.postgres import Postgres

PEOPLE = 10_000
KILLS = 200
SEED = 8
NOW, WEEK_BEFORE = at("2027-02-20T10:00"), at("2027-03-01T08:00")
LONGEST_LIFE = 0.6  # seconds, from the first mail of a worker
LAST_SECONDS = 3_600  # what those who were killed have left may be most of it, on a busy machine


def measure(people: int = PEOPLE, kills: int = KILLS) -> dict[str, list[Row]]:
    """A run on each store."""
    rows = [_row(name, people, kills) for name in ("SQLite", "PostgreSQL")]
    return {f"{people} mails, {kills} kills": rows}


def _row(name: str, people: int, kills: int) -> Row:
    post, chance = Post(), random.Random(SEED)  # noqa: S311
    with real_server(post) as port, _works(name, port) as works:
        _subscribe(works, people)
        now = WEEK_BEFORE
        for number in range(kills):
            progress(f"kills: {name}, {number} of {kills}, {len(post.seen)} mails")
            _live(works, post, now, chance.uniform(0, LONGEST_LIFE))
            now += LEASED
        if works.once(now, seconds=LAST_SECONDS) != 0:
            sys.exit("the last worker failed")
        return {
            "store": name,
            "expected": people,
            "accepted": len(post.seen),
            "different": len(post.names),
            "lost": people - len(post.to),
            "marked sent": count(works, "delivery WHERE state = 'sent'"),
            "intact": str(is_intact(works)),
        }


def _live(works: Works, post: Post, now: datetime, seconds: float) -> None:
    """A worker that is killed so long after its first mail, unless there is nothing left."""
    before = len(post.seen)
    with works.worker("--once", "--at", f"{now:%Y-%m-%dT%H:%M:%SZ}") as process:
        while len(post.seen) == before and process.is_alive:
            time.sleep(0.001)
        time.sleep(seconds)


@contextmanager
def _works(name: str, port: int) -> Iterator[Works]:
    folder, server = Path(tempfile.mkdtemp(prefix="calendar-kills-")), None
    url, state = "", folder / "state"
    if name == "PostgreSQL":
        server = Postgres()
        server.start()
        url = server.url(server.new_database())
        state.mkdir()
    upgrade(state, url)
    engine = store_engine(state, url)
    try:
        data = SmallData(folder / "data")
        data.publish(text_of({"day": "on: 2027-03-08"}))
        yield Works(folder, engine, settings_of(port, state, data.events, url), data)
    finally:
        engine.dispose()
        if server:
            server.remove()
        shutil.rmtree(folder)


def _subscribe(works: Works, people: int) -> None:
    works.once(NOW)  # so that planning begins before what is due
    ring, choices = load_or_make(works.state), Choices("en", zone="Europe/Berlin")
    with works.engine.begin() as connection:
        for number in range(people):
            person, address = new_id(), f"reader{number}@large{number % 97}.example"
            sealed, index = (
                seal_address(ring, person, address),
                address_index(ring.current, address),
            )
            add_pending(connection, person, sealed, index, choices, "1", NOW)
            confirm(connection, person, NOW.date())

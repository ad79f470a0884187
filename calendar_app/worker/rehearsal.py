"""What would be sent, in lines that name nobody: what a worker does, to a copy of the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from calendar_app.config import Settings
from calendar_app.remind.leaving import Exit
from calendar_app.remind.requests import Applying
from calendar_app.remind.send import CLAIMED, LEASE
from calendar_app.remind.tick import is_behind, tick
from calendar_app.remind.writing import Writer
from calendar_app.sealing.keyfile import read_ring
from calendar_app.store import deliveries
from calendar_app.store.copies import duplicate, scratch
from calendar_app.store.database import STORE_FILE, disposing, store_engine
from calendar_app.store.deliveries import Delivery, Kind, Mark, State
from calendar_app.store.erased import erased
from calendar_app.store.erasure import erase_again
from calendar_app.store.schema import require_current
from calendar_app.wiring import Clock, load_catalogue
from calendar_app.worker.parts import MailIsOff, make_sender


def rehearse(settings: Settings, clock: Clock) -> list[str]:
    """What a worker would do now, in lines that name nobody; nothing is changed, and no key made.
    Raises MailIsOff, DataError, KeyFileError or SchemaError."""
    folder, url = settings.state_dir, settings.database_url
    if settings.mail is None:
        raise MailIsOff
    if not url and not (folder / STORE_FILE).exists():
        return ["nothing is stored yet"]
    require_current(folder, url)
    ring, catalogue, now = read_ring(folder), load_catalogue(settings), clock()
    sender = make_sender(settings, settings.mail)
    with _aside(folder, url) as (aside, engine):
        erase_again(engine, erased(folder))
        if is_behind(engine, catalogue, now):
            return ["another worker has newer data"]
        applying = Applying(engine, ring, lambda: catalogue, Exit(ring, aside))
        requests = applying.apply_waiting(now)
        tick(engine, catalogue, now)
        told = _told(engine, Writer(catalogue, sender, ring, engine), now)
    lines = (f"{count:>6} {line}" for line, count in sorted(told.items()))
    return [f"{requests} requests", *lines]


@contextmanager
def _aside(folder: Path, url: str) -> Iterator[tuple[Path, Engine]]:
    """A folder with a copy of all that is stored, and the copy open: it may take long to compose
    for everybody, and nobody who writes to the store waits for it."""
    with scratch(folder) as aside:
        with disposing(store_engine(folder, url)) as source:
            duplicate(source, folder, aside)
        with disposing(store_engine(aside)) as engine:
            yield aside, engine


def _told(engine: Engine, writer: Writer, now: datetime) -> Counter[str]:
    """How many people would be mailed, by what they would be told: claimed and judged as whoever
    sends does it, but no address is opened."""
    told: Counter[str] = Counter()
    while True:
        with engine.begin() as connection:
            claims = deliveries.claim(connection, now, LEASE, most=CLAIMED)
        if not claims:
            return told
        for claim in claims:
            person = claim.subscriber
            rows = [row for row in claim.deliveries if not writer.why_not(row, person, now)]
            if rows and writer.has_words(person, rows, now):
                told.update(map(_line, rows))
        # Some wait for others, as the first dates do for the welcome.
        with engine.begin() as connection:
            deliveries.mark(
                connection, [Mark(row, State.SENT) for one in claims for row in one.deliveries]
            )


def _line(row: Delivery) -> str:
    named = row.subject if row.on_date or "-" in row.subject else ""
    days = f"{row.lead} days before" if row.kind is Kind.REMINDER else ""
    return " ".join(filter(None, (row.kind, named, row.on_date, days)))

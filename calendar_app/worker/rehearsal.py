"""What would be sent, in lines that name nobody; and a transaction that comes to nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import TracebackType
from typing import Any, cast

from sqlalchemy import Connection, Engine, NestedTransaction

from calendar_app.config import Settings
from calendar_app.remind.leaving import Exit
from calendar_app.remind.requests import Applying
from calendar_app.remind.send import CLAIMED, LEASE
from calendar_app.remind.tick import tick
from calendar_app.remind.writing import Writer
from calendar_app.sealing.ring import read_ring
from calendar_app.store import deliveries
from calendar_app.store.database import STORE_FILE, store_engine
from calendar_app.store.deliveries import Delivery, Kind
from calendar_app.store.schema import require_current
from calendar_app.wiring import Clock, load_catalogue
from calendar_app.worker.alone import join_workers
from calendar_app.worker.parts import MailIsOff, make_sender


class _Borrowed:
    """A connection that is somebody else's: its transactions are savepoints in theirs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def __enter__(self) -> _Borrowed:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stays open for the others."""

    def execution_options(self, **options: object) -> _Borrowed:
        return self

    def begin(self) -> NestedTransaction:
        return self._connection.begin_nested()


class _Rehearsal:
    """An engine, as far as the store uses one."""

    def __init__(self, connection: Connection) -> None:
        self._borrowed = _Borrowed(connection)

    def connect(self) -> _Borrowed:
        return self._borrowed

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        with self._borrowed.begin():
            yield cast(Connection, self._borrowed)


@contextmanager
def rehearsal(engine: Engine) -> Iterator[Engine]:
    """An engine whose every change is undone at the end."""
    with engine.connect() as connection:
        whole = connection.begin()
        try:
            yield cast(Engine, _Rehearsal(connection))
        finally:
            whole.rollback()


def rehearse(settings: Settings, clock: Clock) -> list[str]:
    """What a worker would do now, in lines that name nobody; nothing is written, not even a key.
    Raises MailIsOff, DataError, KeyFileError or SchemaError."""
    folder, url = settings.state_dir, settings.database_url
    if settings.mail is None:
        raise MailIsOff
    if not url and not (folder / STORE_FILE).exists():
        return ["nothing is stored yet"]
    require_current(folder, url)
    ring, catalogue, now = read_ring(folder), load_catalogue(settings), clock()
    engine = store_engine(folder, url)
    if url:
        join_workers(engine)
    with rehearsal(engine) as unchanged:
        applying = Applying(unchanged, ring, lambda: catalogue, Exit(ring, None))
        requests = applying.apply_waiting(now)
        tick(unchanged, catalogue, now)
        writer = Writer(catalogue, make_sender(settings, settings.mail), ring, unchanged)
        told = _told(unchanged, writer, now)
    engine.dispose()
    lines = (f"{count:>6} {line}" for line, count in sorted(told.items()))
    return [f"{requests} requests", *lines]


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


def _line(row: Delivery) -> str:
    named = row.subject if row.on_date or "-" in row.subject else ""
    days = f"{row.lead} days before" if row.kind is Kind.REMINDER else ""
    return " ".join(filter(None, (row.kind, named, row.on_date, days)))

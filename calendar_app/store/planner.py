"""Until when deliveries are planned, since when the edition is in force, and how much time is
believed to have passed: one row, locked by whoever plans."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, insert, select, update

from calendar_app.store.erasure import keep_everybody
from calendar_app.store.tables import planner


@dataclass(frozen=True, slots=True)
class Planner:
    """``passed_until`` is up to when time is believed to have passed, ``leapt_at`` when the clock
    was found far beyond that; all that was ever forgotten was over before ``forgotten_at``.
    ``number`` is how new the edition is, ``seen_at`` when a worker that has it was last there."""

    planned_until: datetime
    edition: str
    edition_since: datetime
    passed_until: datetime | None = None
    leapt_at: datetime | None = None
    forgotten_at: datetime | None = None
    number: int | None = None
    seen_at: datetime | None = None


_COLUMNS: Final = tuple(planner.c[field.name] for field in fields(Planner))


def start_planning(connection: Connection, first: Planner) -> None:
    """Makes the row at the first start of all; later it does nothing."""
    if connection.execute(select(planner.c.id)).first() is None:
        connection.execute(insert(planner).values(id=1, **asdict(first)).inline())


def lock_planner(connection: Connection) -> Planner | None:
    """The row, for this transaction, in which nobody is erased; None while another worker has it,
    or before the start."""
    keep_everybody(connection)
    row = connection.execute(select(*_COLUMNS).with_for_update(skip_locked=True)).first()
    return Planner(*row) if row else None


def read_planner(connection: Connection) -> Planner | None:
    row = connection.execute(select(*_COLUMNS)).first()
    return Planner(*row) if row else None


def write_planner(connection: Connection, now: Planner) -> None:
    connection.execute(update(planner).values(asdict(now)))

"""Until when deliveries are planned, and since when the edition is in force: one row, locked by
whoever plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from calendar_app.store.erasure import keep_everybody
from calendar_app.store.tables import planner


@dataclass(frozen=True, slots=True)
class Planner:
    planned_until: datetime
    edition: str
    edition_since: datetime


def start_planning(connection: Connection, first: Planner) -> None:
    """Makes the row at the first start of all; later it does nothing."""
    if connection.execute(select(planner.c.id)).first() is None:
        connection.execute(insert(planner).values(id=1, **_values(first)).inline())


def lock_planner(connection: Connection) -> Planner | None:
    """The row, for this transaction, in which nobody is erased; None while another worker has it,
    or before the start."""
    keep_everybody(connection)
    columns = (planner.c.planned_until, planner.c.edition, planner.c.edition_since)
    row = connection.execute(select(*columns).with_for_update(skip_locked=True)).first()
    return Planner(*row) if row else None


def read_planner(connection: Connection) -> Planner | None:
    row = connection.execute(
        select(planner.c.planned_until, planner.c.edition, planner.c.edition_since)
    ).first()
    return Planner(*row) if row else None


def write_planner(connection: Connection, now: Planner) -> None:
    connection.execute(update(planner).values(_values(now)))


def _values(row: Planner) -> dict[str, object]:
    return {
        "planned_until": row.planned_until,
        "edition": row.edition,
        "edition_since": row.edition_since,
    }

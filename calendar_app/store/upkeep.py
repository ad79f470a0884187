"""Deliveries looked after: how many wait, what is forgotten, what a person may read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select

from calendar_app.store.deliveries import Kind, State
from calendar_app.store.tables import IS_TODO, delivery

KEPT_FOR: Final = timedelta(days=7)
_TABLE: Final = delivery.c


@dataclass(frozen=True, slots=True)
class Backlog:
    """``oldest_at`` is when the oldest of what should have been sent was due, ``next_at`` when
    there is something to try; ``held`` are confirmations that wait for a limit."""

    todo: int
    oldest_at: datetime | None
    next_at: datetime | None
    held: int
    dead: int


def purge(connection: Connection, now: datetime) -> int:
    """Forgets deliveries a week after what they told of."""
    gone = delete(delivery).where(_TABLE.expires_at < now - KEPT_FOR)
    return connection.execute(gone).rowcount


def forget_skipped(connection: Connection, now: datetime, person: str | None = None) -> int:
    """So that it is judged anew: with another edition, or after the choices of a person changed."""
    gone = delete(delivery).where(_TABLE.state == State.SKIPPED.value, _TABLE.expires_at > now)
    if person is not None:
        gone = gone.where(_TABLE.subscriber_id == person)
    return connection.execute(gone).rowcount


def deliveries_of(connection: Connection, person: str) -> list[Row[Any]]:
    """Every column of a person's deliveries, for them to read."""
    every = select(delivery).where(_TABLE.subscriber_id == person)
    return list(connection.execute(every.order_by(_TABLE.due_at, _TABLE.id)))


def backlog(connection: Connection, now: datetime) -> Backlog:
    is_held = _TABLE.kind.in_([Kind.CONFIRM.value, Kind.KNOWN.value]) & (_TABLE.due_at > now)
    waiting = select(
        func.count().filter(_TABLE.due_at <= now),
        func.min(_TABLE.due_at).filter(_TABLE.due_at <= now),
        func.min(_TABLE.not_before),
        func.count().filter(is_held),
    ).where(IS_TODO)
    dead = select(func.count()).where(_TABLE.state == State.DEAD.value)
    todo, oldest_at, next_at, held = connection.execute(waiting).one()
    return Backlog(todo, oldest_at, next_at, held, connection.execute(dead).scalar_one())

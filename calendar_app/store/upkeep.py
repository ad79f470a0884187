"""The store looked after: how many there are and wait, what is forgotten, what is sealed anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, select, update

from calendar_app.store.deliveries import Kind, State
from calendar_app.store.tables import IS_TODO, delivery, subscriber

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
    return list(connection.execute(every.order_by(_TABLE.due_at, *delivery.primary_key)))


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


def count_people(connection: Connection) -> list[tuple[str, bool, str, int]]:
    """How many there are by language, whether they are active, and digest."""
    columns = (subscriber.c.language, subscriber.c.is_active, subscriber.c.digest)
    found = select(*columns, func.count()).group_by(*columns).order_by(*columns)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(found)]


def sealed_addresses(
    connection: Connection, after: str | None, not_by: bytes, most: int
) -> list[tuple[str, bytes]]:
    """Ids, above ``after`` where given, with addresses that another key than ``not_by`` sealed, in
    order."""
    columns = subscriber.c
    found = (
        select(columns.id, columns.address)
        .where(func.substr(columns.address, 1, len(not_by)) != not_by)
        .order_by(columns.id)
        .limit(most)
    )
    if after is not None:
        found = found.where(columns.id > after)
    return [(row.id, row.address) for row in connection.execute(found)]


def seal_anew(connection: Connection, person: str, address: bytes, index: bytes) -> None:
    values = {"address": address, "address_index": index}
    connection.execute(update(subscriber).where(subscriber.c.id == person).values(values))


def count_active(connection: Connection) -> int:
    active = select(func.count()).select_from(subscriber).where(subscriber.c.is_active)
    return connection.execute(active).scalar_one()

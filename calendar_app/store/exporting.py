"""All that is stored of a person, for them to read."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, Row, select

from calendar_app.store.tables import delivery, subscriber

_TABLE: Final = delivery.c


def row_of(connection: Connection, person: str) -> Row[Any]:
    """Every column of a person's row, for them to read."""
    return connection.execute(select(subscriber).where(subscriber.c.id == person)).one()


def deliveries_of(connection: Connection, person: str) -> list[Row[Any]]:
    """Every column of a person's deliveries, for them to read."""
    every = select(delivery).where(_TABLE.subscriber_id == person)
    return list(connection.execute(every.order_by(_TABLE.due_at, *delivery.primary_key)))

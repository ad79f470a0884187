"""The inbox: the web appends requests, the worker takes them; the pulse goes the other way.

This is all the web knows of the store.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Engine, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError

from calendar_app.core.errors import CalendarError
from calendar_app.store.database import reading, reason
from calendar_app.store.tables import pulse, request

_PULSE: Final = 1


class RequestKind(StrEnum):
    SUBSCRIBE = "subscribe"
    CONFIRM = "confirm"
    CHANGE = "change"
    LEAVE = "leave"
    EXPORT = "export"
    RENEW = "renew"
    BOUNCE = "bounce"


class InboxError(CalendarError):
    """The inbox is full, locked or not there; nothing was stored."""


@dataclass(frozen=True, slots=True, repr=False)
class Request:
    """``body`` is sealed; ``kind`` is what it claims to be."""

    number: int
    id: str
    kind: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Pulse:
    """What the worker last said of itself."""

    at: datetime
    facts: Mapping[str, Any]


def append(engine: Engine, kind: RequestKind, body: bytes) -> None:
    """One insert and nothing read back. Raises InboxError."""
    values = {"id": secrets.token_hex(16), "kind": kind.value, "body": body}
    try:
        with engine.begin() as connection:
            # Inline: a RETURNING would need the right to read.
            connection.execute(insert(request).values(values).inline())
    except DBAPIError as error:
        raise InboxError(f"the inbox cannot be written: {reason(error)}") from error


def take(connection: Connection, limit: int) -> list[Request]:
    """The oldest requests; deleted by ``finish`` in the transaction that applies them."""
    columns = (request.c.number, request.c.id, request.c.kind, request.c.body)
    found = select(*columns).order_by(request.c.number).limit(limit)
    # On PostgreSQL two workers take different requests.
    return [Request(*row) for row in connection.execute(found.with_for_update(skip_locked=True))]


def finish(connection: Connection, taken: Request) -> None:
    connection.execute(delete(request).where(request.c.number == taken.number))


def holds(connection: Connection, kind: RequestKind) -> bool:
    """Also one that another worker has in hand."""
    found = select(request.c.number).where(request.c.kind == kind.value).limit(1)
    return connection.execute(found).first() is not None


def count_requests(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(request)).scalar_one()


def write_pulse(connection: Connection, at: datetime, facts: Mapping[str, Any]) -> None:
    values = {"at": at, "facts": json.dumps(facts, sort_keys=True)}
    changed = connection.execute(update(pulse).where(pulse.c.id == _PULSE).values(values))
    if not changed.rowcount:
        connection.execute(insert(pulse).values(id=_PULSE, **values).inline())


def read_pulse(engine: Engine) -> Pulse | None:
    """None before the worker's first. Raises InboxError."""
    try:
        with reading(engine) as connection:
            row = connection.execute(select(pulse.c.at, pulse.c.facts)).one_or_none()
    except DBAPIError as error:
        raise InboxError(f"the pulse cannot be read: {reason(error)}") from error
    return None if row is None else Pulse(row.at, json.loads(row.facts))

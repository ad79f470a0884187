"""Whether there is anybody, how many people there are, and how many mails wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, func, select

from calendar_app.store.deliveries import Kind, State
from calendar_app.store.notes import BOUNCED, UNKNOWN
from calendar_app.store.tables import IS_TODO, delivery, subscriber, suppressed

_TABLE: Final = delivery.c


@dataclass(frozen=True, slots=True)
class Backlog:
    """``oldest_at`` is when the oldest of what should have been sent was due, ``next_at`` when
    there is something to try; ``held`` are confirmations that wait for a limit; of ``unknown`` the
    mail server never said whether it took them; of the ``dead`` those ``blocked`` came back, since
    others take no mail from us."""

    todo: int
    oldest_at: datetime | None
    next_at: datetime | None
    held: int
    dead: int
    unknown: int
    blocked: int


def backlog(connection: Connection, now: datetime) -> Backlog:
    is_held = _TABLE.kind.in_([Kind.CONFIRM.value, Kind.KNOWN.value]) & (_TABLE.due_at > now)
    waiting = select(
        func.count().filter(_TABLE.due_at <= now),
        func.min(_TABLE.due_at).filter(_TABLE.due_at <= now),
        func.min(_TABLE.not_before),
        func.count().filter(is_held),
    ).where(IS_TODO)
    is_dead = _TABLE.state == State.DEAD.value
    is_unknown = (_TABLE.state == State.SENT.value) & (_TABLE.error == UNKNOWN)
    is_blocked = is_dead & _TABLE.error.startswith(f"{BOUNCED} ")
    lost = select(
        func.count().filter(is_dead),
        func.count().filter(is_unknown),
        func.count().filter(is_blocked),
    ).where(is_dead | is_unknown)
    todo, oldest_at, next_at, held = connection.execute(waiting).one()
    return Backlog(todo, oldest_at, next_at, held, *connection.execute(lost).one())


def count_people(connection: Connection) -> list[tuple[str, bool, str, int]]:
    """How many there are by language, whether they are active, and digest."""
    columns = (subscriber.c.language, subscriber.c.is_active, subscriber.c.digest)
    found = select(*columns, func.count()).group_by(*columns).order_by(*columns)
    return [(row[0], row[1], row[2], row[3]) for row in connection.execute(found)]


def count_active(connection: Connection) -> int:
    active = select(func.count()).select_from(subscriber).where(subscriber.c.is_active)
    return connection.execute(active).scalar_one()


def holds_anybody(connection: Connection) -> bool:
    return connection.execute(select(subscriber.c.id).limit(1)).first() is not None


def holds_suppressed(connection: Connection) -> bool:
    """Whether there are addresses that are never written to."""
    return connection.execute(select(suppressed.c.since_on).limit(1)).first() is not None

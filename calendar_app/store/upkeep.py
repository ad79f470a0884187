"""The store looked after: how many there are and wait, what is forgotten, what is sealed anew."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import BigInteger, Connection, Row, delete, func, select, type_coerce, update

from calendar_app.store.deliveries import Kind, State
from calendar_app.store.notes import UNKNOWN
from calendar_app.store.tables import IS_TODO, delivery, subscriber, suppressed

KEPT_FOR: Final = timedelta(days=7)
DAY_SECONDS: Final = 86_400
_TABLE: Final = delivery.c


@dataclass(frozen=True, slots=True)
class Backlog:
    """``oldest_at`` is when the oldest of what should have been sent was due, ``next_at`` when
    there is something to try; ``held`` are confirmations that wait for a limit; of ``unknown`` the
    mail server never said whether it took them."""

    todo: int
    oldest_at: datetime | None
    next_at: datetime | None
    held: int
    dead: int
    unknown: int


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


def forget_sign_up(connection: Connection, person: str) -> None:
    """Of who has confirmed, the mails that asked them to; one that comes back says nothing now."""
    of_sign_up = (_TABLE.subscriber_id == person) & (_TABLE.kind == Kind.CONFIRM.value)
    connection.execute(delete(delivery).where(of_sign_up))


def forget_times_of_skipped(connection: Connection, person: str) -> None:
    """Of what was never to be sent only the day stays, as of what was."""
    due_at = type_coerce(_TABLE.due_at, BigInteger)
    day = due_at - due_at % DAY_SECONDS
    skipped = (_TABLE.subscriber_id == person) & (_TABLE.state == State.SKIPPED.value)
    connection.execute(update(delivery).where(skipped).values(due_at=day, not_before=day))


def row_of(connection: Connection, person: str) -> Row[Any]:
    """Every column of a person's row, for them to read."""
    return connection.execute(select(subscriber).where(subscriber.c.id == person)).one()


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
    is_dead = _TABLE.state == State.DEAD.value
    is_unknown = (_TABLE.state == State.SENT.value) & (_TABLE.error == UNKNOWN)
    lost = select(func.count().filter(is_dead), func.count().filter(is_unknown))
    lost = lost.where(is_dead | is_unknown)
    todo, oldest_at, next_at, held = connection.execute(waiting).one()
    return Backlog(todo, oldest_at, next_at, held, *connection.execute(lost).one())


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


def holders(connection: Connection, indexes: Collection[bytes]) -> list[tuple[bytes, str, bool]]:
    """Those whose address one of the indexes is: index, id, and whether they are active."""
    columns = subscriber.c
    found = select(columns.address_index, columns.id, columns.is_active)
    found = found.where(columns.address_index.in_(indexes))
    return [(row[0], row[1], row[2]) for row in connection.execute(found)]


def addresses_sealed_by(
    connection: Connection, keys: Sequence[bytes], most: int | None = None
) -> list[tuple[str, bytes]]:
    """Ids, all or some, with addresses that one of the keys sealed, which have one length."""
    columns = subscriber.c
    by = func.substr(columns.address, 1, len(keys[0])).in_(keys)
    found = select(columns.id, columns.address).where(by).limit(most)
    return [(row.id, row.address) for row in connection.execute(found)]


def holds_anybody(connection: Connection) -> bool:
    return connection.execute(select(subscriber.c.id).limit(1)).first() is not None


def holds_suppressed(connection: Connection) -> bool:
    """Whether there are addresses that are never written to."""
    return connection.execute(select(suppressed.c.since_on).limit(1)).first() is not None


def seal_anew(connection: Connection, person: str, address: bytes, index: bytes) -> None:
    values = {"address": address, "address_index": index}
    connection.execute(update(subscriber).where(subscriber.c.id == person).values(values))


def count_active(connection: Connection) -> int:
    active = select(func.count()).select_from(subscriber).where(subscriber.c.is_active)
    return connection.execute(active).scalar_one()

"""People erased with all that is planned for them.

No delivery outlives its person. SQLite has one writer and a foreign key. On PostgreSQL the key
would lock, and write, the row of everybody who is planned for. There whoever plans for all keeps
everybody until the commit, whoever erases waits for that, and whoever plans for one person locks
that row. So what is planned is seen, and goes too, or the person is gone before it is planned.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, delete, exists, func, select

from calendar_app.store.database import reading
from calendar_app.store.subscribers import PENDING_FOR
from calendar_app.store.tables import delivery, pulse, request, subscriber, suppressed, worker

# An advisory lock is a number in a database; this one means the same to every version.
_LOCK: Final = int.from_bytes(b"calerase")
_IDS_AT_ONCE: Final = 500
_DELETE_ALL_OF: Final = delete(delivery).where(delivery.c.subscriber_id == bindparam("the_person"))


def keep_everybody(connection: Connection) -> None:
    """Blocks erasures by other transactions until this one ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock_shared(_LOCK)))


def erase(connection: Connection, person: str) -> bool:
    """Whether there was such a person; waits for whoever plans."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    gone = connection.execute(delete(subscriber).where(subscriber.c.id == person)).rowcount
    # In a statement after that, which sees what was planned until the row was let go.
    connection.execute(_DELETE_ALL_OF, {"the_person": person})
    return gone == 1


def erase_again(engine: Engine, people: Iterable[str]) -> int:
    """Those of the erased who came back with a copy of the store; how many these were."""
    ids = sorted(people)
    some = [ids[first : first + _IDS_AT_ONCE] for first in range(0, len(ids), _IDS_AT_ONCE)]
    with reading(engine) as connection:
        queries = [select(subscriber.c.id).where(subscriber.c.id.in_(one)) for one in some]
        back = [person for query in queries for person in connection.execute(query).scalars()]
    if back:
        with engine.begin() as connection:
            for person in back:
                erase(connection, person)
    return len(back)


def erase_everybody(connection: Connection) -> int:
    """All that was sealed, all that hangs on it, and which key did it; how many people there
    were."""
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))
    count = connection.execute(delete(subscriber)).rowcount
    for table in (delivery, suppressed, request, pulse, worker):
        connection.execute(delete(table))
    return count


def purge_pending(connection: Connection, now: datetime) -> int:
    """Forgets those who did not answer. Nobody plans for them but who locks their row."""
    is_over = subscriber.c.pending_at < now - PENDING_FOR
    gone = connection.execute(delete(subscriber).where(is_over).returning(subscriber.c.id))
    people = [{"the_person": person} for person in gone.scalars()]
    if people:
        connection.execute(_DELETE_ALL_OF, people)
    return len(people)


def count_orphans(connection: Connection) -> int:
    """Deliveries of people who are not there; there should be none."""
    is_there = exists().where(subscriber.c.id == delivery.c.subscriber_id)
    return connection.execute(
        select(func.count()).select_from(delivery).where(~is_there)
    ).scalar_one()

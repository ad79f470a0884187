"""Which key the workers of a store have, so that none begins with another one: by its id, in one
row. For PostgreSQL; a store in files has one worker."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, text, update

from calendar_app.store.tables import worker


def lock_key(connection: Connection) -> str:
    """The one in use, or empty. Until the commit nobody else reads that to begin with one."""
    connection.execute(text(f"LOCK TABLE {worker.name} IN SHARE ROW EXCLUSIVE MODE"))
    return connection.execute(select(worker.c.key)).scalar_one_or_none() or ""


def use_key(connection: Connection, key: str) -> None:
    """Says which it is from now on; for whoever has the lock."""
    if not connection.execute(update(worker).values(key=key)).rowcount:
        connection.execute(insert(worker).values(id=1, key=key).inline())

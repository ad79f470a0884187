"""Addresses by the key that sealed them, and sealed by another one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, func, select, update

from calendar_app.store.tables import subscriber


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


def addresses_sealed_by(
    connection: Connection, keys: Sequence[bytes], most: int | None = None
) -> list[tuple[str, bytes]]:
    """Ids, all or some, with addresses that one of the keys sealed, which have one length."""
    columns = subscriber.c
    by = func.substr(columns.address, 1, len(keys[0])).in_(keys)
    found = select(columns.id, columns.address).where(by).limit(most)
    return [(row.id, row.address) for row in connection.execute(found)]


def holders(connection: Connection, indexes: Collection[bytes]) -> list[tuple[bytes, str, bool]]:
    """Those whose address one of the indexes is: index, id, and whether they are active."""
    columns = subscriber.c
    found = select(columns.address_index, columns.id, columns.is_active)
    found = found.where(columns.address_index.in_(indexes))
    return [(row[0], row[1], row[2]) for row in connection.execute(found)]


def seal_anew(connection: Connection, person: str, address: bytes, index: bytes) -> None:
    values = {"address": address, "address_index": index}
    connection.execute(update(subscriber).where(subscriber.c.id == person).values(values))

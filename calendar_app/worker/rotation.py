"""A new key for the addresses; it can be broken off anywhere and begun again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from calendar_app.sealing.addresses import address_index, open_address, seal_address
from calendar_app.sealing.keyfile import read_ring, write_ring
from calendar_app.sealing.ring import Ring, SealError, with_new_key, without_masters
from calendar_app.store import erasure
from calendar_app.store.key import use_key
from calendar_app.store.resealing import holders, seal_anew, sealed_addresses

ROWS_AT_ONCE: Final = 500
Progress = Callable[[int], None]


def rotate(engine: Engine, folder: Path, progress: Progress) -> tuple[int, int]:
    """How many addresses were sealed with a new key, and how many no key opens. Whenever it ends,
    the ring in the folder opens every other. No worker may run; ``progress`` is told how many are
    done."""
    ring = read_ring(folder)
    if len(ring.masters) == 1:
        ring = with_new_key(ring)
        write_ring(folder, ring)
    if engine.dialect.name == "postgresql":  # who has only the old one does not begin any more
        with engine.begin() as connection:
            use_key(connection, ring.current.id.hex())
    counts = seal_all_anew(engine, ring, progress)
    write_ring(folder, without_masters(ring))
    return counts


def seal_all_anew(
    engine: Engine, ring: Ring, progress: Progress = lambda done: None
) -> tuple[int, int]:
    """How many addresses the current key has now that it had not, and how many no key opens."""
    done = unreadable = 0
    last = None
    while True:
        with engine.begin() as connection:
            rows = sealed_addresses(connection, last, ring.current.id, ROWS_AT_ONCE)
            addresses = _opened(ring, rows)
            _seal_anew(connection, ring, addresses)
        if not rows:
            return done, unreadable
        done += len(addresses)
        unreadable += len(rows) - len(addresses)
        last = rows[-1][0]
        progress(done)


def _opened(ring: Ring, rows: Iterable[tuple[str, bytes]]) -> dict[str, str]:
    """The addresses by people, but for those that no key opens."""
    found = {}
    for person, sealed in rows:
        with suppress(SealError):
            found[person] = open_address(ring, person, sealed)
    return found


def _seal_anew(connection: Connection, ring: Ring, addresses: Mapping[str, str]) -> None:
    people = {address_index(ring.current, addresses[person]): person for person in addresses}
    for index, double, is_active in holders(connection, people):
        # Earlier releases did not find whoever signed up again between two runs.
        erasure.erase(connection, people.pop(index) if is_active else double)
    for index, person in people.items():
        seal_anew(connection, person, seal_address(ring, person, addresses[person]), index)

"""A new key for the addresses; it can be broken off anywhere and begun again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from calendar_app.sealing.addresses import address_index, open_address, seal_address
from calendar_app.sealing.ring import (
    Ring,
    SealError,
    read_ring,
    with_new_key,
    without_masters,
    write_ring,
)
from calendar_app.store import erasure, subscribers
from calendar_app.store.upkeep import seal_anew, sealed_addresses

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
            for person, sealed in rows:
                try:
                    _seal_anew(connection, ring, person, sealed)
                    done += 1
                except SealError:
                    unreadable += 1
        if not rows:
            return done, unreadable
        last = rows[-1][0]
        progress(done)


def _seal_anew(connection: Connection, ring: Ring, person: str, sealed: bytes) -> None:
    """Raises SealError where no key opens the address."""
    address = open_address(ring, person, sealed)
    index = address_index(ring.current, address)
    double = subscribers.find_by_index(connection, [index])
    if double is not None:
        # Earlier releases did not find whoever signed up again between two runs.
        erasure.erase(connection, person if double.is_active else double.id)
        if double.is_active:
            return
    seal_anew(connection, person, seal_address(ring, person, address), index)

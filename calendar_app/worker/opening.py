"""The keys that open this store, or what to do about it.

A key that is lost, or another store's, is a fault that the operator can mend. A worker that went on
with a new one would give up everybody's reminders for good, one mail after the other.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine

from calendar_app.sealing.addresses import open_address
from calendar_app.sealing.keyfile import KEY_FILE, load_or_make
from calendar_app.sealing.ring import Ring, SealError
from calendar_app.sealing.seal import KeyFileError
from calendar_app.store.counts import holds_anybody, holds_suppressed
from calendar_app.store.database import reading
from calendar_app.store.key import lock_key, use_key
from calendar_app.store.resealing import addresses_sealed_by

# Single rows may be damaged; as many as that in a row are no accident.
_TRIED: Final = 20
_REMEDY: Final = (
    "put the key back from its copy; or give up everybody in the store: calendar-app keys destroy"
)


def open_ring(folder: Path, engine: Engine) -> Ring:
    """Made anew only where nothing was sealed yet, and no worker has a key. With another one than
    other workers have it would take, and never open, what was sealed for them: so it is said which
    is in use before anybody can seal with it, and whoever begins at the same time waits for that.
    Raises KeyFileError."""
    if engine.dialect.name == "sqlite":  # a store in files has one worker
        with reading(engine) as connection:
            return _ring(folder, connection, in_use="")
    with engine.begin() as connection:
        ring = _ring(folder, connection, lock_key(connection))
        use_key(connection, ring.current.id.hex())
    return ring


def _ring(folder: Path, connection: Connection, in_use: str) -> Ring:
    path = folder / KEY_FILE
    has_people = holds_anybody(connection)
    if not path.exists() and (in_use or has_people or holds_suppressed(connection)):
        raise KeyFileError(f"{path} is not there, and the store needs it; {_REMEDY}")
    ring = load_or_make(folder)
    if in_use and in_use not in {key.id.hex() for key in ring.keys}:
        raise KeyFileError(f"{path} is not the key that is in use with this store; {_REMEDY}")
    if has_people and not _opens_any(connection, ring):
        raise KeyFileError(f"{path} opens no address in the store; {_REMEDY}")
    return ring


def count_opened(connection: Connection, ring: Ring) -> int:
    """How many addresses in the store the keys open."""
    masters = [key.id for key in ring.masters]
    found = addresses_sealed_by(connection, masters)
    return sum(_opens(ring, person, sealed) for person, sealed in found)


def _opens_any(connection: Connection, ring: Ring) -> bool:
    masters = [key.id for key in ring.masters]
    found = addresses_sealed_by(connection, masters, _TRIED)
    return any(_opens(ring, person, sealed) for person, sealed in found)


def _opens(ring: Ring, person: str, sealed: bytes) -> bool:
    try:
        open_address(ring, person, sealed)
    except SealError:
        return False
    return True

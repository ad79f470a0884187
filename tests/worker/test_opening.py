"""Which key a worker goes on with: that of the others on its store, or none."""

from __future__ import annotations

from pathlib import Path

import pytest

from calendar_app.sealing.keyfile import load_or_make, write_ring
from calendar_app.sealing.ring import with_new_key, without_masters
from calendar_app.sealing.seal import KeyFileError
from calendar_app.store.erasure import erase_everybody
from calendar_app.store.inbox import write_pulse
from calendar_app.worker.opening import open_ring
from tests.factories import at
from tests.store.places import Place

NOW = at("2026-11-27T10:00")


def test_a_worker_with_another_key_does_not_begin(store: Place, tmp_path: Path) -> None:
    """It would take what was sealed for the others, and could never open it."""
    ring, other = load_or_make(store.folder), tmp_path / "other"
    with store.worker.begin() as connection:
        write_pulse(connection, NOW, {"key": ring.current.id.hex()})
    if store.is_sqlite:  # a store in files has one worker
        open_ring(other, store.worker)
        return

    with pytest.raises(KeyFileError, match="is not there, and the store needs it"):
        open_ring(other, store.worker)
    assert not other.exists()
    load_or_make(other)
    with pytest.raises(KeyFileError, match="is not the key that is in use with this store"):
        open_ring(other, store.worker)
    # A rotation is done before the worker says so.
    write_ring(store.folder, without_masters(with_new_key(ring)))
    assert open_ring(store.folder, store.worker).current.id != ring.current.id
    with store.worker.begin() as connection:
        erase_everybody(connection)
    open_ring(other, store.worker)

"""Which key a worker goes on with: that of the others on its store, or none."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from calendar_app.sealing.keyfile import KEY_FILE, load_or_make, write_ring
from calendar_app.sealing.ring import with_new_key, without_masters
from calendar_app.sealing.seal import KeyFileError
from calendar_app.store.erasure import erase_everybody
from calendar_app.store.inbox import read_pulse
from calendar_app.worker.opening import open_ring
from calendar_app.worker.rotation import rotate
from tests.store.places import Place


def test_a_worker_with_another_key_does_not_begin(store: Place, tmp_path: Path) -> None:
    """It would take what was sealed for the others, and could never open it."""
    ring, other = open_ring(store.folder, store.worker), tmp_path / "other"
    if store.is_sqlite:  # a store in files has one worker
        open_ring(other, store.worker)
        return

    with pytest.raises(KeyFileError, match="is not there, and the store needs it"):
        open_ring(other, store.worker)
    assert not other.exists()
    load_or_make(other)
    with pytest.raises(KeyFileError, match="is not the key that is in use with this store"):
        open_ring(other, store.worker)
    # A rotation may have been broken off before it said so.
    write_ring(store.folder, without_masters(with_new_key(ring)))
    assert open_ring(store.folder, store.worker).current.id != ring.current.id
    with store.worker.begin() as connection:
        erase_everybody(connection)
    open_ring(other, store.worker)


def test_of_workers_that_begin_at_once_one_goes_on(store: Place, tmp_path: Path) -> None:
    """Each with a folder of its own, as on two machines. The others make no key."""
    if store.is_sqlite:
        return
    folders = [tmp_path / f"machine{number}" for number in range(4)]

    def begin(folder: Path) -> str:
        try:
            return open_ring(folder, store.worker).current.id.hex()
        except KeyFileError:
            return ""

    with ThreadPoolExecutor(len(folders)) as pool:
        keys = list(pool.map(begin, folders))

    assert len(list(filter(None, keys))) == 1
    assert [bool(key) for key in keys] == [(folder / KEY_FILE).exists() for folder in folders]
    assert read_pulse(store.worker) is None  # none of them runs yet
    # Nor does one that had a key of its own; and the first one begins again.
    load_or_make(tmp_path / "stranger")
    assert begin(tmp_path / "stranger") == ""
    assert [begin(folder) for folder in folders] == keys


def test_who_has_the_key_from_before_a_rotation_does_not_begin(
    store: Place, tmp_path: Path
) -> None:
    """Though no worker has begun with the new one yet."""
    ring, before = open_ring(store.folder, store.worker), tmp_path / "before"
    before.mkdir()
    write_ring(before, ring)

    rotate(store.worker, store.folder, lambda done: None)

    if not store.is_sqlite:
        with pytest.raises(KeyFileError, match="is not the key that is in use with this store"):
            open_ring(before, store.worker)
    assert open_ring(store.folder, store.worker).current.id != ring.current.id

"""The ring in its file, and the public key beside it: written whole or not at all, and overwritten
before they are removed."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from calendar_app.sealing.memory import keep_memory_to_itself
from calendar_app.sealing.ring import Key, Ring, new_ring
from calendar_app.sealing.seal import PUBLIC_KEY_FILE, KeyFileError

KEY_FILE: Final = "worker.key"


def load_or_make(folder: Path) -> Ring:
    """The ring in the folder, made at the first start. Raises KeyFileError."""
    keep_memory_to_itself()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(folder):  # of two that start at once one makes it, and both go on with that
        if not (folder / KEY_FILE).exists():
            write_ring(folder, new_ring())
        ring = read_ring(folder)
        if not (folder / PUBLIC_KEY_FILE).exists():  # whoever made the ring died before
            write_public_key(folder, ring)
    return ring


def read_ring(folder: Path) -> Ring:
    """Raises KeyFileError."""
    keep_memory_to_itself()
    path = folder / KEY_FILE
    try:
        found = json.loads(path.read_text("ascii"))
        return Ring(tuple(map(_key_from, found["keys"])), bytes.fromhex(found["suppression"]))
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeyFileError(f"{path} is no key file; put back a copy of it") from error


def write_ring(folder: Path, ring: Ring) -> None:
    """Both files, each whole or not at all; the ring is read by its owner only."""
    content = {
        "keys": [_key_as_text(key) for key in ring.keys],
        "suppression": ring.suppression.hex(),
    }
    _write(folder / KEY_FILE, json.dumps(content, indent=1), 0o600)
    write_public_key(folder, ring)


def write_public_key(folder: Path, ring: Ring) -> None:
    public = ring.current.requests.public_key().public_bytes_raw()
    _write(folder / PUBLIC_KEY_FILE, public.hex(), 0o644)


def destroy(folder: Path) -> None:
    """Overwrites and removes the ring, and what a killed process left of one: all that was sealed
    is gone, everywhere. One that is lost is gone already."""
    for path in (folder / KEY_FILE, _unfinished(folder / KEY_FILE)):
        _wipe(path)
    (folder / PUBLIC_KEY_FILE).unlink(missing_ok=True)


def _key_as_text(key: Key) -> dict[str, str]:
    if key.master:
        return {"id": key.id.hex(), "master": key.master.hex()}
    requests = key.requests.private_bytes_raw().hex()
    return {"id": key.id.hex(), "tokens": key.tokens.hex(), "requests": requests}


def _key_from(found: Mapping[str, str]) -> Key:
    id_ = bytes.fromhex(found["id"])
    if "master" in found:
        return Key.of_master(id_, bytes.fromhex(found["master"]))
    requests = X25519PrivateKey.from_private_bytes(bytes.fromhex(found["requests"]))
    return Key(id_, bytes.fromhex(found["tokens"]), requests)


def _write(path: Path, text: str, mode: int) -> None:
    temporary = _unfinished(path)
    _wipe(temporary)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    # What everybody may read need not be overwritten, and may be somebody else's.
    old = path.open("r+b") if mode == 0o600 and path.exists() else None
    temporary.replace(path)
    # The name too is on the disk before anything is sealed with what the file says, and before
    # anything happens to the file that had it.
    _sync(path.parent)
    if old is not None:
        with old:
            _overwrite(old)


def _unfinished(path: Path) -> Path:
    """What is to take the place of a file, until it is whole."""
    return path.with_suffix(path.suffix + ".new")


def _wipe(path: Path) -> None:
    """Overwrites and removes a file, if it is there."""
    if path.exists():
        with path.open("r+b") as file:
            _overwrite(file)
        path.unlink()


def _overwrite(file: BinaryIO) -> None:
    file.write(bytes(os.fstat(file.fileno()).st_size))
    file.flush()
    os.fsync(file.fileno())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Waits for others; the kernel lets go of it, however the process ends."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""The worker's keys: one file of master secrets, and a purpose of each by HKDF (RFC 5869).

A master that was rotated out is forgotten, so that older copies of the store stay shut; what was
derived from it for links already mailed and requests on their way is kept. The key behind the
list of suppressed addresses is never changed, since nothing else of them is known.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from calendar_app.core.errors import CalendarError
from calendar_app.sealing.memory import keep_memory_to_itself
from calendar_app.sealing.seal import (
    PUBLIC_KEY_FILE,
    SEALED_REQUEST_BYTES,
    SUITE,
    KeyFileError,
    info,
)

KEY_FILE: Final = "worker.key"
KEY_BYTES: Final = 32
KEY_ID_BYTES: Final = 4


class SealError(CalendarError):
    """What was sealed for someone else, or was changed since."""


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """What one master gives. Once it is rotated out, ``master`` is empty, and with it all is gone
    that opens addresses or finds them."""

    id: bytes
    tokens: bytes
    requests: X25519PrivateKey
    master: bytes = b""

    @classmethod
    def of_master(cls, id_: bytes, master: bytes) -> Key:
        requests = X25519PrivateKey.from_private_bytes(derive(master, "requests"))
        return cls(id_, derive(master, "tokens"), requests, master)

    def purpose(self, name: str) -> bytes:
        """Raises SealError once the master is forgotten."""
        if not self.master:
            raise SealError("this key was rotated out")
        return derive(self.master, name)


@dataclass(frozen=True, slots=True, repr=False)
class Ring:
    """``keys`` begin with the one in use."""

    keys: tuple[Key, ...]
    suppression: bytes

    @property
    def current(self) -> Key:
        return self.keys[0]

    @property
    def masters(self) -> tuple[Key, ...]:
        """The keys that have theirs: the one in use, and others until a rotation has ended."""
        return tuple(key for key in self.keys if key.master)

    def key(self, id_: bytes) -> Key:
        """Raises SealError."""
        found = next((key for key in self.keys if key.id == id_), None)
        if found is None:
            raise SealError("no such key")
        return found

    def open_request(self, kind: str, sealed: bytes) -> Mapping[str, Any]:
        """Raises SealError for anything that was not sealed as this kind for this ring."""
        for key in self.keys if len(sealed) == SEALED_REQUEST_BYTES else ():
            try:
                found = json.loads(SUITE.decrypt(sealed, key.requests, info(kind)))
            except (InvalidTag, ValueError):
                continue
            if isinstance(found, dict):
                return found
        raise SealError("not a request that can be opened")


@lru_cache(maxsize=32)  # the same few for every address
def derive(secret: bytes, purpose: str) -> bytes:
    name = b"solidarity-calendar " + purpose.encode()
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=name).derive(secret)


def new_ring() -> Ring:
    return Ring((_new_key(),), secrets.token_bytes(KEY_BYTES))


def with_new_key(ring: Ring) -> Ring:
    """Also used when the last rotation was broken off: the older keys are still in the ring."""
    return Ring((_new_key(), *ring.keys), ring.suppression)


def without_masters(ring: Ring) -> Ring:
    """Forgets every master but the current: the end of a rotation."""
    retired = [Key(key.id, key.tokens, key.requests) for key in ring.keys[1:]]
    return Ring((ring.current, *retired), ring.suppression)


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


def _new_key() -> Key:
    return Key.of_master(secrets.token_bytes(KEY_ID_BYTES), secrets.token_bytes(KEY_BYTES))


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

"""The worker's keys: master secrets, and a purpose of each by HKDF (RFC 5869).

A master that was rotated out is forgotten, so that older copies of the store stay shut; what was
derived from it for links already mailed and requests on their way is kept. The key behind the
list of suppressed addresses is never changed, since nothing else of them is known.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from calendar_app.core.errors import CalendarError
from calendar_app.sealing.seal import SEALED_REQUEST_BYTES, SUITE, info

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


def _new_key() -> Key:
    return Key.of_master(secrets.token_bytes(KEY_ID_BYTES), secrets.token_bytes(KEY_BYTES))

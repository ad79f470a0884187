"""Sealing to the worker's public key (HPKE, RFC 9180, base mode): all that the web can do.

A sealed request has one length, whatever is in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from calendar_app.core.errors import CalendarError

PUBLIC_KEY_FILE: Final = "worker.pub"
SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_CONTENT_BYTES: Final = 2000
# With the encapsulated key and the tag.
SEALED_REQUEST_BYTES: Final = _CONTENT_BYTES + 32 + 16


class KeyFileError(CalendarError):
    """A key file that is missing or is none; the message names it and the remedy."""


def info(kind: str) -> bytes:
    """Binds what is sealed to the service and to the kind of request."""
    return b"solidarity-calendar request 1 " + kind.encode()


def seal(public_key: X25519PublicKey, kind: str, content: Mapping[str, Any]) -> bytes:
    """Raises ValueError when the content is longer than any honest request."""
    plain = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    if len(plain) > _CONTENT_BYTES:
        raise ValueError("too long to be sealed")
    return SUITE.encrypt(plain.ljust(_CONTENT_BYTES), public_key, info(kind))


def read_public_key(folder: Path) -> X25519PublicKey:
    """Raises KeyFileError."""
    path = folder / PUBLIC_KEY_FILE
    try:
        return X25519PublicKey.from_public_bytes(bytes.fromhex(path.read_text("ascii")))
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read; start the worker once: it makes it") from error
    except ValueError as error:
        raise KeyFileError(f"{path} is no public key; run: calendar-app keys export") from error

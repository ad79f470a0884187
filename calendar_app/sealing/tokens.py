"""Tokens in links: base32(id ‖ HMAC(purpose ‖ id ‖ version)), valid while the row of the id lives.

Nothing in a token tells whether it is valid, to anyone without the key.
"""

from __future__ import annotations

import base64
import hmac
from enum import StrEnum
from functools import lru_cache
from typing import Final

from calendar_app.sealing.ring import Ring

_ID_BYTES: Final = 16
_TAG_BYTES: Final = 16
_LENGTH: Final = 52  # of base32 over both, without padding


class Purpose(StrEnum):
    """What an HMAC is for: a token that lets its bearer confirm, or manage, which includes leaving;
    one that names a mail that came back; or a Message-ID, which is no token."""

    CONFIRM = "confirm"
    MANAGE = "manage"
    BOUNCE = "bounce"
    MESSAGE = "message"


def make_token(ring: Ring, purpose: Purpose, id_: str, version: int = 0) -> str:
    """``id_`` is 32 hexadecimal digits, of a subscriber or of a mail."""
    raw = bytes.fromhex(id_)
    return _encoded(raw + _tag(ring.current.tokens, purpose, raw, version))


def id_in(token: str) -> str | None:
    """The id a token speaks of, not yet believed; None for what has not its form."""
    raw = _decoded(token)
    return raw[:_ID_BYTES].hex() if raw else None


def is_valid(ring: Ring, purpose: Purpose, token: str, version: int = 0) -> bool:
    """Runs in constant time for anything shaped like a token. Links mailed before a rotation stay
    valid."""
    raw = _decoded(token)
    if not raw:
        return False
    tags = [_tag(key.tokens, purpose, raw[:_ID_BYTES], version) for key in ring.keys]
    return any([hmac.compare_digest(raw[_ID_BYTES:], tag) for tag in tags])


def message_id(ring: Ring, mail: str) -> str:
    """The left half of a Message-ID (RFC 5322 3.6.4), the same at every try."""
    key = ring.keys[-1].tokens
    return _tag(key, Purpose.MESSAGE, bytes.fromhex(mail), 0).hex()


def _encoded(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=").lower()


def _decoded(token: str) -> bytes:
    """Empty for what has not the form, down to the unused bits of the last digit."""
    if len(token) != _LENGTH or not token.isascii():
        return b""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-_LENGTH % 8))
    except ValueError:
        return b""
    return raw if _encoded(raw) == token else b""


def _tag(key: bytes, purpose: Purpose, raw: bytes, version: int) -> bytes:
    message = purpose.encode() + b"\0" + raw + version.to_bytes(4, "big")
    tag = _keyed(key).copy()
    tag.update(message)
    return tag.digest()[:_TAG_BYTES]


@lru_cache(maxsize=32)  # to begin with a key takes longer than to go on with it
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod="sha256")

"""Addresses at rest: sealed with AES-256-GCM-SIV (RFC 8452) in one length, and found again by an
HMAC of their canonical form."""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from functools import lru_cache
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from email_validator import EmailNotValidError, validate_email

from calendar_app.core.errors import CalendarError
from calendar_app.sealing.ring import KEY_ID_BYTES, Key, Ring, SealError

MAX_ADDRESS: Final = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 2
# An address is padded, so that nothing tells how long it is.
SEALED_ADDRESS_BYTES: Final = KEY_ID_BYTES + _NONCE_BYTES + _LENGTH_BYTES + MAX_ADDRESS + _TAG_BYTES


class AddressError(CalendarError, ValueError):
    """What is no address; the message does not repeat it."""


def canonical(address: str) -> str:
    """One form for all ways to write one mailbox; only for comparing, never to send to.

    Raises AddressError.
    """
    if len(address) > MAX_ADDRESS:
        raise AddressError("not an address")
    try:
        found = validate_email(address, check_deliverability=False, allow_smtputf8=True)
    except EmailNotValidError:
        # The error of the library quotes the address.
        raise AddressError("not an address") from None
    local = unicodedata.normalize("NFC", found.local_part).casefold()
    return f"{local}@{found.ascii_domain or found.domain}".lower()


def seal_address(ring: Ring, subscriber: str, address: str) -> bytes:
    """Readable only beside the id of the subscriber. Raises AddressError when it is too long."""
    plain = address.encode()
    if len(plain) > MAX_ADDRESS:
        raise AddressError("not an address")
    padded = len(plain).to_bytes(_LENGTH_BYTES, "big") + plain.ljust(MAX_ADDRESS, b"\0")
    nonce = secrets.token_bytes(_NONCE_BYTES)
    cipher = _cipher(ring.current)
    return ring.current.id + nonce + cipher.encrypt(nonce, padded, subscriber.encode())


def open_address(ring: Ring, subscriber: str, sealed: bytes) -> str:
    """Raises SealError for a changed, truncated or swapped one, and for another's key."""
    if len(sealed) != SEALED_ADDRESS_BYTES:
        raise SealError("not a sealed address")
    key = ring.key(key_id(sealed))
    rest = sealed[KEY_ID_BYTES:]
    nonce, ciphertext = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
    try:
        padded = _cipher(key).decrypt(nonce, ciphertext, subscriber.encode())
    except InvalidTag:
        raise SealError("a sealed address that was changed") from None
    length = int.from_bytes(padded[:_LENGTH_BYTES], "big")
    return padded[_LENGTH_BYTES:][:length].decode()


def _cipher(key: Key) -> AESGCMSIV:
    """Raises SealError once the master is forgotten."""
    return _cipher_of(key.purpose("addresses"))


@lru_cache(maxsize=8)  # to make one takes longer than to open an address with it
def _cipher_of(secret: bytes) -> AESGCMSIV:
    return AESGCMSIV(secret)


def key_id(sealed: bytes) -> bytes:
    return sealed[:KEY_ID_BYTES]


def address_index(key: Key, address: str) -> bytes:
    """By which the row of an address is found. Raises AddressError."""
    return hmac.digest(key.purpose("index"), canonical(address).encode(), "sha256")


def address_indexes(ring: Ring, address: str) -> tuple[bytes, ...]:
    """The index by each key that has a master, first that of the key in use: until a rotation has
    ended, rows are found by either. Raises AddressError for what is no address."""
    return tuple(address_index(key, address) for key in ring.masters)


def suppression_index(ring: Ring, address: str) -> bytes:
    """The same for addresses that are never written to; its key does not rotate."""
    return hmac.digest(ring.suppression, canonical(address).encode(), "sha256")

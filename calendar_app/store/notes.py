"""What the error of a delivery notes while it is to do, besides why the last try failed: what must
not be forgotten whatever becomes of the next ones."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

MAX_ERROR: Final = 80
UNMARKED: Final = "unmarked"
# Also why a mail counts as sent that the server never said it took.
UNKNOWN: Final = "unknown"
# Why a mail that was sent is dead; where it was for what we are, a status follows.
BOUNCED: Final = "bounced"
_DOUBTS: Final = re.compile(rf"{UNKNOWN} ([0-9]+)$")


def noted(error: str, unmarked: datetime | None, doubts: int) -> str:
    """``unmarked`` and ``doubts`` are those of a Delivery."""
    if unmarked:
        error = f"{UNMARKED} {int(unmarked.timestamp())}"
    doubted = f"{UNKNOWN} {doubts}" if doubts else ""
    return f"{error[: MAX_ERROR - len(doubted) - 1]} {doubted}".strip()


def unmarked_since(error: str) -> datetime | None:
    word, seconds, *_ = f"{error}  ".split(" ")
    return datetime.fromtimestamp(int(seconds), UTC) if word == UNMARKED else None


def doubts_in(error: str) -> int:
    found = _DOUBTS.search(error)
    return int(found[1]) if found else 0

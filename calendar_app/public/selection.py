"""The query of a public URL: strict ASCII, bounded, canonical.

No resource takes a parameter yet. What trackers append is ignored, so that a shared link works;
anything else is refused with a sentence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

IGNORED: Final = ("utm_", "fbclid")
MAX_QUERY: Final = 1024


@dataclass(frozen=True, slots=True)
class BadParameter(ValueError):
    """A parameter that is not allowed here; ``allowed`` says what is."""

    name: str
    allowed: str


def check_query(query: str) -> None:
    """Raises BadParameter for the first parameter that is neither allowed nor ignored."""
    if len(query) > MAX_QUERY:
        raise BadParameter("…", "–")
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if not name.startswith(IGNORED):
            shown = name if name.isascii() and name.isprintable() else "?"
            raise BadParameter(shown[:40], "–")

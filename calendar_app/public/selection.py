"""The query of a public URL: strict ASCII, bounded, canonical.

No resource takes a parameter yet. What trackers append is ignored, so that a shared link works;
anything else is refused with a sentence.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import parse_qsl

MAX_QUERY: Final = 1024


class BadParameter(ValueError):
    """A parameter that is not allowed here."""


def check_query(query: str) -> None:
    """Raises BadParameter for a parameter that is neither allowed nor ignored."""
    names = [name for name, _ in parse_qsl(query[: MAX_QUERY + 1], keep_blank_values=True)]
    if len(query) > MAX_QUERY or not all(map(_is_ignored, names)):
        raise BadParameter


def _is_ignored(name: str) -> bool:
    return name == "fbclid" or name.startswith("utm_")

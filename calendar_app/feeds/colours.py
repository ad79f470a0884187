"""The colour of a topic by the name that CSS has for it, as COLOR wants it (RFC 7986 5.9): the
nearest to the one of the pages in ``static/site.css``."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TOPIC_COLOURS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cuba": "gold",
        "palestine": "mediumturquoise",
        "peace": "lightskyblue",
        "labour": "darkorange",
        "women": "plum",
        "memory": "tan",
        "selfdet": "lightpink",
        "environment": "yellowgreen",
        "ideas": "salmon",
        "meetings": "lightsteelblue",
    }
)

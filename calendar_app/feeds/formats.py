"""THE table of formats in which the same dates are given, by the extension of the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from calendar_app.feeds import atom
from calendar_app.feeds.csvlist import csv_bytes
from calendar_app.feeds.jsonlist import json_bytes
from calendar_app.feeds.listing import Listing
from calendar_app.feeds.news import news_bytes
from calendar_app.feeds.textlist import text_bytes


@dataclass(frozen=True, slots=True)
class Format:
    """How a list of dates is written. ``depends_on_day`` if it has what is coming only; else it
    has all dates of the window and changes with the data or the year."""

    name: str  # of the file, without the extension
    content_type: str
    write: Callable[[Listing], bytes]
    depends_on_day: bool
    options: tuple[str, ...] = ("topics", "cancelled")


FORMATS: Final[Mapping[str, Format]] = MappingProxyType(
    {
        "json": Format(
            "calendar",
            "application/json; charset=utf-8",
            json_bytes,
            depends_on_day=False,
            options=("topics", "cancelled", "languages"),
        ),
        "csv": Format("calendar", "text/csv; charset=utf-8", csv_bytes, depends_on_day=False),
        "txt": Format("calendar", "text/plain; charset=utf-8", text_bytes, depends_on_day=True),
        "atom": Format("agenda", atom.CONTENT_TYPE, news_bytes, depends_on_day=True),
    }
)

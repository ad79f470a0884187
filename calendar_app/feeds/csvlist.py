"""Dates as a table (RFC 4180), for spreadsheets: with a byte order mark, by which Excel knows
UTF-8, and with nothing that one would take for a formula, wherever it thinks a cell begins."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8
from io import StringIO
from typing import Final

from calendar_app.core.occurrences import Occurrence
from calendar_app.feeds.listing import Listing
from calendar_app.words.explanation import change_line
from calendar_app.words.fallback import choose

COLUMNS: Final = (
    *("id", "uid", "date", "precision", "first", "last", "words"),
    *("name", "ordinal", "topics", "place", "status", "url"),
    *("changes", "occasion"),  # new columns come last: programs count them
)
# What a cell begins with is computed when a spreadsheet opens it (OWASP, CSV injection). Many part
# cells at semicolons, whatever is in quotes, where the comma is for decimals.
_FORMULA: Final = re.compile(r"(^|[;\t\r\n])(\s*[=+\-@＝＋－＠]|[\t\r])")


def csv_bytes(listing: Listing) -> bytes:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(COLUMNS)
    for occurrence in listing.in_order:
        writer.writerow(map(_defused, _row(occurrence, listing)))
    return BOM_UTF8 + text.getvalue().encode()


def _row(occurrence: Occurrence, listing: Listing) -> list[str]:
    presenter = listing.presenter
    view, when = presenter.view(occurrence), occurrence.when
    place = occurrence.place
    return [
        occurrence.id,
        listing.uid(occurrence),
        str(when),
        when.precision.value,
        when.first.isoformat() if when.first else "",
        when.last.isoformat() if when.last else "",
        view.when,
        view.name.value,
        view.ordinal,
        "; ".join(topic.name.value for topic in view.topics),
        choose(place.name, presenter.language).value if place else "",
        occurrence.status.value,
        listing.base_url + view.path,
        " ".join(change_line(found, presenter) for found in view.history),
        view.occasion.note.value.replace("\n", " ") if view.occasion and view.occasion.note else "",
    ]


def _defused(value: str) -> str:
    return _FORMULA.sub(r"\1'\2", value)

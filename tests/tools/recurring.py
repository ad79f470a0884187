"""Says what recurring-ical-events makes of calendar files, as JSON on standard output.

    python recurring.py [FILE FROM TO]...

For each file it lists the occurrences that start on FROM or later and before TO. It runs in an
environment of its own, since it needs an older dateutil than ours.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import recurring_ical_events
from icalendar import Calendar


def spans(file: str, start: str, end: str) -> Iterator[dict[str, str]]:
    calendar = Calendar.from_ical(Path(file).read_bytes())
    window = date.fromisoformat(start), date.fromisoformat(end)
    for found in recurring_ical_events.of(calendar).between(*window):
        if window[0] <= found.start < window[1]:
            days = {"start": found.start.isoformat(), "end": found.end.isoformat()}
            yield {"uid": str(found["UID"]), **days}


def main(asked: list[str]) -> None:
    triples = zip(asked[::3], asked[1::3], asked[2::3], strict=True)
    print(json.dumps([list(spans(*triple)) for triple in triples]))


if __name__ == "__main__":
    main(sys.argv[1:])

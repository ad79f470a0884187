"""What others read in a feed: icalendar with dateutil, and the texts as ical.js has them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from dateutil.rrule import rrulestr
from icalendar import Calendar

from tests.tools.oracles import NODE, TESTS, Span


def icalendar_expand(path: Path, start: date, end: date) -> list[Span]:
    """List the occurrences that start on the first date or later and before the second."""
    calendar: Any = Calendar.from_ical(path.read_bytes())
    found = []
    for vevent in calendar.walk("VEVENT"):
        assert vevent.errors == []
        first, length = vevent.start, vevent.end - vevent.start
        for day in _days(vevent, first, end):
            if start <= day < end:
                found.append(Span(str(vevent.uid), day, day + length))
    return sorted(found, key=lambda span: (span.start, span.uid))


def icalendar_texts(body: bytes) -> dict[str, Any]:
    """Return what icalendar reads, in the form of ``icaljs_texts``."""
    calendar: Any = Calendar.from_ical(body)
    return {
        "name": str(calendar["X-WR-CALNAME"]),
        "events": {
            str(vevent["UID"]): {
                "summary": str(vevent["SUMMARY"]),
                "description": str(vevent["DESCRIPTION"]),
                "location": str(vevent["LOCATION"]) if "LOCATION" in vevent else None,
                "categories": [str(name) for name in vevent.categories],
            }
            for vevent in calendar.walk("VEVENT")
        },
    }


def icaljs_texts(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Return for each file its name and the texts of its events, all in one start of Node.js."""
    command = [str(NODE), str(TESTS / "js" / "texts.mjs"), *map(str, paths)]
    result = subprocess.run(command, capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
    found: list[dict[str, Any]] = json.loads(result.stdout)
    return found


def _days(vevent: Any, first: date, end: date) -> Iterable[date]:
    if "RRULE" not in vevent:
        return [first]
    rule = rrulestr(vevent["RRULE"].to_ical().decode(), dtstart=datetime.combine(first, time()))
    return [moment.date() for moment in rule.between(rule[0], _midnight(end), inc=True)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())

"""The texts that others read in a feed: icalendar, and ical.js."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from icalendar import Calendar

from tests.tools.oracles import NODE, TESTS


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

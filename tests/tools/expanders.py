"""Independent readers of feeds, each written by others; `EXPANDERS` names them.

Each is a function of files with two dates each. It lists for each file the occurrences that start
on the first date or later and before the second; what does not run here runs once for all files.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import vobject
from dateutil.rrule import rrulestr
from ical.calendar_stream import IcsCalendarStream
from icalendar import Calendar

from tests.tools.oracles import NODE, TESTS, Span, foreign, in_order, libical_report, run, spans


class Asked(NamedTuple):
    """A file, and the window in which an occurrence has to start."""

    path: Path
    start: date
    end: date


Expand = Callable[[Sequence[Asked]], list[list[Span]]]


def _in_node(reader: str, asked: Sequence[Asked]) -> list[list[Span]]:
    modules = TESTS / "js" / "node_modules"
    if not (modules / reader).is_dir():
        pytest.fail(f"{reader} is not installed; run: make test-tools", pytrace=False)
    script = TESTS / "js" / "expand.mjs"
    return _printed(run(NODE, script, reader, *_flat(asked), TZ="UTC"))


def _in_recurring(asked: Sequence[Asked]) -> list[list[Span]]:
    python = foreign("readers", "python")
    return _printed(run(python, TESTS / "tools" / "recurring.py", *_flat(asked)))


def _with_libical(asked: Sequence[Asked]) -> list[list[Span]]:
    return [libical_report(*one).spans for one in asked]


def _here(read: Callable[[Asked], Iterator[Span]], asked: Sequence[Asked]) -> list[list[Span]]:
    """Have a reader in this process list what starts in the window."""
    return [
        in_order(span for span in read(one) if one.start <= span.start < one.end) for one in asked
    ]


def _with_icalendar(asked: Asked) -> Iterator[Span]:
    calendar: Any = Calendar.from_ical(asked.path.read_bytes())
    for vevent in calendar.walk("VEVENT"):
        assert vevent.errors == []
        length = vevent.end - vevent.start
        for day in _starts(vevent, asked.end):
            yield Span(str(vevent.uid), day, day + length)


def _starts(vevent: Any, end: date) -> list[date]:
    if "RRULE" not in vevent:
        return [vevent.start]
    first = datetime.combine(vevent.start, time())
    rule = rrulestr(vevent["RRULE"].to_ical().decode(), dtstart=first)
    return [moment.date() for moment in rule.between(first, _midnight(end), inc=True)]


def _with_vobject(asked: Asked) -> Iterator[Span]:
    calendar: Any = vobject.readOne(asked.path.read_text(encoding="utf-8"), validate=True)
    for vevent in calendar.vevent_list:
        length = vevent.dtend.value - vevent.dtstart.value
        dates = vevent.getrruleset(addRDate=True)
        window = (_midnight(date.min), _midnight(asked.end))
        starts = [moment.date() for moment in dates.between(*window, inc=True)] if dates else []
        for day in starts or [vevent.dtstart.value]:
            yield Span(vevent.uid.value, day, day + length)


def _with_ical(asked: Asked) -> Iterator[Span]:
    calendar = IcsCalendarStream.calendar_from_ics(asked.path.read_text(encoding="utf-8"))
    for event in calendar.timeline.overlapping(asked.start, asked.end):
        yield Span(event.uid or "", event.start, event.end)


def _flat(asked: Sequence[Asked]) -> list[Path | date]:
    return [part for one in asked for part in one]


def _printed(text: str) -> list[list[Span]]:
    return [spans(found) for found in json.loads(text)]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


EXPANDERS: dict[str, Expand] = {
    "icalendar": partial(_here, _with_icalendar),
    "ical": partial(_here, _with_ical),
    "ical.js": partial(_in_node, "ical.js"),
    "libical": _with_libical,
    "node-ical": partial(_in_node, "node-ical"),
    "recurring-ical-events": _in_recurring,
    "vobject": partial(_here, _with_vobject),
}

"""The per-year index: what starts in a window, and what is now, without touching other years.

A year is indexed when it is first asked about: one sorted list of first days and, beside it, the
latest last day seen so far, so that what still runs on a day is found by walking back only as far
as something may reach. Each rule is expanded once, however many events have it, and an occurrence
is made only when it is part of an answer.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from calendar_app.core.events import Event
from calendar_app.core.occurrences import (
    Occurrence,
    Window,
    expand,
    kept_days,
    occurrence_at,
    order,
)
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.rules import On, Rule

# An entry is one integer, (first day as proleptic ordinal) << _SLOT_BITS | slot: integers sort
# several times faster than tuples. A slot is an event, or an occurrence made beforehand because
# something was changed about its event.
_SLOT_BITS = 32
_SLOT_MASK = (1 << _SLOT_BITS) - 1


class _Year(NamedTuple):
    entries: list[int]
    lasts: list[int]  # the last day of each
    reach: list[int]  # reach[i]: the latest of lasts[0..i]
    made: list[Occurrence]


# One event for all that have the same recurrence set, and the slots of all.
_Same = tuple[Event, list[int]]


class YearIndex:
    """All occurrences known to the day of a fixed sequence of events.

    ``between`` costs O(log n + answer) once the years it touches have been indexed.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = tuple(events)
        self._changed = [event for event in self._events if event.changes]
        self._by_rule = _grouped(self._events)
        self._spans = [event.rule.days - 1 for event in self._events]
        moved = (On(c.to).days - 1 for event in self._changed for c in event.changes if c.to)
        self._longest = max([0, *self._spans, *moved])
        self._years: dict[int, _Year] = {}

    def between(self, window: Window) -> list[Occurrence]:
        """What starts in the window, in order."""
        if window.start >= window.end:
            return []
        found = []
        low = window.start.toordinal() << _SLOT_BITS
        high = window.end.toordinal() << _SLOT_BITS
        for number in range(window.start.year, (window.end - ONE_DAY).year + 1):
            year = self._year(number)
            here = slice(bisect_left(year.entries, low), bisect_left(year.entries, high))
            found += [self._occurrence(year, entry) for entry in year.entries[here]]
        return sorted(found, key=order)

    def running(self, day: date) -> list[Occurrence]:
        """What is now: begun by the day and not over before it, in order."""
        return sorted(self._reaching(day), key=order)

    def coming(self, day: date, end: date) -> list[Occurrence]:
        """What is now, then what starts after the day and before ``end``."""
        return self.running(day) + self.between(Window(day + ONE_DAY, end))

    def _reaching(self, day: date) -> Iterator[Occurrence]:
        today = day.toordinal()
        earliest = max(today - self._longest, 1)
        for number in range(date.fromordinal(earliest).year, day.year + 1):
            year = self._year(number)
            at = bisect_left(year.entries, (today + 1) << _SLOT_BITS) - 1
            while at >= 0 and year.reach[at] >= today:
                if year.lasts[at] >= today:
                    yield self._occurrence(year, year.entries[at])
                at -= 1

    def _occurrence(self, year: _Year, entry: int) -> Occurrence:
        slot = entry & _SLOT_MASK
        if slot >= len(self._events):
            return year.made[slot - len(self._events)]
        return occurrence_at(self._events[slot], date.fromordinal(entry >> _SLOT_BITS))

    def _year(self, year: int) -> _Year:
        indexed = self._years.get(year)
        if indexed is None:
            indexed = self._years[year] = self._index(Window.years(year, year))
        return indexed

    def _index(self, window: Window) -> _Year:
        # All it fills is its own, so that threads may index side by side.
        entries: list[int] = []
        made: list[Occurrence] = []
        spans = self._spans.copy()
        for rule, same in self._by_rule:
            days = rule.starts(*window)
            all_firsts = _firsts(days)
            for event, slots in same if days else ():
                kept = kept_days(event, days)
                firsts = all_firsts if kept is days else _firsts(kept)
                entries += [first | slot for first in firsts for slot in slots]
        for event in self._changed:
            for occurrence in expand(event, window):
                entries.append(occurrence.first.toordinal() << _SLOT_BITS | len(spans))
                spans.append((occurrence.last - occurrence.first).days)
                made.append(occurrence)
        entries.sort()
        lasts = [(entry >> _SLOT_BITS) + spans[entry & _SLOT_MASK] for entry in entries]
        return _Year(entries, lasts, list(accumulate(lasts, max)), made)


def _firsts(days: list[date]) -> list[int]:
    return [day.toordinal() << _SLOT_BITS for day in days]


def _grouped(events: Sequence[Event]) -> list[tuple[Rule, list[_Same]]]:
    """Events without changes by rule, and under it by what they keep of it."""
    groups: defaultdict[Rule, defaultdict[object, list[int]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for slot, event in enumerate(events):
        if not event.changes:
            groups[event.rule][event.begins_on, event.until, event.except_on].append(slot)
    return [
        (rule, [(events[slots[0]], slots) for slots in kept.values()])
        for rule, kept in groups.items()
    ]

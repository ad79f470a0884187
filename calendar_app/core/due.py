"""When whom to tell what: the instants at which reminders and digests are due.

A reminder is due at a person's hour, so many days before the first day of an occurrence; a digest
on the Monday of its week or on the 1st of its month. It may be told until the last day it speaks
of is over where the person is. Days are subtracted from days, never from instants.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import Final, NamedTuple

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import LEADS, Choices, Digest
from calendar_app.core.events import Event
from calendar_app.core.occurrences import Occurrence, Window
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.rrules import RRule
from calendar_app.core.rules import LastWeekend, Rule
from calendar_app.core.zones import end_of, instant, zone, zone_names

# Offsets from UTC are multiples of it today (a test says so), and hours are full.
QUARTER: Final = 15 * 60
# How far back something due is looked for: the longest lead of what began some days ago.
REACH: Final = timedelta(days=max(LEADS) + 10)
# Enough to see a rule come round more often than once a year.
_YEARS_LOOKED_AT: Final = 12
_HOUR: Final = timedelta(hours=1)
# What is due on the wall clock of a day is due within this of the same time in UTC; it may be
# shifted by one day more where a whole day is left out or comes twice.
_MARGIN: Final = timedelta(hours=26)


class Cell(NamedTuple):
    """People in one zone who read at one hour; until when it is worth telling them."""

    zone: str
    hour: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DueReminder:
    """What is due at one instant to everybody in the cells who wants its topics and the lead."""

    at: datetime
    cells: tuple[Cell, ...]
    occurrence: Occurrence
    lead: int
    sequence: int


@dataclass(frozen=True, slots=True)
class DueDigest:
    """What is due at one instant to readers of a digest in the cells; ``period`` is ``2026-W47`` or
    ``2026-11``."""

    at: datetime
    cells: tuple[Cell, ...]
    digest: Digest
    period: str


Due = DueReminder | DueDigest
Place = tuple[str, int]  # a zone, and an hour there
_Told = tuple[Callable[[datetime, tuple[Cell, ...]], Due], date]  # and the last day it speaks of


def crosses_quarter(since: datetime, until: datetime) -> bool:
    """Whether anything at all can be due in (since, until]."""
    return int(until.timestamp()) // QUARTER > int(since.timestamp()) // QUARTER


def zones_between(since: datetime, until: datetime) -> list[str]:
    """The zones of the world in which a full hour strikes in (since, until]."""
    return [name for name in sorted(zone_names()) if any(_moments(name, since, until))]


def due_between(
    catalogue: Catalogue, places: Iterable[Place], since: datetime, until: datetime
) -> Iterator[Due]:
    """What is due in (since, until] and not over at ``until``, in order of the instants; cells
    are of the places where there is somebody."""
    if not crosses_quarter(since, until):
        return
    hours: defaultdict[str, set[int]] = defaultdict(set)
    for name, hour in sorted(places):
        hours[name].add(hour)
    while since < until:
        end = min(since + timedelta(days=1), until)
        yield from _due(catalogue, hours, since, end, until)
        since = end


def due_for(catalogue: Catalogue, zone_name: str, hour: int, now: datetime) -> Iterator[Due]:
    """What became due by now to people in one zone at one hour and is not over: for somebody who
    comes, or chooses anew, between a lead and its date."""
    return due_between(catalogue, [(zone_name, hour)], now - REACH, now)


def is_reminded(occurrence: Occurrence) -> bool:
    """Settings are only shown; what is off or has no day cannot be announced."""
    is_on = not occurrence.event.is_context and not occurrence.is_cancelled
    return is_on and occurrence.when.is_exact


def is_series(event: Event) -> bool:
    """Whether it comes more often than once a year."""
    return _is_series(event.rule)


def leads_of(choices: Choices, event: Event) -> tuple[int, ...]:
    return choices.series_leads if is_series(event) else choices.leads


def digest_window(period: str) -> Window:
    """The days of an ISO week ``2026-W47`` or of a month ``2026-11``. Raises ValueError."""
    year, _, part = period.partition("-")
    if part.startswith("W"):
        monday = date.fromisocalendar(int(year), int(part[1:]), 1)
        return Window(monday, monday + 7 * ONE_DAY)
    first = date(int(year), int(part), 1)
    return Window(first, (first + 31 * ONE_DAY).replace(day=1))


def digest_occurrences(catalogue: Catalogue, choices: Choices, window: Window) -> list[Occurrence]:
    """What is on in the window, also what began before; settings are left out."""
    found = catalogue.index.coming(window.start, window.end)
    return [o for o in found if choices.wants(o.event.topics) and not o.event.is_context]


def _due(
    catalogue: Catalogue,
    hours: Mapping[str, set[int]],
    since: datetime,
    end: datetime,
    now: datetime,
) -> Iterator[Due]:
    """Of (since, end], a day at most; ``now`` is when it must not be over."""
    told = _told_around(catalogue, since, end, now)
    if not told:
        return
    moments: defaultdict[tuple[datetime, date], list[Place]] = defaultdict(list)
    for name, wanted in hours.items():
        for at, day, hour in _moments(name, since, end):
            if day in told and hour in wanted:
                moments[at, day].append((name, hour))
    for (at, day), places in sorted(moments.items()):
        for make, last in told[day]:
            ends = ((name, hour, expires_at(last, name)) for name, hour in places)
            cells = tuple(Cell(*place) for place in ends if place[2] > now)
            if cells:
                yield make(at, cells)


def _told_around(
    catalogue: Catalogue, since: datetime, end: datetime, now: datetime
) -> dict[date, list[_Told]]:
    """What is told on the days that can be local days in (since, end], by day."""
    found = {}
    days = (end + _MARGIN).date() - (since - _MARGIN).date()
    for number in range(days.days + 1):
        day = (since - _MARGIN).date() + number * ONE_DAY
        told = [*_digests_told(day), *_reminders_told(catalogue, day)]
        # Nowhere is it more than a day earlier than in UTC.
        lasting = [one for one in told if one[1] >= now.date() - ONE_DAY]
        if lasting:
            found[day] = lasting
    return found


def _reminders_told(catalogue: Catalogue, day: date) -> Iterator[_Told]:
    for lead in sorted(LEADS):
        first = day + lead * ONE_DAY
        for occurrence in catalogue.index.between(Window(first, first + ONE_DAY)):
            if is_reminded(occurrence):
                sequence = sequence_of(catalogue, occurrence)
                make = partial(DueReminder, occurrence=occurrence, lead=lead, sequence=sequence)
                yield make, occurrence.last


def _digests_told(day: date) -> Iterator[_Told]:
    for digest, period in digests_on(day).items():
        last = digest_window(period).end - ONE_DAY
        yield partial(DueDigest, digest=digest, period=period), last


def _moments(name: str, since: datetime, until: datetime) -> Iterator[tuple[datetime, date, int]]:
    """The full hours of the wall clock whose instants are in (since, until]."""
    offset = _offset(since - _MARGIN, name)
    if offset == _offset(until + _MARGIN, name):
        wall = _full_hour(since + offset) + _HOUR
        while (at := wall - offset) <= until:
            yield at, wall.date(), wall.hour
            wall += _HOUR
        return
    # The clocks are changed nearby: each hour is asked for by itself.
    wall = _full_hour(since - _MARGIN + offset)
    while wall <= until + 2 * _MARGIN:
        at = instant(wall.date(), wall.hour, name)
        if since < at <= until:
            yield at, wall.date(), wall.hour
        wall += _HOUR


def _offset(at: datetime, name: str) -> timedelta:
    return at.astimezone(zone(name)).utcoffset() or timedelta()


def _full_hour(wall: datetime) -> datetime:
    return wall.replace(minute=0, second=0, microsecond=0)


def digests_on(day: date) -> dict[Digest, str]:
    """The digests that are due on the day, with the period of each."""
    found = {}
    if day.isoweekday() == 1:
        year, week, _ = day.isocalendar()
        found[Digest.WEEKLY] = f"{year:04}-W{week:02}"
    if day.day == 1:
        found[Digest.MONTHLY] = f"{day:%Y-%m}"
    return found


@lru_cache(maxsize=4096)
def expires_at(last: date, zone_name: str) -> datetime:
    """Until when what ends with the day ``last`` is told in the zone (UTC)."""
    return end_of(last, zone_name)


def sequence_of(catalogue: Catalogue, occurrence: Occurrence) -> int:
    """SEQUENCE of the occurrence as published (RFC 5545 3.8.7.4)."""
    revision = catalogue.event_revisions.get(occurrence.event.id)
    return revision.sequence_of(occurrence.id) if revision else 0


@lru_cache(maxsize=4096)
def _is_series(rule: Rule) -> bool:
    if not isinstance(rule, RRule):
        return isinstance(rule, LastWeekend)
    last = min(rule.first.year + _YEARS_LOOKED_AT, date.max.year)
    years = Counter(day.year for day in rule.starts(rule.first, date(last, 1, 1)))
    return max(years.values(), default=0) > 1

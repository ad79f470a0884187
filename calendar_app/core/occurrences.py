"""The recurrence set (RFC 5545 3.8.5): a rule less its exceptions, with what was changed.

An occurrence keeps the key of the day its rule gave it, wherever it is moved to. It belongs to
the window in which it *now* starts, so that windows laid end to end neither lose nor repeat one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from calendar_app.core.events import Change, ChangeKind, Event, Occasion, Place, Status
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.core.rules import On

# From any day of ours to any that the data may name.
_FURTHEST_YEARS = 2000


class Window(NamedTuple):
    """Days from ``start`` up to but not including ``end``."""

    start: date
    end: date

    @classmethod
    def years(cls, first: int, last: int) -> Window:
        """1 January of ``first`` to 31 December of ``last``; 9999 ends a day early."""
        return cls(date(first, 1, 1), date(last + 1, 1, 1) if last < 9999 else date.max)


def horizon(today: date) -> Window:
    """What recurs is written out from 1 January of last year to 31 December of the year after
    next, so that a feed changes at the turn of the year only."""
    return Window.years(today.year - 1, today.year + 2)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of an event. ``when`` is true today; ``scheduled`` is what the rule said."""

    event: Event
    id: str
    scheduled: PartialDate
    when: PartialDate
    status: Status
    changes: tuple[Change, ...] = ()
    occasion: Occasion | None = None

    @property
    def first(self) -> date:
        """Its first day, or the first day it could be; date.max if nothing is known."""
        return date.max if self.when.first is None else self.when.first

    @property
    def last(self) -> date:
        """Its last day, or the last day it could be; date.max if nothing is known."""
        return date.max if self.when.last is None else self.when.last

    @property
    def place(self) -> Place | None:
        """Where it is this time, or always."""
        return self.occasion.place if self.occasion and self.occasion.place else self.event.place

    @property
    def is_cancelled(self) -> bool:
        return self.status is Status.CANCELLED


def occurrence_id(event: Event, scheduled_on: date) -> str:
    """``cuba-solidarity-days-2026-11``: permanent, whatever happens to the occurrence."""
    key = event.rule.key(scheduled_on)
    return f"{event.id}-{key}" if key else event.id


def expand(event: Event, window: Window) -> list[Occurrence]:
    """The occurrences known to the day that start in the window, in order."""
    changed = {change.occurrence for change in event.changes}
    days = scheduled_days(event, window)
    found = [occurrence_at(event, day) for day in days if day not in changed]
    for day in changed:
        if is_scheduled(event, day):
            occurrence = occurrence_at(event, day)
            if occurrence.when.is_exact and window.start <= occurrence.first < window.end:
                found.append(occurrence)
    return sorted(found, key=order) if changed else found


def scheduled_days(event: Event, window: Window) -> list[date]:
    """The first days that the rule, its bounds and exceptions give in the window."""
    if window.start >= window.end:
        return []
    return kept_days(event, event.rule.starts(*window))


def kept_days(event: Event, days: list[date]) -> list[date]:
    """Of the days that its rule gives, in order, those within the bounds of the event and not
    excepted; the same list where that is all of them."""
    begins_on, until, except_on = event.begins_on, event.until, event.except_on
    is_begun = begins_on is None or not days or begins_on <= days[0]
    is_endless = until is None or not days or days[-1] <= until
    if is_begun and is_endless and not except_on:
        return days
    return [
        day
        for day in days
        if (begins_on is None or day >= begins_on)
        and (until is None or day <= until)
        and day not in except_on
    ]


def is_scheduled(event: Event, day: date) -> bool:
    """Whether the recurrence set has an occurrence that by rule starts on the day."""
    return bool(scheduled_days(event, Window(day, day + ONE_DAY))) if day < date.max else False


def occurrence_at(event: Event, scheduled_on: date) -> Occurrence:
    """The occurrence that the rule puts on a day, with every change applied in turn."""
    rule = event.rule
    last = scheduled_on if rule.days == 1 else scheduled_on + (rule.days - 1) * ONE_DAY
    scheduled = rule.when if isinstance(rule, On) else PartialDate.of_days(scheduled_on, last)
    if not event.changes and not event.occasions:
        return Occurrence(
            event,
            occurrence_id(event, scheduled_on),
            scheduled,
            scheduled,
            event.status,
        )
    changes = tuple(c for c in event.changes if c.occurrence == scheduled_on)
    when, status = scheduled, event.status
    for change in changes:
        if change.to is not None:
            when = change.to
        elif change.kind is ChangeKind.CANCELLED:
            status = Status.CANCELLED
        else:
            status = event.status if event.status is Status.TENTATIVE else Status.SCHEDULED
    occasion = next((o for o in event.occasions if o.occurrence == scheduled_on), None)
    return Occurrence(
        event,
        occurrence_id(event, scheduled_on),
        scheduled,
        when,
        status,
        changes,
        occasion,
    )


def without_day(events: Iterable[Event]) -> Iterator[Occurrence]:
    """What is known only to the month, the year, or not at all: so dated, or so moved."""
    for event in events:
        if isinstance(event.rule, On) and not event.rule.when.is_exact:
            yield occurrence_at(event, event.rule.when.first or date.max)
        for day in sorted({change.occurrence for change in event.changes}):
            occurrence = occurrence_at(event, day)
            if is_scheduled(event, day) and not occurrence.when.is_exact:
                yield occurrence


def occurrences_of(event: Event, window: Window) -> list[Occurrence]:
    """What there is to say of one event: a one-off of any year, and what has no day (yet); what
    recurs in the window, or, when that is over or yet to begin, in the nearest year that has any.
    In order."""
    if not event.rule.is_recurring:
        dated = expand(event, Window(date.min, date.max))
    else:
        dated = expand(event, window) or expand(event, nearest_year(event, window))
    return sorted([*dated, *without_day([event])], key=order)


def nearest_year(event: Event, window: Window) -> Window:
    """The year nearest to the window in which a series has occurrences."""
    first, last = window.start.year, (window.end - ONE_DAY).year
    for distance in range(1, _FURTHEST_YEARS):
        for year in (first - distance, last + distance):
            if 1 <= year <= 9999 and expand(event, Window.years(year, year)):
                return Window.years(year, year)
    return window


def order(occurrence: Occurrence) -> tuple[date, date, str]:
    """By first day; of those that start together the shorter first; then by id."""
    return occurrence.first, occurrence.last, occurrence.id

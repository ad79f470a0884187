"""What is told of an event whose dates are others now than those that were published.

Occurrences are compared by their permanent id, wherever they were moved to. A series that became
another one, or was cancelled as a whole, is told in one line and not for each of its dates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from calendar_app.core.events import ChangedBy, ChangeKind, Event, Status
from calendar_app.core.occurrences import (
    Occurrence,
    Window,
    expand,
    horizon,
    is_scheduled,
    nearest_year,
    occurrence_at,
    occurrences_of,
    scheduled_days,
)
from calendar_app.core.precision import PartialDate, parse_day
from calendar_app.core.revisions import ChangeLine, Kind
from calendar_app.core.rrules import RRule, read_rrule
from calendar_app.core.rules import LastWeekend, On, Rule, parse_yearly

_STARTS: Final = ";STARTS="
_DAYS: Final = ";DAYS="
_OF_RULE: Final = {Kind.CORRECTED, Kind.BOUNDS}
_OF_ALL: Final = _OF_RULE | {Kind.CANCELLED, Kind.REINSTATED, Kind.REMOVED}
# Further than feeds show, so that what is told of a series does not end with them.
_YEARS_AHEAD: Final = 4


@dataclass(frozen=True, slots=True)
class Series:
    """When an event is, as the list of changes has it: its rule, with the first and the last day
    on which there may be an occurrence. ``rule`` is None for a free rule as earlier versions wrote
    it, without where it begins."""

    rule: Rule | None
    first: date | None = None
    last: date | None = None

    @classmethod
    def of(cls, event: Event) -> Series:
        return cls(event.rule, event.begins_on, event.until)

    @classmethod
    def parse(cls, text: str) -> Series:
        """Raises ValueError."""
        rule, _, bounds = text.partition(" ")
        first, _, last = bounds.partition("/")
        return cls(_parse_rule(rule), _parse_bound(first), _parse_bound(last))

    def __str__(self) -> str:
        """In one word, ``05-01``, or in two with bounds, ``05-01 2020-01-01/..``."""
        rule = _rule_text(self.rule) if self.rule else ""
        if not (self.first or self.last):
            return rule
        return f"{rule} {self.first or '..'}/{self.last or '..'}"


def _rule_text(rule: Rule) -> str:
    if isinstance(rule, RRule):
        return f"{rule.text}{_STARTS}{rule.first}{_DAYS}{rule.days}"
    return next(iter(rule.spec().values()))


def _parse_rule(text: str) -> Rule | None:
    if text.startswith("FREQ="):
        rule, begins, rest = text.partition(_STARTS)
        starts, _, days = rest.partition(_DAYS)
        return read_rrule(rule, parse_day(starts), int(days)) if begins else None
    if re.fullmatch("[0-9]{2}-[0-9]{2}", text):
        return parse_yearly(text)
    if text == _rule_text(LastWeekend()):
        return LastWeekend()
    return On(PartialDate.parse(text))


def _parse_bound(text: str) -> date | None:
    return None if text in ("", "..") else parse_day(text)


@dataclass(frozen=True, slots=True)
class Comparison:
    """An event as published and as it is now; ``changed`` are pairs of the same occurrence."""

    before: Event
    after: Event
    changed: tuple[tuple[Occurrence, Occurrence], ...]
    added: tuple[Occurrence, ...]
    removed: tuple[Occurrence, ...]


def compare(before: Event, after: Event, on: date) -> Comparison:
    """Over what the rules put into the years around a day, what feeds show of a series that is
    over or yet to begin, and whatever was changed outside all that."""
    windows = [
        Window.years(on.year - 1, on.year + _YEARS_AHEAD),
        *_far(before, on),
        *_far(after, on),
    ]
    old, new = by_id(before, windows, after), by_id(after, windows, before)
    return Comparison(
        before,
        after,
        tuple(
            (old[id_], is_)
            for id_, is_ in new.items()
            if id_ in old and (is_moved(old[id_], is_) or _changes(old[id_]) != _changes(is_))
        ),
        tuple(is_ for id_, is_ in new.items() if id_ not in old),
        tuple(was for id_, was in old.items() if id_ not in new),
    )


def is_moved(was: Occurrence, is_: Occurrence) -> bool:
    """Whether its day or its standing is another now."""
    return (was.when, was.status) != (is_.when, is_.status)


def told(comparison: Comparison, at: datetime) -> Iterator[ChangeLine]:
    """The lines for the list of changes."""
    before, after = comparison.before, comparison.after
    if before.rule.is_recurring or after.rule.is_recurring:
        if before.status is not after.status:
            yield ChangeLine(at, _standing(before.status, after.status), after.id)
        if before.rule != after.rule or _is_bounded_anew(comparison):
            # That a series ends, or goes on, is nobody's error; another rule says it was wrong.
            kind = Kind.CORRECTED if before.rule != after.rule else Kind.BOUNDS
            yield ChangeLine(at, kind, after.id, "", str(Series.of(before)), str(Series.of(after)))
            return
    for was, is_ in comparison.changed:
        if is_moved(was, is_) and not _is_told_of_the_series(was, is_):
            yield ChangeLine(
                at, _kind(was, is_), after.id, _occurrence(is_), str(was.when), str(is_.when)
            )
    for was in comparison.removed:
        yield ChangeLine(at, Kind.REMOVED, after.id, _occurrence(was), str(was.when))
    for is_ in comparison.added:
        yield ChangeLine(at, Kind.ADDED, after.id, _occurrence(is_), "", str(is_.when))


def before_all_changed(line: ChangeLine, event: Event) -> Event | None:
    """The event before a line that tells of all its dates at once; None for any other line.
    ``event`` is as it is now, or was last."""
    if line.occurrence or line.kind not in _OF_ALL:
        return None
    if line.kind is Kind.REMOVED:
        return event
    # Whether all of it is off now says nothing of what stood then.
    was = replace(event, status=Status.SCHEDULED)
    if line.kind in _OF_RULE:
        series = Series.parse(line.old)
        if series.rule is None:
            return None
        was = replace(was, rule=series.rule, since=series.first, until=series.last)
    return was if was.rule.is_recurring or event.rule.is_recurring else None


def _far(event: Event, on: date) -> Iterator[Window]:
    """The year that feeds show of a series of which they have nothing near the day."""
    if event.rule.is_recurring and not expand(event, horizon(on)):
        yield nearest_year(event, horizon(on))


def by_id(event: Event, windows: Sequence[Window], *others: Event) -> dict[str, Occurrence]:
    """Its occurrences in the windows, and whatever was changed outside, in it or in the others."""
    if not event.rule.is_recurring:
        return {occurrence.id: occurrence for occurrence in occurrences_of(event, windows[0])}
    touched = {change.occurrence for one in (event, *others) for change in one.changes}
    days = {day for day in touched if is_scheduled(event, day)}
    days.update(day for window in windows for day in scheduled_days(event, window))
    found = (occurrence_at(event, day) for day in sorted(days))
    return {occurrence.id: occurrence for occurrence in found}


def _is_bounded_anew(comparison: Comparison) -> bool:
    """Other bounds that make a difference to the dates."""
    before, after = comparison.before, comparison.after
    is_other = (before.begins_on, before.until) != (after.begins_on, after.until)
    return is_other and bool(comparison.added or comparison.removed)


def _is_told_of_the_series(was: Occurrence, is_: Occurrence) -> bool:
    """Nothing became of it but what became of the whole series."""
    series_, own = (was.event.status, is_.event.status), (was.status, is_.status)
    return is_.event.rule.is_recurring and was.when == is_.when and own == series_


def _changes(occurrence: Occurrence) -> list[object]:
    return [(change.kind, change.by, change.to) for change in occurrence.changes]


def _occurrence(occurrence: Occurrence) -> str:
    return occurrence.id if occurrence.id != occurrence.event.id else ""


def _kind(was: Occurrence, is_: Occurrence) -> Kind:
    is_other = was.status is not is_.status
    if is_.when == was.when or (is_other and Status.CANCELLED in (was.status, is_.status)):
        return _standing(was.status, is_.status)
    if is_.when.is_more_exact_than(was.when):
        return Kind.MORE_EXACT
    moved = [change for change in is_.changes if change.kind is ChangeKind.MOVED]
    by_organisers = bool(moved) and moved[-1].by is ChangedBy.ORGANISERS
    return Kind.MOVED if by_organisers else Kind.CORRECTED


def _standing(was: Status, is_: Status) -> Kind:
    """What a change of the status is called; that the date stands or not is no error of anyone."""
    if is_ is Status.CANCELLED:
        return Kind.CANCELLED
    if was is Status.CANCELLED:
        return Kind.REINSTATED
    return Kind.TENTATIVE if is_ is Status.TENTATIVE else Kind.SCHEDULED

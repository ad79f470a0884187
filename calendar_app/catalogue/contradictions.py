"""What an entry says against itself: its dates, its exceptions and changes, its sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from calendar_app.core.events import Change, ChangeKind, Document, Event, Outcome, Source, Status
from calendar_app.core.occurrences import Window, is_scheduled, occurrence_at, scheduled_days
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.core.rrules import PATIENCE_YEARS, RRule
from calendar_app.core.rules import On

# Where in the entry, as it stands in the file; the problem; the remedy.
Field = tuple[str | int, ...]
Complaint = tuple[Field, str, str]
_NEAR = timedelta(days=400)


def document_contradictions(document: Document) -> Iterator[Complaint]:
    if document.republishes and document.points:
        yield ("points",), "its points are those of the text it republishes", "take them out"
    numbers: set[int] = set()
    for at, point in enumerate(document.points):
        if point.number in numbers:
            yield ("points", at, "point"), f"point {point.number} stands twice", "number it anew"
        numbers.add(point.number)
        yield from _twice(("points", at, "topics"), point.topics)


def event_contradictions(event: Event) -> Iterator[Complaint]:
    if not event.topics:
        yield ("topics",), "no topic", "write at least one, as in [peace]"
    yield from _twice(("topics",), event.topics)
    yield from _series_complaints(event) if event.rule.is_recurring else _one_off_complaints(event)
    if event.outcome is Outcome.HELD and event.status is Status.CANCELLED:
        yield ("outcome",), "it was cancelled, so it was not held", "correct status or outcome"
    yield from _origin_complaints(event)
    yield from _change_complaints(event)
    yield from _occasion_complaints(event)
    yield from source_contradictions(event.sources, ("sources",))


def source_contradictions(sources: Iterable[Source], field: Field = ()) -> Iterator[Complaint]:
    for at, source in enumerate(sources):
        here = (*field, at)
        if source.document is None:
            if source.point is not None:
                yield (*here, "point"), "a point of no document", "add document: and its id"
            if source.url is None:
                yield here, "neither a document nor a link", "add document: and its id, or url:"
            elif source.name is None:
                yield here, "a link without a name", "add name: with who published it and when"
        elif source.url is not None or source.name is not None:
            key = "name" if source.url is None else "url"
            yield (*here, key), "it names a document already", "make it two sources, or keep one"


def _twice(field: Field, ids: Iterable[str]) -> Iterator[Complaint]:
    seen = set()
    for at, id_ in enumerate(ids):
        if id_ in seen:
            yield (*field, at), f"{id_} stands twice", "keep it once"
        seen.add(id_)


def _one_off_complaints(event: Event) -> Iterator[Complaint]:
    for field, key in (("since", "since"), ("until", "until"), ("except_on", "except")):
        if getattr(event, field):
            yield (key,), "it belongs to what recurs", "take it out, or say when by a rule"


def _series_complaints(event: Event) -> Iterator[Complaint]:
    if event.outcome is not None:
        yield (
            ("outcome",),
            "it belongs to what happens once",
            "take it out, or tell it in occasions",
        )
    for day in sorted(event.except_on):
        if not event.rule.starts(day, day + ONE_DAY):
            yield ("except",), *_not_an_occurrence(event, day)
    if event.since and event.until and event.until < event.since:
        yield ("until",), "it is before since", "correct one of the two"
    elif not _has_occurrence(event):
        yield (), "no occurrence is left", "correct since, until, except or counts_from"


def _has_occurrence(event: Event) -> bool:
    """Looked for year by year over a lifetime, from where the event begins or ends."""
    year = 2000
    if event.begins_on:
        year = event.begins_on.year
    elif isinstance(event.rule, RRule):
        year = event.rule.first.year
    elif event.until:
        year = event.until.year - 1
    years = range(max(year, 1), min(year + PATIENCE_YEARS, 9999))
    return any(scheduled_days(event, Window.years(found, found)) for found in years)


def _origin_complaints(event: Event) -> Iterator[Complaint]:
    origin = event.counts_from
    if origin is None:
        return
    begins_on = event.rule.when.first if isinstance(event.rule, On) else event.since
    if origin.first is None:
        yield ("counts_from",), "nothing can be counted from an unknown date", "take it out"
    elif begins_on and begins_on < origin.first:
        problem = "the event begins before what it is counted from"
        yield ("counts_from",), problem, "correct one of the two"


def _occasion_complaints(event: Event) -> Iterator[Complaint]:
    seen = set()
    for at, occasion in enumerate(event.occasions):
        here: Field = ("occasions", at, "occurrence")
        if not is_scheduled(event, occasion.occurrence):
            yield here, *_not_an_occurrence(event, occasion.occurrence)
        elif occasion.occurrence in seen:
            yield here, "this occurrence stands twice", "make one entry of the two"
        seen.add(occasion.occurrence)


def _change_complaints(event: Event) -> Iterator[Complaint]:
    """Each change is held against what the earlier ones have made of its occurrence."""
    state: dict[date, tuple[PartialDate, bool]] = {}
    for at, change in enumerate(event.changes):
        here: Field = ("changes", at)
        day = change.occurrence
        if not is_scheduled(event, day):
            yield (*here, "occurrence"), *_not_an_occurrence(event, day)
            continue
        scheduled = occurrence_at(event, day).scheduled
        when, is_off = state.get(day, (scheduled, event.status is Status.CANCELLED))
        for key, problem, remedy in _change_complaint(change, when, is_off):
            yield (*here, key), problem, remedy
        if change.kind is not ChangeKind.MOVED:
            is_off = change.kind is ChangeKind.CANCELLED
        state[day] = change.to or when, is_off


def _change_complaint(
    change: Change, when: PartialDate, is_off: bool
) -> Iterator[tuple[str, str, str]]:
    if change.kind is ChangeKind.MOVED:
        if change.to is None:
            yield "kind", "it does not say where to", "add to: and the new date"
        elif change.to == when:
            yield "to", "this is the date it had before", "write the new date"
        return
    if change.to is not None:
        yield "to", f"what is {change.kind} has no new date", "take it out, or write kind: moved"
    if change.kind is ChangeKind.CANCELLED and is_off:
        yield "kind", "it is cancelled already", "take this change out"
    if change.kind is ChangeKind.REINSTATED and not is_off:
        yield "kind", "it was not cancelled before", "add that change above, or take this one out"


def _not_an_occurrence(event: Event, day: date) -> tuple[str, str]:
    problem = f"nothing falls on {day} by the rule"
    if isinstance(event.rule, On) and not event.rule.when.is_exact:
        return "its date is not known to the day yet", "correct on instead"
    near = event.rule.starts(day - _NEAR, day + _NEAR)
    if not near:
        return problem, "write the first day of one occurrence"
    nearest = min(near, key=lambda found: abs(found - day))
    return problem, f"write the first day of one occurrence, such as {nearest}"

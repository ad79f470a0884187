"""What a digest tells: the days to come, what changed since the last one, what has no day yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import Choices
from calendar_app.core.due import digest_occurrences, digest_window
from calendar_app.core.identity import Entry, Kind
from calendar_app.core.occurrences import Window
from calendar_app.core.rrules import ONE_DAY
from calendar_app.mail.letters import Overview, Told
from calendar_app.remind.truths import CANCELLED, Truths

_TOLD_KINDS: Final = {
    Kind.MOVED,
    Kind.CORRECTED,
    Kind.CANCELLED,
    Kind.REMOVED,
    Kind.REINSTATED,
    Kind.MORE_EXACT,
}


def overview(catalogue: Catalogue, choices: Choices, period: str, today: date) -> Overview | None:
    """As of today, so that a late one tells what is left; None if there is nothing new to tell."""
    window = digest_window(period)
    left = Window(max(window.start, today), window.end)
    dates = tuple(digest_occurrences(catalogue, choices, left))
    changes = tuple(_changes(catalogue, choices, window, today))
    if not dates and not changes:
        return None
    inexact = tuple(
        occurrence
        for occurrence in catalogue.undated
        if occurrence.last >= today
        and not occurrence.is_cancelled
        and not occurrence.event.is_context
        and choices.wants(occurrence.event.topics)
    )
    return Overview(left.start, window.end - ONE_DAY, dates, changes, inexact)


def _changes(catalogue: Catalogue, choices: Choices, window: Window, today: date) -> Iterator[Told]:
    """The last change of each occurrence since the digest before, if it is still ahead."""
    truths = Truths(catalogue, today)
    since = window.start - (window.end - window.start)
    first: dict[str, Entry] = {}
    for entry in sorted(_entries(catalogue), key=lambda entry: entry.at):
        if since <= entry.at.date() < window.start:
            first.setdefault(entry.occurrence or entry.event, entry)
    for subject, entry in first.items():
        truth = truths.of(subject)
        old = _old(entry)
        if truth is None or truth.text == old or not choices.wants(truth.event.topics):
            continue
        last = truth.last_day(old)
        if last is not None and last >= today and not truth.event.is_context:
            yield Told(truth.event, truth.occurrence, old)


def _entries(catalogue: Catalogue) -> Iterator[Entry]:
    """What is told of single occurrences; a series that became another one shows in its dates."""
    for file in catalogue.revisions.values():
        for entry in file.changes:
            event = catalogue.events.get(entry.event)
            is_single = entry.occurrence or (event and not event.rule.is_recurring)
            if entry.kind in _TOLD_KINDS and is_single:
                yield entry


def _old(entry: Entry) -> str:
    """What was true before, as a delivery would have told it."""
    return CANCELLED if entry.kind is Kind.REINSTATED else entry.old

"""What became of single occurrences since they were published, as far as readers are told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Event
from calendar_app.core.history import as_told, before_all_changed
from calendar_app.core.occurrences import Occurrence, Window, expand, without_day
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.revisions import Entry, Kind
from calendar_app.remind.truths import CANCELLED

# A digest of a month tells no date that is further.
_TOLD_BEFORE: Final = timedelta(days=32)
_TOLD_KINDS: Final = {
    Kind.MOVED,
    Kind.CORRECTED,
    Kind.CANCELLED,
    Kind.REMOVED,
    Kind.REINSTATED,
    Kind.MORE_EXACT,
}
# What is tentative or firm now has the date that it had, but one more SEQUENCE.
_STEPS: Final = _TOLD_KINDS | {Kind.TENTATIVE, Kind.SCHEDULED}
LONG_AGO: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class History:
    """The changes of each occurrence, by its id, the earliest first. What became of a whole series,
    which is one line, is here for each date that a digest may have told.

    ``steps`` are the instants at which the SEQUENCE of each grew. By them it is known which of two
    mails told it last: a delivery says the SEQUENCE, a digest up to when it knew all changes."""

    entries: Mapping[str, tuple[Entry, ...]]
    steps: Mapping[str, tuple[datetime, ...]]

    @classmethod
    def of(cls, catalogue: Catalogue, today: date) -> History:
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        steps: defaultdict[str, list[datetime]] = defaultdict(list)
        for file in catalogue.revisions.values():
            for entry in file.changes:
                event = catalogue.events.get(entry.event) or catalogue.withdrawn.get(entry.event)
                before = before_all_changed(entry, event) if event else None
                if before is not None:
                    for was in _dates(before, today):
                        one = replace(entry, occurrence=was.id, old=str(was.when), new="")
                        found[was.id] += filter(None, [as_told(one, found[was.id])])
                        steps[was.id].append(entry.at)
                    continue
                is_single = entry.occurrence or (event and not event.rule.is_recurring)
                subject = entry.occurrence or entry.event
                if entry.kind in _TOLD_KINDS and is_single:
                    found[subject].append(entry)
                # One date of a series that was taken out, or put back, counts as what it was.
                if entry.kind in _STEPS - {Kind.REMOVED} and is_single:
                    steps[subject].append(entry.at)
        return cls(
            {id_: tuple(sorted(some, key=_at)) for id_, some in found.items()},
            {id_: tuple(sorted(some)) for id_, some in steps.items()},
        )

    def told_at(self, subject: str, until: datetime | None) -> str:
        """What an edition told that knew all changes up to then; empty if nothing changed since."""
        later = (e for e in self.entries.get(subject, ()) if until is None or e.at > until)
        first = next(later, None)
        return told_before(first) if first else ""

    def sequence_before(self, subject: str, at: datetime, sequence: int) -> int:
        """The SEQUENCE just before an instant, of what has ``sequence`` now."""
        return sequence - sum(step >= at for step in self.steps.get(subject, ()))

    def known_by(self, subject: str, sequence: int, told: int) -> datetime:
        """Up to when whoever told it knew its changes, if its SEQUENCE was ``told`` then."""
        steps, later = self.steps.get(subject, ()), max(sequence - told, 0)
        return steps[-later - 1] if later < len(steps) else LONG_AGO


def _dates(event: Event, today: date) -> Iterator[Occurrence]:
    """Those of an event that may be ahead, but for what was off by itself."""
    near = Window(today - ONE_DAY, today + _TOLD_BEFORE)
    window = near if event.rule.is_recurring else Window(date.min, date.max)
    return (one for one in (*expand(event, window), *without_day([event])) if not one.is_cancelled)


def known_until(catalogue: Catalogue) -> datetime:
    """The last change that an edition knows of."""
    files = catalogue.revisions.values()
    return max([file.content.at for file in files] + [_at(e) for f in files for e in f.changes])


def told_before(entry: Entry) -> str:
    """What was true before, as a delivery would have told it."""
    return CANCELLED if entry.kind is Kind.REINSTATED else entry.old


def _at(entry: Entry) -> datetime:
    return entry.at

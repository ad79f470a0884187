"""What became of single occurrences since they were published, as far as readers are told of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.identity import Entry, Kind
from calendar_app.remind.truths import CANCELLED

_TOLD_KINDS: Final = {
    Kind.MOVED,
    Kind.CORRECTED,
    Kind.CANCELLED,
    Kind.REMOVED,
    Kind.REINSTATED,
    Kind.MORE_EXACT,
}


@dataclass(frozen=True)
class History:
    """The changes of each occurrence, by its id, the earliest first. A series that became another
    one shows in its dates."""

    entries: Mapping[str, tuple[Entry, ...]]

    @classmethod
    def of(cls, catalogue: Catalogue) -> History:
        found: defaultdict[str, list[Entry]] = defaultdict(list)
        for file in catalogue.revisions.values():
            for entry in file.changes:
                event = catalogue.events.get(entry.event)
                is_single = entry.occurrence or (event and not event.rule.is_recurring)
                if entry.kind in _TOLD_KINDS and is_single:
                    found[entry.occurrence or entry.event].append(entry)
        return cls({id_: tuple(sorted(some, key=_at)) for id_, some in found.items()})


def known_until(catalogue: Catalogue) -> datetime:
    """The last change that an edition knows of."""
    files = catalogue.revisions.values()
    return max([file.content.at for file in files] + [_at(e) for f in files for e in f.changes])


def told_before(entry: Entry) -> str:
    """What was true before, as a delivery would have told it."""
    return CANCELLED if entry.kind is Kind.REINSTATED else entry.old


def _at(entry: Entry) -> datetime:
    return entry.at

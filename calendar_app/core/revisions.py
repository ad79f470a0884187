"""What ``revisions.yaml`` keeps: what was published, when, and what changed since. By it every
replica gives the same DTSTAMP, LAST-MODIFIED and SEQUENCE (RFC 5545 3.8.7), without a clock or a
database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from calendar_app.core.events import EMPTY, Text
from calendar_app.core.identity import Form


class Kind(StrEnum):
    """What the list of changes tells."""

    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"
    TENTATIVE = "tentative"
    SCHEDULED = "scheduled"  # what was tentative is firm
    BOUNDS = "bounds"  # a series begins or ends otherwise
    MORE_EXACT = "more-exact"
    TEXT = "text"
    CITED = "cited"


@dataclass(frozen=True, slots=True)
class Stamp:
    """A digest and the instant at which it became so."""

    digest: str
    at: datetime


@dataclass(frozen=True, slots=True)
class OccurrenceRevision:
    sequence: int
    modified_at: datetime


@dataclass(frozen=True, slots=True)
class EventRevision:
    """An event as last published. ``name``, ``topics`` and ``is_context`` are what is left to tell
    of it once it is out of the data; revisions of earlier versions have none."""

    form: Form
    schedule: Mapping[str, Any]
    sequence: int
    created_at: datetime
    modified_at: datetime
    texts: Mapping[str, Stamp]
    cited_in: tuple[str, ...] = ()
    occurrences: Mapping[str, OccurrenceRevision] = field(default_factory=dict)
    name: Text = EMPTY
    topics: tuple[str, ...] = ()
    is_context: bool = False

    def sequence_of(self, occurrence: str) -> int:
        own = self.occurrences.get(occurrence)
        return self.sequence + (own.sequence if own else 0)

    def modified_of(self, occurrence: str, language: str) -> datetime:
        own = self.occurrences.get(occurrence)
        instants = [self.modified_at, self.texts[language].at]
        return max([*instants, own.modified_at] if own else instants)

    def last_modified(self, language: str) -> datetime:
        """Of all its occurrences together."""
        own = (found.modified_at for found in self.occurrences.values())
        return max(self.modified_at, self.texts[language].at, *own)


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One line of the list of changes. ``occurrence`` is empty where it is of the whole event;
    ``old`` and ``new`` are dates (EDTF), a ``Series`` as text, or the id of a document."""

    at: datetime
    kind: Kind
    event: str
    occurrence: str = ""
    old: str = ""
    new: str = ""


@dataclass(frozen=True, slots=True)
class Wire:
    """Raised when code or catalogs change the bytes of VEVENTs that have been published."""

    number: int
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Revisions:
    """The whole file: what was published, when, and everything that changed since."""

    uid_domain: str
    content: Stamp
    wire: Wire
    events: Mapping[str, EventRevision] = field(default_factory=dict)
    tombstones: Mapping[str, datetime] = field(default_factory=dict)
    changes: tuple[ChangeLine, ...] = ()
    number: int = 0  # how often something was published
    topics: Mapping[str, Text] = field(default_factory=dict)  # ever published; names as of last
    withdrawn: Mapping[str, EventRevision] = field(default_factory=dict)  # as last published

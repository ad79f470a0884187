"""What a reader is shown of an occurrence, ready-made: values that templates and feeds only place.

Texts come as ``Chosen``: the words and the language they are really in, so that a fallback is
marked as one.
"""

from __future__ import annotations

from dataclasses import dataclass

from calendar_app.core.events import Event
from calendar_app.core.occurrences import Occurrence
from calendar_app.core.rules import Yearly
from calendar_app.words.fallback import Chosen
from calendar_app.words.tiles import Tile


@dataclass(frozen=True, slots=True)
class TopicView:
    id: str
    name: Chosen
    path: str


@dataclass(frozen=True, slots=True)
class History:
    """A change that a reader must see: the word for it, whose it was, the old and new date."""

    word: str
    by: str
    old: str
    new: str
    says: Chosen | None
    url: str | None


@dataclass(frozen=True, slots=True)
class PlaceView:
    """``map`` is an address, and empty where it is not known where the place lies."""

    name: Chosen
    map: str


@dataclass(frozen=True, slots=True)
class OccasionView:
    """What is particular to this time; ``links`` are addresses with their names."""

    note: Chosen | None
    place: PlaceView | None
    links: tuple[tuple[str, Chosen | None], ...]


@dataclass(frozen=True, slots=True)
class OccurrenceView:
    """One occurrence in one language, as of one day."""

    occurrence: Occurrence
    path: str
    name: Chosen
    summary: Chosen | None
    topics: tuple[TopicView, ...]
    when: str
    tiles: tuple[Tile, ...]
    until_word: str
    relative: str
    label: str
    ordinal: str
    status: str
    outcome: str
    history: tuple[History, ...]
    occasion: OccasionView | None
    is_now: bool
    is_past: bool

    @property
    def event(self) -> Event:
        return self.occurrence.event

    @property
    def topic(self) -> str:
        """The topic that gives the colour."""
        return self.topics[0].id if self.topics else ""

    @property
    def is_exact(self) -> bool:
        """Known to the day; else its tile is an open one."""
        return self.occurrence.when.is_exact

    @property
    def is_long(self) -> bool:
        """Only the first and the last day are shown as tiles."""
        return len(self.tiles) == 2 and (self.occurrence.last - self.occurrence.first).days > 1

    @property
    def is_series(self) -> bool:
        """One of many in a year: weighs less than a day that comes once."""
        return self.event.rule.is_recurring and not isinstance(self.event.rule, Yearly)

    @property
    def is_context(self) -> bool:
        return self.event.is_context

    @property
    def is_cancelled(self) -> bool:
        return self.occurrence.is_cancelled

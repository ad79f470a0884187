"""The shape of dates as JSON, declared as types.

A text is an object by language tag. A date is EDTF (ISO 8601-2), as exact as it is known.
"""

from __future__ import annotations

from dataclasses import dataclass

Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class LinkObject:
    url: str
    name: Texts


@dataclass(frozen=True, slots=True)
class PlaceObject:
    name: Texts
    country: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class SourceObject:
    """Why a date is here: a point of a document, or a public source with its name and address."""

    document: str | None
    point: int | None
    says: Texts
    precision: str
    basis: str
    period: str | None
    name: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class ChangeObject:
    kind: str
    by: str
    to: str | None
    says: Texts
    url: str | None


@dataclass(frozen=True, slots=True)
class OccasionObject:
    """What is particular to this time."""

    note: Texts
    links: list[LinkObject]
    place: PlaceObject | None


@dataclass(frozen=True, slots=True)
class DateObject:
    """``first`` and ``last`` are days, both included; null if nothing is known."""

    id: str
    uid: str
    date: str
    precision: str
    first: str | None
    last: str | None
    words: Texts
    status: str
    ordinal: int | None
    scheduled: str
    changes: list[ChangeObject]
    occasion: OccasionObject | None


@dataclass(frozen=True, slots=True)
class EventObject:
    id: str
    url: str
    name: Texts
    summary: Texts
    note: Texts
    rule: Texts
    topics: list[str]
    context: bool
    part_of: str | None
    counts_from: str | None
    outcome: str | None
    verified: str | None
    place: PlaceObject | None
    links: list[LinkObject]
    sources: list[SourceObject]
    dates: list[DateObject]


@dataclass(frozen=True, slots=True)
class NamedObject:
    name: Texts
    url: str


@dataclass(frozen=True, slots=True)
class WindowObject:
    """What recurs is listed from one day to the other, both included; what does not, always."""

    first: str
    last: str


@dataclass(frozen=True, slots=True)
class CalendarObject:
    name: str
    description: str
    url: str
    source: str
    language: str
    languages: list[str]
    window: WindowObject
    topics: dict[str, NamedObject]
    documents: dict[str, NamedObject]
    events: list[EventObject]

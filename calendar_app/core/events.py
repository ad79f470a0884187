"""What the data files hold, as frozen values. Nothing here knows a file, a language or a clock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from calendar_app.core.precision import PartialDate
from calendar_app.core.rules import Rule


class Text(Mapping[str, str]):
    """One text by BCP 47 language tag; which language is shown is decided in ``words``.

    Unlike a dict it cannot change, so events are values that may be shared and compared.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self._values = dict(values or {})

    def __getitem__(self, language: str) -> str:
        return self._values[language]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return f"Text({self._values!r})"


EMPTY = Text()


class Status(StrEnum):
    """The intention, as RFC 5545 3.8.1.11 names it."""

    SCHEDULED = "scheduled"
    TENTATIVE = "tentative"
    CANCELLED = "cancelled"


class Outcome(StrEnum):
    """What is known of a one-off after the fact."""

    HELD = "held"
    ANNOUNCED = "announced"
    MOVED = "moved"
    NOT_VERIFIED = "not-verified"


class Basis(StrEnum):
    """How the date shown follows from a source."""

    DOCUMENT = "document"
    COMPUTED = "computed"
    EXTERNAL = "external"


class Exactness(StrEnum):
    """How exact a source is about the date; like Precision, and a rule besides."""

    DAY = "day"
    INTERVAL = "interval"
    MONTH = "month"
    YEAR = "year"
    RULE = "rule"
    UNKNOWN = "unknown"


class ChangeKind(StrEnum):
    MOVED = "moved"
    CANCELLED = "cancelled"
    REINSTATED = "reinstated"


class ChangedBy(StrEnum):
    """Whose change it was: theirs, or our error."""

    ORGANISERS = "organisers"
    US = "us"


@dataclass(frozen=True, slots=True)
class Link:
    url: str
    name: Text = EMPTY


@dataclass(frozen=True, slots=True)
class Place:
    """``country`` is ISO 3166-1 alpha-2; ``coordinates`` are WGS 84 latitude and longitude."""

    name: Text
    country: str | None = None
    coordinates: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Why a date is here: a point of a document, or a public source (then ``name`` and ``url``)."""

    basis: Basis
    precision: Exactness
    says: Text = EMPTY
    document: str | None = None
    point: int | None = None
    period: PartialDate | None = None
    name: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to the occurrence that the rule puts on ``occurrence``."""

    occurrence: date
    kind: ChangeKind
    by: ChangedBy
    to: PartialDate | None = None
    says: Text = EMPTY
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Occasion:
    """What is particular to one occurrence, such as this year's theme."""

    occurrence: date
    note: Text = EMPTY
    links: tuple[Link, ...] = ()
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Topic:
    id: str
    name: Text
    is_retired: bool = False
    review: Text = EMPTY


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a document; ``undated`` is the part for which it gives no day."""

    number: int
    name: Text
    undated: Text = EMPTY
    topics: tuple[str, ...] = ()
    review: Text = EMPTY


@dataclass(frozen=True, slots=True)
class Document:
    """A political text that asks for days to be marked."""

    id: str
    name: Text
    title: Text
    publisher: str | None = None
    adopted: PartialDate | None = None
    published: PartialDate | None = None
    period: PartialDate | None = None
    follows: str | None = None
    republishes: str | None = None
    url: str | None = None
    languages: tuple[str, ...] = ()
    note: Text = EMPTY
    points: tuple[Point, ...] = ()
    review: Text = EMPTY

    @property
    def known_since(self) -> date:
        """The day by which documents are older and newer; date.min where none is known."""
        dates = (date.first for date in (self.published, self.adopted) if date)
        return next(filter(None, dates), date.min)


@dataclass(frozen=True, slots=True)
class Event:
    """The definition of a date: what is marked and by which rule (RFC 5545: the component whose
    recurrence set is expanded). ``except_on`` are the days taken out (EXDATE, 3.8.5.1)."""

    id: str
    rule: Rule
    name: Text
    topics: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    except_on: frozenset[date] = frozenset()
    changes: tuple[Change, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    counts_from: PartialDate | None = None
    is_context: bool = False
    part_of: str | None = None
    aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summary: Text = EMPTY
    note: Text = EMPTY
    place: Place | None = None
    links: tuple[Link, ...] = ()
    status: Status = Status.SCHEDULED
    outcome: Outcome | None = None
    verified_on: date | None = None
    sources: tuple[Source, ...] = ()
    review: Text = EMPTY

    @property
    def begins_on(self) -> date | None:
        """No occurrence is earlier; what counts years begins with what it counts from."""
        return self.since or (self.counts_from.first if self.counts_from else None)

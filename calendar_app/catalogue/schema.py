"""The shape of ``events.yaml``; the JSON Schema for editors comes from it.

A shape is what one entry says by itself, with every value already one of the core's. What
entries say of each other is checked in ``references``.
"""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field

from calendar_app.catalogue.fields import (
    Colour,
    Coordinates,
    Country,
    Day,
    Days,
    Domain,
    Edtf,
    Flag,
    Id,
    Link,
    Number,
    ProperName,
    SourceLink,
    Span,
    Word,
)
from calendar_app.catalogue.texts import Aliases, Language, Name, Paragraphs, Sentence, SiteName
from calendar_app.core.events import Basis, ChangedBy, ChangeKind, Exactness, Outcome, Status

MAX_ITEMS: Final = 1000  # each is held against the others


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class CalendarShape(Shape):
    """The calendar as a whole; ``uid_domain`` may never change once published."""

    name: SiteName
    summary: Sentence
    accent: Colour
    uid_domain: Domain


class PointShape(Shape):
    """One point of a document; ``undated`` is the part for which it gives no day."""

    point: Number
    name: Name
    undated: Name | None = None
    topics: list[Id] = []
    review: Name | None = None


class DocumentShape(Shape):
    """A text that asks for days to be marked."""

    name: Name
    title: Sentence
    publisher: ProperName | None = None
    adopted: Edtf | None = None
    published: Edtf | None = None
    period: Edtf | None = None
    follows: Id | None = None
    republishes: Id | None = None
    url: SourceLink | None = None
    languages: list[Language] = []
    note: Paragraphs | None = None
    points: list[PointShape] = []
    review: Sentence | None = None


class TopicShape(Shape):
    """A subject by which dates are chosen; a retired one is still accepted in addresses."""

    name: Name
    retired: Flag = False
    review: Sentence | None = None


class PlaceShape(Shape):
    """Where: a name, an ISO 3166-1 country, latitude and longitude."""

    name: Name
    country: Country | None = None
    coordinates: Coordinates | None = None


class LinkShape(Shape):
    url: Link
    name: Name | None = None


class SourceShape(Shape):
    """Why a date is here: a document and point, or a public source with name and url."""

    basis: Basis
    precision: Exactness
    says: Sentence | None = None
    document: Id | None = None
    point: Number | None = None
    period: Edtf | None = None
    name: ProperName | None = None
    url: SourceLink | None = None


class ChangeShape(Shape):
    """What happened to the occurrence that the rule puts on this day."""

    occurrence: Day
    kind: ChangeKind
    by: ChangedBy
    to: Span | None = None
    says: Sentence | None = None
    url: Link | None = None


class OccasionShape(Shape):
    """What is particular to one occurrence, such as a theme."""

    occurrence: Day
    note: Paragraphs | None = None
    links: list[LinkShape] = []
    place: PlaceShape | None = None


class EventShape(Shape):
    """A date to be marked. Exactly one of on, yearly, monthly, rrule says when."""

    on: Span | None = None
    yearly: Word | None = Field(None, examples=["03-08"])
    monthly: Word | None = Field(None, examples=["last-weekend"])
    rrule: Word | None = Field(None, examples=["FREQ=MONTHLY;BYDAY=1FR"])
    starts: Day | None = None
    days: Days | None = None
    since: Day | None = None
    until: Day | None = None
    except_: list[Day] = Field([], alias="except", max_length=MAX_ITEMS)
    changes: list[ChangeShape] = Field([], max_length=MAX_ITEMS)
    occasions: list[OccasionShape] = Field([], max_length=MAX_ITEMS)
    counts_from: Edtf | None = None
    context: Flag = False
    topics: list[Id]
    part_of: Id | None = None
    name: Name
    aliases: Aliases = {}
    summary: Paragraphs | None = None
    note: Paragraphs | None = None
    place: PlaceShape | None = None
    links: list[LinkShape] = []
    status: Status = Status.SCHEDULED
    outcome: Outcome | None = None
    verified: Day | None = None
    sources: list[SourceShape] = []
    review: Sentence | None = None


class FileShape(Shape):
    """One catalogue file. ``citations`` adds sources to events of other files."""

    calendar: CalendarShape | None = None
    documents: dict[Id, DocumentShape] = {}
    topics: dict[Id, TopicShape] = {}
    events: dict[Id, EventShape] = {}
    citations: dict[Id, list[SourceShape]] = {}


def json_schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of a catalogue file, for editors that complete and check YAML."""
    return FileShape.model_json_schema() | {
        "$schema": "https://json-schema.org/draft/2020-12/schema"
    }

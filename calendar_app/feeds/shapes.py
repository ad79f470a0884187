"""The shape of dates as JSON, declared as types, with what each field means: ``/openapi.json`` is
made from it, and knows the values of the enumerations of the data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final

from pydantic import Field

from calendar_app.core.events import Basis, ChangedBy, ChangeKind, Exactness, Outcome, Status
from calendar_app.core.precision import Precision

_EDTF: Final = (
    "EDTF (ISO 8601-2): a day, two days with / between them (.. if no end is known), a month or "
    "a year, each with ~ ? or % if it is not certain; or `unknown`"
)
_DAY: Final = "day, YYYY-MM-DD"
_PAGE: Final = "address of its page, in the language of the address of this list"
Texts = dict[str, str]


@dataclass(frozen=True, slots=True)
class LinkObject:
    """Where to read on."""

    url: Annotated[str, Field(description="address")]
    name: Annotated[Texts, Field(description="what is there")]


@dataclass(frozen=True, slots=True)
class PlaceObject:
    """Where something takes place, as far as it is known."""

    name: Annotated[Texts, Field(description="name of the place, mostly a city")]
    country: Annotated[str | None, Field(description="ISO 3166-1 alpha-2")]
    latitude: Annotated[float | None, Field(description="degrees, WGS 84")]
    longitude: Annotated[float | None, Field(description="degrees, WGS 84")]


@dataclass(frozen=True, slots=True)
class SourceObject:
    """Why a date is here: a point of a document, or a public source with its name and address."""

    document: Annotated[str | None, Field(description="id, a key of `documents`")]
    point: Annotated[int | None, Field(description="number of the point of the document")]
    says: Annotated[Texts, Field(description="what it says of the date, in our words")]
    precision: Annotated[Exactness, Field(description="how exact it is")]
    basis: Annotated[Basis, Field(description="how the date follows from it")]
    period: Annotated[str | None, Field(description=f"for which it asks for the day: {_EDTF}")]
    name: Annotated[str | None, Field(description="of a public source: who published it, when")]
    url: Annotated[str | None, Field(description="of a public source: its address")]


@dataclass(frozen=True, slots=True)
class ChangeObject:
    """What happened to a date since it was published."""

    kind: Annotated[ChangeKind, Field(description="what happened")]
    by: Annotated[ChangedBy, Field(description="the organisers, or us, whose error it was")]
    to: Annotated[str | None, Field(description=f"the new date, if it moved: {_EDTF}")]
    says: Annotated[Texts, Field(description="what is known of it")]
    url: Annotated[str | None, Field(description="where it was told")]


@dataclass(frozen=True, slots=True)
class OccasionObject:
    """What is particular to this time."""

    note: Annotated[Texts, Field(description="such as the theme of this year")]
    links: Annotated[list[LinkObject], Field(description="where to read on")]
    place: Annotated[PlaceObject | None, Field(description="instead of that of the event")]


@dataclass(frozen=True, slots=True)
class DateObject:
    """One occurrence of an event."""

    id: Annotated[str, Field(description="permanent; stays the same when the date moves")]
    uid: Annotated[str, Field(description="UID of the entry in calendars (RFC 5545 3.8.4.7)")]
    date: Annotated[str, Field(description=_EDTF)]
    precision: Annotated[Precision, Field(description="how much of the date is known")]
    first: Annotated[str | None, Field(description=f"earliest {_DAY}; null if nothing is known")]
    last: Annotated[str | None, Field(description=f"latest {_DAY}, included; null likewise")]
    words: Annotated[Texts, Field(description="the date in words")]
    status: Annotated[Status, Field(description="the intention")]
    ordinal: Annotated[int | None, Field(description="which anniversary it is, if it is one")]
    scheduled: Annotated[str, Field(description=f"where the rule had put it: {_EDTF}")]
    changes: Annotated[
        list[ChangeObject], Field(description="what happened to it since, in that order")
    ]
    occasion: Annotated[OccasionObject | None, Field(description="what is particular to it")]


@dataclass(frozen=True, slots=True)
class EventObject:
    """What is marked, by which rule and why, with its dates."""

    id: Annotated[str, Field(description="permanent")]
    url: Annotated[str, Field(description=_PAGE)]
    name: Annotated[Texts, Field(description="name")]
    summary: Annotated[Texts, Field(description="what it is")]
    note: Annotated[Texts, Field(description="what to know of the date, such as a discrepancy")]
    rule: Annotated[Texts, Field(description="how often it comes")]
    topics: Annotated[list[str], Field(description="ids, keys of `topics`; the main one first")]
    context: Annotated[bool, Field(description="named as a background only, never reminded of")]
    part_of: Annotated[str | None, Field(description="id of the event to which it belongs")]
    counts_from: Annotated[str | None, Field(description=f"what ordinals count from: {_EDTF}")]
    outcome: Annotated[Outcome | None, Field(description="what is known of a one-off since")]
    verified: Annotated[str | None, Field(description=f"when it was last checked: {_DAY}")]
    place: Annotated[PlaceObject | None, Field(description="where, unless an occasion differs")]
    links: Annotated[list[LinkObject], Field(description="where to read on")]
    sources: Annotated[list[SourceObject], Field(description="why it is here")]
    dates: Annotated[list[DateObject], Field(description="those of the window; a one-off always")]


@dataclass(frozen=True, slots=True)
class NamedObject:
    """A topic or a document."""

    name: Annotated[Texts, Field(description="name")]
    url: Annotated[str, Field(description=_PAGE)]


@dataclass(frozen=True, slots=True)
class WindowObject:
    """What recurs is listed from one day to the other, both included; what does not, always."""

    first: Annotated[str, Field(description=_DAY)]
    last: Annotated[str, Field(description=_DAY)]


@dataclass(frozen=True, slots=True)
class CalendarObject:
    """The events that were chosen, with what they refer to. Texts are objects keyed by BCP 47 tag.
    Where a text lacks one of `languages`, its fallback stands under the fallback's own tag; an
    absent text is an empty object."""

    name: Annotated[str, Field(description="of the calendar, in `language`")]
    description: Annotated[str, Field(description="of the calendar, in `language`")]
    url: Annotated[str, Field(description="page with the same choice, in `language`")]
    source: Annotated[str, Field(description="address of this list in its canonical form")]
    language: Annotated[str, Field(description="tag of the language of the address")]
    languages: Annotated[list[str], Field(description="tags of the languages asked for in texts")]
    window: Annotated[WindowObject, Field(description="from when until when dates are listed")]
    topics: Annotated[dict[str, NamedObject], Field(description="all on offer, by id")]
    documents: Annotated[dict[str, NamedObject], Field(description="those cited here, by id")]
    events: Annotated[list[EventObject], Field(description="in the order of the data")]

"""Dates as JSON: everything that is known of each, for programs.

The shape is in ``shapes``, from which ``/openapi.json`` is made.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from pydantic import TypeAdapter

from calendar_app.core.events import Change, Event, Link, Occasion, Place, Source
from calendar_app.core.occurrences import Occurrence
from calendar_app.core.ordinals import ordinal
from calendar_app.core.precision import ONE_DAY
from calendar_app.feeds.listing import Listing
from calendar_app.feeds.shapes import (
    CalendarObject,
    ChangeObject,
    DateObject,
    EventObject,
    LinkObject,
    NamedObject,
    OccasionObject,
    PlaceObject,
    SourceObject,
    Texts,
    WindowObject,
)
from calendar_app.words.explanation import rule_in_words
from calendar_app.words.fallback import choose

SHAPE: Final = TypeAdapter(CalendarObject)


def json_bytes(listing: Listing) -> bytes:
    return SHAPE.dump_json(_Writer(listing).calendar(), indent=1) + b"\n"


class _Writer:
    """Of one listing, since every text needs its languages and every address its base."""

    def __init__(self, listing: Listing) -> None:
        self._listing = listing
        self._translators = listing.translators
        self._path = listing.presenter.path

    def calendar(self) -> CalendarObject:
        listing, catalogue = self._listing, self._listing.presenter.catalogue
        topics = catalogue.living_topics
        return CalendarObject(
            name=listing.name,
            description=listing.description,
            url=listing.page,
            source=listing.source,
            language=listing.presenter.language.tag,
            languages=[presenter.language.tag for presenter in self._translators],
            window=WindowObject(
                first=listing.window.start.isoformat(),
                last=(listing.window.end - ONE_DAY).isoformat(),
            ),
            topics=self._named("topics", {id_: catalogue.topics[id_].name for id_ in topics}),
            documents=self._named(
                "sources", {id_: catalogue.documents[id_].name for id_ in listing.documents()}
            ),
            events=[self._event(event, dates) for event, dates in listing.dates],
        )

    def _named(self, kind: str, names: Mapping[str, Mapping[str, str]]) -> dict[str, NamedObject]:
        return {
            id_: NamedObject(name=self._texts(name), url=self._url(kind, id_))
            for id_, name in names.items()
        }

    def _event(self, event: Event, dates: Iterable[Occurrence]) -> EventObject:
        return EventObject(
            id=event.id,
            url=self._url("events", event.id),
            name=self._texts(event.name),
            summary=self._texts(event.summary),
            note=self._texts(event.note),
            rule={p.language.tag: rule_in_words(event, p) for p in self._translators},
            topics=list(event.topics),
            context=event.is_context,
            part_of=event.part_of,
            counts_from=_text(event.counts_from),
            outcome=event.outcome,
            verified=_text(event.verified_on),
            place=self._place(event.place),
            links=self._links(event.links),
            sources=[self._source(source) for source in event.sources],
            dates=[self._date(occurrence) for occurrence in dates],
        )

    def _date(self, occurrence: Occurrence) -> DateObject:
        when, origin = occurrence.when, occurrence.event.counts_from
        return DateObject(
            id=occurrence.id,
            uid=self._listing.uid(occurrence),
            date=str(when),
            precision=when.precision,
            first=_text(when.first),
            last=_text(when.last),
            words={p.language.tag: p.when(occurrence) for p in self._translators},
            status=occurrence.status,
            ordinal=ordinal(origin, occurrence.first) if origin and when.is_exact else None,
            scheduled=str(occurrence.scheduled),
            changes=[self._change(change) for change in occurrence.changes],
            occasion=self._occasion(occurrence.occasion) if occurrence.occasion else None,
        )

    def _source(self, source: Source) -> SourceObject:
        return SourceObject(
            document=source.document,
            point=source.point,
            says=self._texts(source.says),
            precision=source.precision,
            basis=source.basis,
            period=_text(source.period),
            name=source.name,
            url=source.url,
        )

    def _change(self, change: Change) -> ChangeObject:
        return ChangeObject(
            kind=change.kind,
            by=change.by,
            to=_text(change.to),
            says=self._texts(change.says),
            url=change.url,
        )

    def _occasion(self, occasion: Occasion) -> OccasionObject:
        return OccasionObject(
            note=self._texts(occasion.note),
            links=self._links(occasion.links),
            place=self._place(occasion.place),
        )

    def _place(self, place: Place | None) -> PlaceObject | None:
        if place is None:
            return None
        latitude, longitude = place.coordinates or (None, None)
        return PlaceObject(
            name=self._texts(place.name),
            country=place.country,
            latitude=latitude,
            longitude=longitude,
        )

    def _links(self, links: Iterable[Link]) -> list[LinkObject]:
        return [LinkObject(url=link.url, name=self._texts(link.name)) for link in links]

    def _texts(self, text: Mapping[str, str]) -> Texts:
        """In the languages asked for; where it has none of them, in the one that readers see."""
        chosen = [choose(text, p.language) for p in self._translators if text]
        return {found.language.tag: found.value for found in chosen}

    def _url(self, *parts: str) -> str:
        return self._listing.base_url + self._path(*parts)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)

"""From the shape of one entry to the value of the core, where the entry makes sense by itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from calendar_app.catalogue.schema import (
    CalendarShape,
    ChangeShape,
    DocumentShape,
    EventShape,
    LinkShape,
    OccasionShape,
    PlaceShape,
    PointShape,
    SourceShape,
    TopicShape,
)
from calendar_app.core.catalogue import Calendar
from calendar_app.core.errors import RuleError
from calendar_app.core.events import (
    EMPTY,
    Change,
    Document,
    Event,
    Link,
    Occasion,
    Place,
    Point,
    Source,
    Topic,
)
from calendar_app.core.rrules import parse_rrule
from calendar_app.core.rules import On, Rule, parse_monthly, parse_yearly

WHEN: Final = ("on", "yearly", "monthly", "rrule")


class FieldError(ValueError):
    """An entry of which nothing can be made; the path says where, the message
    ``problem; remedy``."""

    def __init__(self, message: str, *path: str) -> None:
        super().__init__(message)
        self.path = path


def build_calendar(shape: CalendarShape) -> Calendar:
    return Calendar(shape.name, shape.summary, shape.accent, shape.uid_domain)


def build_topic(id_: str, shape: TopicShape) -> Topic:
    return Topic(id_, shape.name, shape.retired, shape.review or EMPTY)


def build_document(id_: str, shape: DocumentShape) -> Document:
    return Document(
        id_,
        shape.name,
        shape.title,
        shape.publisher,
        shape.adopted,
        shape.published,
        shape.period,
        shape.follows,
        shape.republishes,
        shape.url,
        tuple(shape.languages),
        shape.note or EMPTY,
        tuple(map(_point, shape.points)),
        shape.review or EMPTY,
    )


def build_event(id_: str, shape: EventShape) -> Event:
    """Raises FieldError."""
    return Event(
        id_,
        _rule(shape),
        shape.name,
        topics=tuple(shape.topics),
        since=shape.since,
        until=shape.until,
        except_on=frozenset(shape.except_),
        changes=tuple(map(_change, shape.changes)),
        occasions=tuple(map(_occasion, shape.occasions)),
        counts_from=shape.counts_from,
        is_context=shape.context,
        part_of=shape.part_of,
        aliases={tag: tuple(names) for tag, names in shape.aliases.items()},
        summary=shape.summary or EMPTY,
        note=shape.note or EMPTY,
        place=_place(shape.place),
        links=_links(shape.links),
        status=shape.status,
        outcome=shape.outcome,
        verified_on=shape.verified,
        sources=build_sources(shape.sources),
        review=shape.review or EMPTY,
    )


def build_sources(shapes: Iterable[SourceShape]) -> tuple[Source, ...]:
    return tuple(
        Source(
            shape.basis,
            shape.precision,
            shape.says or EMPTY,
            shape.document,
            shape.point,
            shape.period,
            shape.name,
            shape.url,
        )
        for shape in shapes
    )


def _rule(shape: EventShape) -> Rule:
    given = [key for key in WHEN if getattr(shape, key) is not None]
    if not given:
        raise FieldError("it does not say when; write one of on, yearly, monthly and rrule")
    if len(given) > 1:
        raise FieldError(f"it says when by {given[0]} already; keep one of the two", given[1])
    key = given[0]
    for field in ("starts", "days"):
        if key != "rrule" and getattr(shape, field) is not None:
            raise FieldError("it belongs to rrule only; take it out", field)
    try:
        return _rule_of(shape, key)
    except RuleError as error:
        raise FieldError(str(error), key) from error


def _rule_of(shape: EventShape, key: str) -> Rule:
    if shape.on is not None:
        return On(shape.on)
    if shape.yearly is not None:
        return parse_yearly(shape.yearly)
    if shape.monthly is not None:
        return parse_monthly(shape.monthly)
    if shape.starts is None:
        raise FieldError("it does not say where it begins; add starts: and the first day", key)
    return parse_rrule(shape.rrule or "", shape.starts, shape.days or 1)


def _point(shape: PointShape) -> Point:
    return Point(
        shape.point,
        shape.name,
        shape.undated or EMPTY,
        tuple(shape.topics),
        shape.review or EMPTY,
    )


def _change(shape: ChangeShape) -> Change:
    return Change(shape.occurrence, shape.kind, shape.by, shape.to, shape.says or EMPTY, shape.url)


def _occasion(shape: OccasionShape) -> Occasion:
    return Occasion(shape.occurrence, shape.note or EMPTY, _links(shape.links), _place(shape.place))


def _place(shape: PlaceShape | None) -> Place | None:
    return Place(shape.name, shape.country, shape.coordinates) if shape else None


def _links(shapes: Iterable[LinkShape]) -> tuple[Link, ...]:
    return tuple(Link(shape.url, shape.name or EMPTY) for shape in shapes)

"""Every text of a catalogue, with where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Event, Text

_APART = {"review", "aliases"}


class Written(NamedTuple):
    """One text in one language."""

    where: str
    language: str
    value: str


def all_texts(catalogue: Catalogue) -> Iterator[Written]:
    """All that readers are shown, in the order of the data; remarks for editors are left out."""
    yield from texts_of(catalogue.calendar, "calendar")
    yield from texts_of(catalogue.documents, "documents")
    yield from texts_of(catalogue.topics, "topics")
    yield from texts_of(catalogue.events, "events")


def texts_of(value: Any, where: str) -> Iterator[Written]:
    if isinstance(value, Text):
        for language, text in value.items():
            yield Written(where, language, text)
    for name, item in _inside(value):
        yield from texts_of(item, f"{where}.{name}")


def _inside(value: Any) -> Iterable[tuple[object, Any]]:
    if isinstance(value, Event):
        for language, aliases in value.aliases.items():
            for alias in aliases:
                yield "aliases", Text({language: alias})
    if is_dataclass(value):
        names = (field.name for field in fields(value))
        yield from ((name, getattr(value, name)) for name in names if name not in _APART)
    elif isinstance(value, Mapping) and not isinstance(value, Text):
        yield from value.items()
    elif isinstance(value, tuple):
        yield from enumerate(value, 1)

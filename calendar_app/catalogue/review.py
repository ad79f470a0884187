"""What a person should look at: texts missing in a language, and marks for native readers.

Neither is a fault: what is missing is shown in another language (``check --review`` counts it).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any, NamedTuple

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Document, Event, Point, Text, Topic
from calendar_app.words.languages import LANGUAGES

_APART = {"review", "points"}


class MissingText(NamedTuple):
    """A text that is there in some language, but not in this one."""

    section: str
    id: str
    field: str
    language: str


class ReviewMark(NamedTuple):
    """What an editor asks a native reader to check."""

    section: str
    id: str
    language: str
    remark: str


def missing_texts(catalogue: Catalogue) -> Iterator[MissingText]:
    """In the order of the data; fields are named as in the file, items counted from 1."""
    yield from _missing("calendar", "", catalogue.calendar)
    for section, id_, entry in _entries(catalogue):
        yield from _missing(section, id_, entry)


def review_marks(catalogue: Catalogue) -> Iterator[ReviewMark]:
    """In the order of the data."""
    for section, id_, entry in _entries(catalogue):
        for language, remark in entry.review.items():
            yield ReviewMark(section, id_, language, remark)


def _entries(catalogue: Catalogue) -> Iterator[tuple[str, str, Document | Point | Topic | Event]]:
    """A point is an entry of its own, with the id of its document and its number."""
    for document in catalogue.documents.values():
        yield "documents", document.id, document
        for point in document.points:
            yield "points", f"{document.id}.{point.number}", point
    for topic in catalogue.topics.values():
        yield "topics", topic.id, topic
    for event in catalogue.events.values():
        yield "events", event.id, event


def _missing(section: str, id_: str, entry: Any) -> Iterator[MissingText]:
    for field, text in _texts(entry):
        for language in LANGUAGES:
            if language not in text:
                yield MissingText(section, id_, field, language)


def _texts(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Text]]:
    inner: Iterable[tuple[object, Any]] = ()
    if isinstance(value, Text):
        if value:
            yield ".".join(path), value
    elif is_dataclass(value):
        names = (field.name for field in fields(value) if field.name not in _APART)
        inner = ((name, getattr(value, name)) for name in names)
    elif isinstance(value, tuple):
        inner = enumerate(value, 1)
    for name, item in inner:
        yield from _texts(item, (*path, str(name)))

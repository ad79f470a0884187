"""Bytes of the catalogue files to a Catalogue, or to every fault in them at once."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import PurePath
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from calendar_app.catalogue.building import (
    FieldError,
    build_calendar,
    build_document,
    build_event,
    build_sources,
    build_topic,
)
from calendar_app.catalogue.contradictions import (
    Complaint,
    document_contradictions,
    event_contradictions,
    source_contradictions,
)
from calendar_app.catalogue.faults import fault_at, first_of, refusal, shape_faults, suggestion
from calendar_app.catalogue.fields import read_id
from calendar_app.catalogue.references import reference_faults
from calendar_app.catalogue.schema import (
    CalendarShape,
    DocumentShape,
    EventShape,
    FileShape,
    SourceShape,
    TopicShape,
)
from calendar_app.catalogue.yamltree import Path, Tree, read_tree
from calendar_app.core.catalogue import Calendar, Catalogue
from calendar_app.core.errors import DataError, Fault
from calendar_app.core.events import Document, Event, Source, Topic
from calendar_app.core.identity import digest


@dataclass
class CatalogueFile:
    """One file: what of it could be read, and what could not."""

    tree: Tree
    calendar: Calendar | None = None
    documents: dict[str, Document] = field(default_factory=dict)
    topics: dict[str, Topic] = field(default_factory=dict)
    events: dict[str, Event] = field(default_factory=dict)
    citations: dict[str, tuple[Source, ...]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.tree.file

    @property
    def content_digest(self) -> str:
        """Over all that the file says, in its order; comments and layout do not count."""
        return digest(json.dumps(self.tree.value, ensure_ascii=False))


@dataclass
class _Kind:
    """How entries of a section are read: their shape, what is made of it, what it must not say."""

    shape: Any
    build: Callable[[str, Any], Any]
    contradictions: Callable[[Any], Iterable[Complaint]] = lambda entry: ()

    @cached_property
    def adapter(self) -> TypeAdapter[Any]:
        return TypeAdapter(self.shape)


_KINDS: Final[Mapping[str, _Kind]] = {
    "topics": _Kind(TopicShape, build_topic),
    "documents": _Kind(DocumentShape, build_document, document_contradictions),
    "events": _Kind(EventShape, build_event, event_contradictions),
    "citations": _Kind(
        list[SourceShape], lambda _, shapes: build_sources(shapes), source_contradictions
    ),
}
_CALENDAR: Final = _Kind(CalendarShape, lambda _, shape: build_calendar(shape))


def read_catalogue(contents: Mapping[str, bytes]) -> tuple[Catalogue, Sequence[CatalogueFile]]:
    """Contents by file name, in any order. The catalogue has no revisions yet. Raises DataError."""
    if not contents:
        raise DataError([Fault("", 0, "", "", "no file of events is named", "name at least one")])
    files = sorted((read_file(content, name) for name, content in contents.items()), key=_order)
    faults = first_of(reference_faults([file.tree for file in files]), files[0].name)
    faults += [fault for file in files for fault in file.faults]
    calendar = files[0].calendar
    if faults or calendar is None:
        raise DataError(faults)
    topics, documents, events = (
        {id_: entry for file in files for id_, entry in getattr(file, section).items()}
        for section in ("topics", "documents", "events")
    )
    return Catalogue(calendar, documents, topics, _cited(events, files)), files


def _order(file: CatalogueFile) -> tuple[bool, tuple[str, ...]]:
    """The file with the calendar, then by name and by folder from the innermost: the same wherever
    the files lie and however they are named in a setting, since pages have the order of the data.
    """
    sections = file.tree.value
    has_calendar = isinstance(sections, dict) and "calendar" in sections
    return not has_calendar, PurePath(file.name).parts[::-1]


def read_file(content: bytes, name: str) -> CatalogueFile:
    """One file by itself; never raises."""
    file = CatalogueFile(read_tree(content, name))
    file.faults = first_of(_fill(file), name)
    return file


def _fill(file: CatalogueFile) -> Iterator[Fault]:
    """Fills the file with what can be read, and gives what cannot."""
    tree = file.tree
    yield from tree.faults
    if tree.value is None:
        return
    if not isinstance(tree.value, dict):
        remedy = "begin with calendar:, documents:, topics: or events:"
        yield fault_at(tree, (), "the file must have sections", remedy)
        return
    yield from _unknown_sections(tree)
    if "calendar" in tree.value:
        file.calendar = yield from _read(tree, ("calendar",), tree.value["calendar"], _CALENDAR)
    for section, kind in _KINDS.items():
        entries = tree.value.get(section, {})
        if not isinstance(entries, dict):
            remedy = "write each as its id and a colon, and its lines below, indented"
            yield fault_at(tree, (section,), "entries are needed here", remedy)
            continue
        for id_, raw in entries.items():
            entry = yield from _read(tree, (section, id_), raw, kind)
            if entry is not None:
                getattr(file, section)[id_] = entry


def _unknown_sections(tree: Tree) -> Iterator[Fault]:
    sections = FileShape.model_fields
    for key in tree.value.keys() - sections.keys():
        remedy = suggestion(key, sections, f"write one of {', '.join(sections)}, or take it out")
        yield fault_at(tree, (key,), "unknown section", remedy)


def _read(tree: Tree, path: Path, raw: Any, kind: _Kind) -> Generator[Fault, None, Any]:
    """Gives the faults of an entry; returns what was made of it, or None."""
    id_ = str(path[-1])
    try:
        read_id(id_)
        entry = kind.build(id_, kind.adapter.validate_python(raw))
    except ValidationError as error:
        yield from shape_faults(tree, path, kind.shape, error)
    except FieldError as error:
        yield refusal(tree, (*path, *error.path), error)
    except ValueError as error:
        yield refusal(tree, path, error)
    else:
        for inner, problem, remedy in kind.contradictions(entry):
            yield fault_at(tree, (*path, *inner), problem, remedy)
        return entry
    return None


def _cited(events: Mapping[str, Event], files: Iterable[CatalogueFile]) -> dict[str, Event]:
    """The events with the sources that other files add to them."""
    cited = dict(events)
    for file in files:
        for id_, sources in file.citations.items():
            cited[id_] = replace(cited[id_], sources=(*cited[id_].sources, *sources))
    return cited

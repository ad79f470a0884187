"""What entries say of each other, read from the tree itself: so also where an entry is refused
for something else, and over all files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final

from calendar_app.catalogue.faults import fault_at, suggestion
from calendar_app.catalogue.fields import ID_PATTERN
from calendar_app.catalogue.yamltree import Path, Tree
from calendar_app.core.errors import Fault

ANY: Final = None
Pattern = tuple[str | None, ...]
_ID: Final = re.compile(ID_PATTERN)
_NUMBER: Final = re.compile("0*[1-9][0-9]{0,2}")
_OCCURRENCE_ID: Final = re.compile(r"(.+?)-[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")
_SOURCES: Final[tuple[Pattern, ...]] = (("events", ANY, "sources", ANY), ("citations", ANY, ANY))
# Where an id of a section may stand.
_NAMED_IN: Final[Mapping[str, tuple[Pattern, ...]]] = {
    "topics": (("events", ANY, "topics", ANY), ("documents", ANY, "points", ANY, "topics", ANY)),
    "documents": (
        ("documents", ANY, "follows"),
        ("documents", ANY, "republishes"),
        *((*source, "document") for source in _SOURCES),
    ),
    "events": (("events", ANY, "part_of"),),
}
# What may not lead back to where it began.
_CHAINS: Final = (("documents", "follows"), ("documents", "republishes"), ("events", "part_of"))
Entries = Mapping[str, Any]


def find(value: Any, pattern: Pattern, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """All that stands where the pattern leads to; what has another shape is passed over."""
    if not pattern:
        yield path, value
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(value, dict):
        for key in value if step is ANY else {step} & value.keys():
            yield from find(value[key], rest, (*path, key))
    elif isinstance(value, list) and step is ANY:
        for at, item in enumerate(value):
            yield from find(item, rest, (*path, at))


def reference_faults(trees: Sequence[Tree]) -> Iterator[Fault]:
    yield from _calendar_faults(trees)
    yield from _repeated_ids(trees)
    for section, key in _CHAINS:
        yield from _circles(trees, section, key)
    topics, documents, events = (_entries(trees, section) for section in _NAMED_IN)
    for tree in trees:
        yield from _unknown(tree, "topics", topics)
        yield from _unknown(tree, "documents", documents)
        yield from _unknown(tree, "events", events)
        yield from _unknown_cited(tree, events)
        yield from _retired(tree, topics or {})
        yield from _points(tree, documents or {})
        yield from _occurrence_ids(tree, events or {})


def _entries(trees: Sequence[Tree], section: str) -> Entries | None:
    """A section over all files; None when some file does not let us know."""
    found: dict[str, Any] = {}
    for tree in trees:
        entries = tree.value.get(section, {}) if isinstance(tree.value, dict) else None
        if not isinstance(entries, dict):
            return None
        found |= entries
    return found


def _calendar_faults(trees: Sequence[Tree]) -> Iterator[Fault]:
    """The calendar stands once; the file that has it is the first."""
    for at, tree in enumerate(trees):
        if not isinstance(tree.value, dict):
            continue
        if at == 0 and "calendar" not in tree.value:
            yield Fault(tree.file, 0, "calendar", "", "missing", "begin the file with calendar:")
        if at > 0 and "calendar" in tree.value:
            problem = f"it stands in {trees[0].file} already"
            yield fault_at(tree, ("calendar",), problem, "take it out here")


def _repeated_ids(trees: Sequence[Tree]) -> Iterator[Fault]:
    for section in ("topics", "documents", "events"):
        first: dict[str, str] = {}
        for tree in trees:
            for path, _ in find(tree.value, (section, ANY)):
                id_ = str(path[-1])
                if id_ in first:
                    problem = f"this id stands in {first[id_]} already"
                    yield fault_at(tree, path, problem, "choose another id")
                first.setdefault(id_, tree.file)


def _unknown(tree: Tree, section: str, known: Entries | None) -> Iterator[Fault]:
    if known is None:
        return
    for pattern in _NAMED_IN[section]:
        for path, id_ in find(tree.value, pattern):
            # What is no id at all is a fault of the shape.
            if isinstance(id_, str) and _ID.fullmatch(id_) and id_ not in known:
                remedy = suggestion(id_, known, f"write the id of one that stands in {section}")
                yield fault_at(tree, path, f"{id_} is not among the {section}", remedy)


def _retired(tree: Tree, topics: Entries) -> Iterator[Fault]:
    for pattern in _NAMED_IN["topics"]:
        for path, id_ in find(tree.value, pattern):
            topic = topics.get(id_) if isinstance(id_, str) else None
            if isinstance(topic, dict) and topic.get("retired") == "true":
                yield fault_at(tree, path, f"topic {id_} is retired", "use one that is not")


def _points(tree: Tree, documents: Entries) -> Iterator[Fault]:
    numbers = {id_: _numbers(raw) for id_, raw in documents.items() if isinstance(raw, dict)}
    for pattern in _SOURCES:
        for path, source in find(tree.value, pattern):
            if not isinstance(source, dict):
                continue
            id_, point = source.get("document"), source.get("point")
            if not isinstance(id_, str) or id_ not in numbers or not isinstance(point, str):
                continue
            if _NUMBER.fullmatch(point) and point.lstrip("0") not in numbers[id_]:
                remedy = "write the number of one of its points, or add the point there"
                if "republishes" in documents[id_]:
                    remedy = "name the document that it republishes"
                yield fault_at(tree, (*path, "point"), f"{id_} has no point {point}", remedy)


def _numbers(document: Any) -> set[str]:
    numbers = (number for _, number in find(document, ("points", ANY, "point")))
    return {number.lstrip("0") for number in numbers if isinstance(number, str)}


def _unknown_cited(tree: Tree, events: Entries | None) -> Iterator[Fault]:
    for path, _ in find(tree.value, ("citations", ANY)):
        id_ = str(path[-1])
        if events is not None and _ID.fullmatch(id_) and id_ not in events:
            remedy = suggestion(id_, events, "write the id of one that stands in events")
            yield fault_at(tree, path, "this id is not among the events", remedy)


def _occurrence_ids(tree: Tree, events: Entries) -> Iterator[Fault]:
    for path, _ in find(tree.value, ("events", ANY)):
        match = _OCCURRENCE_ID.fullmatch(str(path[-1]))
        series = events.get(match[1]) if match else None
        if match and isinstance(series, dict) and {"yearly", "monthly", "rrule"} & series.keys():
            problem = f"this id could be that of an occurrence of {match[1]}"
            yield fault_at(tree, path, problem, "choose another id")


def _circles(trees: Sequence[Tree], section: str, key: str) -> Iterator[Fault]:
    """What follows, republishes or belongs to itself, be it over others."""
    links = {
        path: other
        for tree in trees
        for path, other in find(tree.value, (section, ANY, key))
        if isinstance(other, str)
    }
    try:
        TopologicalSorter({path[1]: {other} for path, other in links.items()}).prepare()
    except CycleError as error:
        circle = error.args[1]
        for tree in trees:
            path = (section, circle[0], key)
            if path in tree.lines:
                problem = f"it leads back to {circle[0]} itself"
                yield fault_at(tree, path, problem, "name another one, or take it out")

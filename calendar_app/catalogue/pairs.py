"""The pair of data and revisions: whether they match, and how they come to match.

``load`` is what a server and ``check`` do; ``revised`` is what ``revise`` writes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from calendar_app.catalogue.faults import fault_at
from calendar_app.catalogue.reader import CatalogueFile, read_catalogue
from calendar_app.catalogue.revisions import read_revisions, write_revisions
from calendar_app.catalogue.yamltree import read_tree
from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import DataError, Fault
from calendar_app.core.revising import (
    NOTHING_PUBLISHED,
    Published,
    lost_topics,
    renamed_ids,
    reused_ids,
    revise,
)
from calendar_app.core.revisions import EventRevision, Revisions
from calendar_app.words.languages import LANGUAGES

STALE = "run calendar-app revise, then look at what it changed"


@dataclass(frozen=True)
class Pair:
    """The data as read, and the revisions that stand beside each file."""

    catalogue: Catalogue
    files: Sequence[CatalogueFile]
    revisions: Mapping[str, Revisions]


def revisions_path(events: Path) -> Path:
    """``events.yaml`` has ``revisions.yaml`` beside it; ``x.yaml`` has ``x.revisions.yaml``."""
    name = "revisions" if events.stem == "events" else f"{events.stem}.revisions"
    return events.with_name(f"{name}{events.suffix}")


def read_pair(paths: Iterable[Path]) -> Pair:
    """Data and revisions as they are on disk, matching or not. Raises DataError."""
    contents, revisions = {}, {}
    faults: list[Fault] = []
    missing: list[Fault] = []
    for path in paths:
        try:
            contents[str(path)] = path.read_bytes()
            beside = revisions_path(path)
            if beside.exists():
                revisions[str(path)] = read_revisions(beside.read_bytes(), str(beside))
        except OSError as error:
            reason = error.strerror or "it cannot be read"
            name = str(error.filename or path)
            missing.append(Fault(name, 0, "", "", reason.lower(), "check the name of the file"))
        except DataError as error:
            faults += error.faults
    if missing:  # without one of the files the others make no sense
        raise DataError([*missing, *faults])
    try:
        catalogue, files = read_catalogue(contents)
    except DataError as error:
        raise DataError([*faults, *error.faults]) from error
    if faults:
        raise DataError(faults)
    revisions = {file.name: revisions[file.name] for file in files if file.name in revisions}
    return Pair(replace(catalogue, revisions=revisions), files, revisions)


def load(paths: Iterable[Path], wire_digest: str) -> Catalogue:
    """The catalogue, if revisions match it. Raises DataError."""
    pair = read_pair(paths)
    faults = [*identity_faults(pair), *stale_faults(pair, wire_digest)]
    if faults:
        raise DataError(faults)
    return pair.catalogue


def identity_faults(pair: Pair) -> Iterator[Fault]:
    """What may never be published: another id for the same entry, a removed id, another domain, the
    loss of a topic."""
    domain = pair.catalogue.calendar.uid_domain
    removed = {id_: at for old in pair.revisions.values() for id_, at in old.tombstones.items()}
    for file in pair.files:
        old = replace(_history(pair, file), tombstones=removed)
        if old.uid_domain not in ("", domain):
            problem, remedy = "it may never change", f"write {old.uid_domain} again"
            yield fault_at(pair.files[0].tree, ("calendar", "uid_domain"), problem, remedy)
        for id_ in reused_ids(old, file.events.values()):
            problem = f"this id was used before and removed on {removed[id_].date()}"
            yield fault_at(file.tree, ("events", id_), problem, "choose another id")
        for was, is_ in renamed_ids(old, _published(pair, file, "")):
            problem = f"the id {was} was changed to {is_}, and ids are permanent"
            yield fault_at(file.tree, ("events", is_), problem, f"write {was} again")
        for id_ in lost_topics(_own(pair, file), _published(pair, file, "")):
            problem = "this topic was published and is gone, and ids are permanent"
            remedy = f"write {id_} again, with retired: true if it is no longer used"
            yield fault_at(file.tree, ("topics", id_), problem, remedy)


def stale_faults(pair: Pair, wire_digest: str) -> Iterator[Fault]:
    """Where what was published and what the data say now differ."""
    for file in pair.files:
        beside = str(revisions_path(Path(file.name)))
        old = pair.revisions.get(file.name)
        if old is None:
            yield Fault(beside, 0, "", "", "there are no revisions", STALE)
            continue
        new = _revised(pair, file, wire_digest, old.content.at)
        ids = sorted(new.events.keys() | old.events.keys())
        stale = [id_ for id_ in ids if _differ(new.events.get(id_), old.events.get(id_))]
        for id_ in stale:
            became = "added" if id_ not in old.events else "changed"
            became = became if id_ in new.events else "removed"
            problem = f"{became} since the revisions were last written"
            yield fault_at(file.tree, ("events", id_), problem, STALE)
        if new.content != old.content and not stale:
            problem = "the data changed since the revisions were last written"
            yield Fault(beside, 0, "", "", problem, STALE)
        if new.wire != old.wire:
            yield Fault(beside, 0, "wire", "", "this release writes calendars otherwise", STALE)


def _differ(new: EventRevision | None, old: EventRevision | None) -> bool:
    """In more than what is kept to be told later: of that, what earlier versions wrote has none,
    and whatever becomes of it shows in the texts."""
    if new is None or old is None:
        return True
    return new != old and old != replace(
        new, name=old.name, topics=old.topics, is_context=old.is_context
    )


def revised(pair: Pair, wire_digest: str, at: datetime) -> dict[str, Revisions]:
    """The revisions to write, by events file. Raises DataError for what may never be published."""
    faults = list(identity_faults(pair))
    if faults:
        raise DataError(faults)
    return {file.name: _revised(pair, file, wire_digest, at) for file in pair.files}


def written(events_file: str, revisions: Revisions) -> bytes:
    """The file of the revisions, if it can be read again: it may be larger than the data, and both
    have the same bounds. Raises DataError."""
    content = write_revisions(revisions)
    if read_tree(content, events_file).faults:
        problem = "it has more entries than one file of revisions can hold"
        raise DataError([Fault(events_file, 0, "", "", problem, "split it into several files")])
    return content


def _revised(pair: Pair, file: CatalogueFile, wire_digest: str, at: datetime) -> Revisions:
    """The next revisions of a file. Each file remembers its own topics, so that it stands without
    the others; what became of an event is seen with the topics of all."""
    new = revise(_history(pair, file), _published(pair, file, wire_digest), at)
    own = dict.fromkeys([*_own(pair, file).topics, *file.topics])
    return replace(new, topics={id_: new.topics[id_] for id_ in own})


def _own(pair: Pair, file: CatalogueFile) -> Revisions:
    return pair.revisions.get(file.name, NOTHING_PUBLISHED)


def _history(pair: Pair, file: CatalogueFile) -> Revisions:
    """What was published of a file; an entry that was put into another one keeps its history."""
    old = _own(pair, file)
    elsewhere = {id_ for other in pair.files if other is not file for id_ in other.events}
    kept = {id_: event for id_, event in old.events.items() if id_ not in elsewhere}
    come = {
        id_: event
        for name, other in pair.revisions.items()
        for id_, event in other.events.items()
        if name != file.name and id_ in file.events and id_ not in kept
    }
    topics = {id_: name for other in pair.revisions.values() for id_, name in other.topics.items()}
    return replace(old, events=kept | come, topics=topics)


def _published(pair: Pair, file: CatalogueFile, wire_digest: str) -> Published:
    catalogue = pair.catalogue
    return Published(
        [catalogue.events[id_] for id_ in file.events],
        catalogue.topics,
        catalogue.documents,
        tuple(LANGUAGES),
        catalogue.calendar.uid_domain,
        file.content_digest,
        wire_digest,
    )

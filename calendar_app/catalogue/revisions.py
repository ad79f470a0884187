"""``revisions.yaml``: written by ``calendar-app revise``, committed like a lock file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, ValidationError

from calendar_app.catalogue.faults import fault_at, first_of, refusal, shape_faults
from calendar_app.catalogue.fields import Day, Days, Span, Word
from calendar_app.catalogue.yamltree import Tree, read_tree
from calendar_app.core.errors import DataError, Fault
from calendar_app.core.events import ChangedBy, ChangeKind, Status, Text
from calendar_app.core.identity import Form
from calendar_app.core.revisions import (
    ChangeLine,
    EventRevision,
    Kind,
    OccurrenceRevision,
    Revisions,
    Stamp,
    Wire,
)
from calendar_app.core.schedules import scheduled_event

HEADER = "# Written by `calendar-app revise`; commit it with the data, never edit it by hand.\n"
_REMEDY: Final = "restore the file from version control, then run calendar-app revise"
_INSTANT: Final = re.compile("(19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def _instant(text: object) -> datetime:
    if isinstance(text, str) and _INSTANT.fullmatch(text):
        try:
            return datetime.fromisoformat(text)
        except ValueError:
            pass
    raise ValueError("this is not an instant such as 2026-11-23T12:00:00Z; ")


def _count(text: object) -> int:
    if isinstance(text, str) and re.fullmatch("[0-9]{1,9}", text):
        return int(text)
    raise ValueError("this is not a number; ")


Instant = Annotated[datetime, PlainValidator(_instant)]
Count = Annotated[int, PlainValidator(_count)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class _StampShape(_Part):
    digest: str
    at: Instant


class _WireShape(_StampShape):
    number: Count


class _OccurrenceShape(_Part):
    sequence: Count
    modified: Instant


class _ChangeShape(_Part):
    occurrence: Day
    kind: ChangeKind
    by: ChangedBy
    to: Span | None = None


class _ScheduleShape(_Part):
    """Only checked: what was published is compared as it was written."""

    on: Span | None = None
    yearly: Word | None = None
    monthly: Word | None = None
    rrule: Word | None = None
    starts: Day | None = None
    days: Days | None = None
    since: Day | None = None
    until: Day | None = None
    except_: list[Day] = Field([], alias="except")
    status: Status | None = None
    changes: list[_ChangeShape] = []


class _EventShape(_Part):
    form: Form
    schedule: _ScheduleShape
    sequence: Count
    created: Instant
    modified: Instant
    cited_in: list[str] = []
    texts: dict[str, _StampShape]
    occurrences: dict[str, _OccurrenceShape] = {}
    name: dict[str, str] = {}  # revisions of earlier versions remember none, nor topics
    topics: list[str] = []
    context: Literal["true"] | None = None


class _LineShape(_Part):
    at: Instant
    kind: Kind
    event: str
    occurrence: str = ""
    old: str = ""
    new: str = ""


class _FileShape(_Part):
    number: Count
    uid_domain: str
    content: _StampShape
    wire: _WireShape
    events: dict[str, _EventShape]
    tombstones: dict[str, Instant] = {}
    changes: list[_LineShape] = []
    topics: dict[str, dict[str, str]] = {}  # revisions of earlier versions remember none
    withdrawn: dict[str, _EventShape] = {}


def read_revisions(content: bytes, file: str) -> Revisions:
    """Raises DataError."""
    tree = read_tree(content, file)
    faults = tree.faults
    if not faults:
        try:
            shape = _FileShape.model_validate(tree.value)
            faults = list(_schedule_faults(tree, shape))
        except ValidationError as error:
            faults = first_of(shape_faults(tree, (), _FileShape, error), file)
    if faults:
        raise DataError(replace(fault, remedy=_REMEDY) for fault in faults)
    return Revisions(
        shape.uid_domain,
        Stamp(shape.content.digest, shape.content.at),
        Wire(shape.wire.number, Stamp(shape.wire.digest, shape.wire.at)),
        _events(tree, "events", shape.events),
        shape.tombstones,
        tuple(ChangeLine(**line.model_dump()) for line in shape.changes),
        shape.number,
        {id_: Text(name) for id_, name in shape.topics.items()},
        _events(tree, "withdrawn", shape.withdrawn),
    )


def _schedule_faults(tree: Tree, shape: _FileShape) -> Iterator[Fault]:
    for part, found in (("events", shape.events), ("withdrawn", shape.withdrawn)):
        for id_ in found:
            path = (part, id_, "schedule")
            try:
                scheduled_event(id_, tree.value[part][id_]["schedule"])
            except KeyError:
                yield fault_at(tree, path, "it does not say when", _REMEDY)
            except ValueError as error:
                yield refusal(tree, path, error)


def write_revisions(revisions: Revisions) -> bytes:
    """The file; the same revisions give the same bytes."""
    value = {
        "number": revisions.number,
        "uid_domain": revisions.uid_domain,
        "content": _stamp_out(revisions.content),
        "wire": {"number": revisions.wire.number} | _stamp_out(revisions.wire.stamp),
        "events": {id_: _event_out(event) for id_, event in revisions.events.items()},
        "topics": {id_: dict(name) for id_, name in revisions.topics.items()},
        "tombstones": {id_: _out(at) for id_, at in revisions.tombstones.items()},
        "withdrawn": {id_: _event_out(event) for id_, event in revisions.withdrawn.items()},
        "changes": [_line_out(line) for line in revisions.changes],
    }
    text = yaml.dump(
        value, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=False, width=1000
    )
    return (HEADER + text).encode()


def _events(tree: Tree, part: str, found: Mapping[str, _EventShape]) -> dict[str, EventRevision]:
    return {id_: _event(event, tree.value[part][id_]["schedule"]) for id_, event in found.items()}


def _event(shape: _EventShape, schedule: Mapping[str, Any]) -> EventRevision:
    return EventRevision(
        shape.form,
        schedule,
        shape.sequence,
        shape.created,
        shape.modified,
        {language: Stamp(of.digest, of.at) for language, of in shape.texts.items()},
        tuple(shape.cited_in),
        {
            id_: OccurrenceRevision(own.sequence, own.modified)
            for id_, own in shape.occurrences.items()
        },
        Text(shape.name),
        tuple(shape.topics),
        shape.context is not None,
    )


def _event_out(event: EventRevision) -> dict[str, Any]:
    found: dict[str, Any] = {
        "form": event.form.value,
        "schedule": dict(event.schedule),
        "sequence": event.sequence,
        "created": _out(event.created_at),
        "modified": _out(event.modified_at),
        "cited_in": list(event.cited_in),
        "texts": {language: _stamp_out(stamp) for language, stamp in event.texts.items()},
    }
    if event.name:
        found |= {"name": dict(event.name), "topics": list(event.topics)}
    if event.is_context:
        found["context"] = "true"
    if event.occurrences:
        found["occurrences"] = {
            id_: {"sequence": own.sequence, "modified": _out(own.modified_at)}
            for id_, own in event.occurrences.items()
        }
    return found


def _line_out(line: ChangeLine) -> dict[str, str]:
    found = {
        "at": _out(line.at),
        "kind": line.kind.value,
        "event": line.event,
        "occurrence": line.occurrence,
        "old": line.old,
        "new": line.new,
    }
    return {key: value for key, value in found.items() if value}


def _stamp_out(stamp: Stamp) -> dict[str, str]:
    return {"digest": stamp.digest, "at": _out(stamp.at)}


def _out(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

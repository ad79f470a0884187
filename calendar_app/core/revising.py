"""From what was published and what the data say now to what is published next.

Pure: the instant comes in, the new revisions come out. The same function tells ``check`` what is
stale, since revisions are up to date when revising them changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from calendar_app.core.events import Document, Event, Topic
from calendar_app.core.history import Series, compare, is_moved, told
from calendar_app.core.identity import Form, natural_form, text_digest
from calendar_app.core.revisions import (
    ChangeLine,
    EventRevision,
    Kind,
    OccurrenceRevision,
    Revisions,
    Stamp,
    Wire,
)
from calendar_app.core.schedules import schedule, scheduled_event

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
NOTHING_PUBLISHED = Revisions("", Stamp("", NEVER), Wire(0, Stamp("", NEVER)))


@dataclass(frozen=True, slots=True)
class Published:
    """What is to be published: the events, what their texts refer to, and digests of the whole."""

    events: Sequence[Event]
    topics: Mapping[str, Topic]
    documents: Mapping[str, Document]
    languages: Sequence[str]
    uid_domain: str
    content_digest: str
    wire_digest: str


def reused_ids(old: Revisions, events: Iterable[Event]) -> list[str]:
    """Ids that were removed once and stand in the data again."""
    return [event.id for event in events if event.id in old.tombstones]


def renamed_ids(old: Revisions, now: Published) -> list[tuple[str, str]]:
    """Pairs (old, new) where an entry seems to have been given another id."""
    present = {event.id for event in now.events}
    gone = {id_: revision for id_, revision in old.events.items() if id_ not in present}
    return [
        (id_, event.id)
        for event in now.events
        if event.id not in old.events
        for id_, revision in gone.items()
        if revision.schedule == schedule(event) and _shares_text(revision, event, now)
    ]


def lost_topics(old: Revisions, now: Published) -> list[str]:
    """Ids of topics that were published and are not in the data any more."""
    return [id_ for id_ in old.topics if id_ not in now.topics]


def revise(old: Revisions, now: Published, at: datetime) -> Revisions:
    """The revisions after publishing at the instant (UTC, whole seconds); equal to ``old`` when
    nothing changed. Instants only grow, even where the clock of an earlier machine ran ahead."""
    at = max(
        at.replace(microsecond=0),
        max(old.content.at, old.wire.stamp.at) + timedelta(seconds=1),
    )
    events: dict[str, EventRevision] = {}
    lines: list[ChangeLine] = []
    for event in now.events:
        before = old.events.get(event.id)
        if before is None:
            events[event.id] = _first_revision(event, now, at)
            lines.append(ChangeLine(at, Kind.ADDED, event.id, new=str(Series.of(event))))
        else:
            events[event.id], own = _next_revision(event, old, now, at)
            lines += own
    gone = [id_ for id_ in old.events if id_ not in events]
    lines += [ChangeLine(at, Kind.REMOVED, id_) for id_ in gone]
    wire = old.wire
    if wire.stamp.digest != now.wire_digest:
        wire = Wire(wire.number + 1, Stamp(now.wire_digest, at))
    content = old.content
    if content.digest != now.content_digest:
        content = Stamp(now.content_digest, at)
    tombstones = dict(old.tombstones) | dict.fromkeys(gone, at)
    withdrawn = dict(old.withdrawn) | {id_: old.events[id_] for id_ in gone}
    changes = (*old.changes, *lines)
    number = old.number + ((content, wire) != (old.content, old.wire))
    topics = dict(old.topics) | {id_: topic.name for id_, topic in now.topics.items()}
    return Revisions(
        now.uid_domain, content, wire, events, tombstones, changes, number, topics, withdrawn
    )


def _first_revision(event: Event, now: Published, at: datetime) -> EventRevision:
    return EventRevision(
        natural_form(event),
        schedule(event),
        0,
        at,
        at,
        _texts(event, {}, now, at),
        _cited_in(event),
        name=event.name,
        topics=event.topics,
        is_context=event.is_context,
    )


def _next_revision(
    event: Event, old: Revisions, now: Published, at: datetime
) -> tuple[EventRevision, list[ChangeLine]]:
    before = old.events[event.id]
    is_expanded = Form.EXPANDED in (before.form, natural_form(event))
    revision = replace(
        before,
        form=Form.EXPANDED if is_expanded else Form.RULE,
        schedule=schedule(event),
        texts=_texts(event, before.texts, now, at),
        cited_in=_cited_in(event),
        name=event.name,
        topics=event.topics,
        is_context=event.is_context,
    )
    lines = list(_citations(event, before, at))
    if revision.texts != before.texts and _says_otherwise(event, before, old, now):
        lines.append(ChangeLine(at, Kind.TEXT, event.id))
    if revision.schedule == before.schedule:
        return revision, lines
    published = scheduled_event(event.id, before.schedule)
    comparison = compare(published, event, at.date())
    lines += told(comparison, at)
    if revision.form is Form.RULE:
        return replace(revision, sequence=before.sequence + 1, modified_at=at), lines
    occurrences = dict(before.occurrences)
    for was, is_ in comparison.changed:
        own = occurrences.get(is_.id, OccurrenceRevision(0, at))
        occurrences[is_.id] = OccurrenceRevision(own.sequence + is_moved(was, is_), at)
    # What is taken out has no SEQUENCE to show, but goes on from there when it is put back.
    back = (is_ for is_ in comparison.added if is_.id in occurrences)
    for one in (*comparison.removed, *back):
        own = occurrences.get(one.id, OccurrenceRevision(0, at))
        occurrences[one.id] = OccurrenceRevision(own.sequence + 1, at)
    return replace(revision, occurrences=occurrences), lines


def _says_otherwise(event: Event, before: EventRevision, old: Revisions, now: Published) -> bool:
    """Whether the texts of an event are others, apart from documents that cite it anew, which is
    told as such, and from names of topics, which tell nothing of any date."""
    known = tuple(s for s in event.sources if not s.document or s.document in before.cited_in)
    topics = {
        id_: replace(topic, name=old.topics.get(id_, topic.name))
        for id_, topic in now.topics.items()
    }
    same = replace(event, sources=known)
    return any(
        stamp.digest != text_digest(same, tag, topics, now.documents)
        for tag, stamp in before.texts.items()
    )


def _citations(event: Event, before: EventRevision, at: datetime) -> Iterator[ChangeLine]:
    for document in _cited_in(event):
        if document not in before.cited_in:
            yield ChangeLine(at, Kind.CITED, event.id, new=document)


def _cited_in(event: Event) -> tuple[str, ...]:
    return tuple(dict.fromkeys(s.document for s in event.sources if s.document))


def _texts(
    event: Event, before: Mapping[str, Stamp], now: Published, at: datetime
) -> dict[str, Stamp]:
    texts = {}
    for language in now.languages:
        digest = text_digest(event, language, now.topics, now.documents)
        stamp = before.get(language)
        texts[language] = stamp if stamp and stamp.digest == digest else Stamp(digest, at)
    return texts


def _shares_text(revision: EventRevision, event: Event, now: Published) -> bool:
    return any(
        stamp.digest == text_digest(event, language, now.topics, now.documents)
        for language, stamp in revision.texts.items()
    )

"""Everything that is published, as one frozen value: the data and the revisions that match them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from calendar_app.core.events import Document, Event, Text, Topic
from calendar_app.core.identity import digest
from calendar_app.core.occurrences import Occurrence, without_day
from calendar_app.core.revisions import EventRevision, Revisions
from calendar_app.core.rules import On
from calendar_app.core.runs import Run, runs_of, told_digest
from calendar_app.core.schedules import scheduled_event
from calendar_app.core.years import YearIndex


@dataclass(frozen=True)
class Calendar:
    """The calendar as a whole; ``accent`` is a CSS colour name, ``uid_domain`` never changes."""

    name: Text
    summary: Text
    accent: str
    uid_domain: str


@dataclass(frozen=True)
class Catalogue:
    """The events of all files in their order, with what they refer to."""

    calendar: Calendar
    documents: Mapping[str, Document]
    topics: Mapping[str, Topic]
    events: Mapping[str, Event]
    revisions: Mapping[str, Revisions] = field(default_factory=dict)  # by file

    @cached_property
    def index(self) -> YearIndex:
        return YearIndex(tuple(self.events.values()))

    @cached_property
    def living_topics(self) -> tuple[str, ...]:
        """The topics that are on offer; retired ones are only accepted."""
        return tuple(id_ for id_, topic in self.topics.items() if not topic.is_retired)

    @cached_property
    def undated(self) -> tuple[Occurrence, ...]:
        """What is known to the month, the year, or not at all, earliest first."""
        return tuple(sorted(without_day(self.events.values()), key=lambda found: found.when))

    @cached_property
    def one_off_years(self) -> tuple[int, ...]:
        """The years in which something begins that comes once, in order."""
        rules = (event.rule for event in self.events.values())
        firsts = (rule.when.first for rule in rules if isinstance(rule, On))
        return tuple(sorted({first.year for first in firsts if first is not None}))

    @cached_property
    def event_revisions(self) -> Mapping[str, EventRevision]:
        return {
            id_: revision
            for revisions in self.revisions.values()
            for id_, revision in revisions.events.items()
        }

    @cached_property
    def removed(self) -> Mapping[str, datetime]:
        """When each id that was published once was taken out."""
        return {
            id_: at
            for revisions in self.revisions.values()
            for id_, at in revisions.tombstones.items()
        }

    @cached_property
    def withdrawn(self) -> Mapping[str, Event]:
        """What was taken out, as far as it is remembered: when it was to be, its name, its topics.
        Of what an earlier version took out there is an id and nothing else."""
        return {
            id_: replace(
                scheduled_event(id_, last.schedule),
                name=last.name,
                topics=last.topics,
                is_context=last.is_context,
            )
            for id_, last in self.last_revisions.items()
            if last.name
        }

    @cached_property
    def last_revisions(self) -> Mapping[str, EventRevision]:
        """Of what was taken out, as it was last published."""
        return {
            id_: last
            for revisions in self.revisions.values()
            for id_, last in revisions.withdrawn.items()
        }

    @cached_property
    def _rewired_at(self) -> Mapping[str, datetime]:
        """Since when each event has its wire form; a file that came later has a later instant."""
        return {
            id_: revisions.wire.stamp.at
            for revisions in self.revisions.values()
            for id_ in revisions.events
        }

    @cached_property
    def number(self) -> int:
        """How often something was published, in all files together; so it grows with whatever is
        published, and not with the day."""
        return sum(revisions.number for revisions in self.revisions.values())

    @cached_property
    def changed_at(self) -> datetime:
        """The instant of the last revision of anything (UTC)."""
        return max(
            instant
            for revisions in self.revisions.values()
            for instant in (revisions.content.at, revisions.wire.stamp.at)
        )

    def modified_at(self, event: str, language: str, occurrence: str | None = None) -> datetime:
        """LAST-MODIFIED of an occurrence, or of all of an event, as shown in one language."""
        revision = self.event_revisions[event]
        if occurrence is None:
            own = revision.last_modified(language)
        else:
            own = revision.modified_of(occurrence, language)
        return max(own, self._rewired_at[event])

    @cached_property
    def runs(self) -> tuple[Run, ...]:
        """The events in their order, with digests of all that decides how each is told: the event,
        its revision, and whatever any of them may refer to."""
        referred = told_digest(self.calendar, self.topics, self.documents)
        revisions, rewired_at = self.event_revisions, self._rewired_at
        digests = {
            id_: told_digest(event, revisions.get(id_), rewired_at.get(id_), referred)
            for id_, event in self.events.items()
        }
        return tuple(runs_of(digests))

    @cached_property
    def run_of(self) -> Mapping[str, Run]:
        """The run in which each event stands."""
        return {id_: run for run in self.runs for id_ in run.events}

    @cached_property
    def edition_id(self) -> str:
        """Names the data and their wire form; the same on every replica."""
        return digest(
            [
                [found.content.digest, found.content.at.isoformat(), found.wire.number]
                for found in self.revisions.values()
            ]
        )[:12]

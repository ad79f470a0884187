"""What is true of an occurrence today, in the words in which a delivery says what it told.

A delivery tells a date as EDTF, or that the occurrence is cancelled. What is no longer true is
not sent; where it was sent already, it is corrected.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Event, Text
from calendar_app.core.occurrences import Occurrence, Window, is_scheduled, occurrence_at
from calendar_app.core.precision import UNKNOWN, PartialDate
from calendar_app.core.rules import On
from calendar_app.words.languages import ENGLISH

CANCELLED: Final = "cancelled"
# Nothing is told earlier than the longest lead, or kept for long after the last day.
_BEFORE: Final = timedelta(days=60)
_AFTER: Final = timedelta(days=400)


@dataclass(frozen=True, slots=True)
class Truth:
    """``text`` is what a delivery must have told to be right; ``sequence`` grows with changes.
    Without an ``occurrence`` the event has no such date any more."""

    event: Event
    occurrence: Occurrence | None
    text: str
    sequence: int

    def last_day(self, told: str) -> date | None:
        """Until when it matters to those who were told: the last day of the date that is true,
        or, where there is none, of the one they were told."""
        if self.text != CANCELLED and self.occurrence and self.occurrence.when.last:
            return self.occurrence.when.last
        return None if told == CANCELLED else PartialDate.parse(told).last

    def first_days(self, told: str) -> list[date]:
        """The days on which those who were told so may begin to go wrong: that of the date they
        were told, and that of the true one, where these are known."""
        dates = [] if told == CANCELLED else [PartialDate.parse(told)]
        if self.text != CANCELLED and self.occurrence:
            dates.append(self.occurrence.when)
        return [one.first for one in dates if one.is_exact and one.first]


def told_text(occurrence: Occurrence) -> str:
    """As a delivery tells it."""
    return CANCELLED if occurrence.is_cancelled else str(occurrence.when)


class Truths:
    """The occurrences of a catalogue that anybody may have been told of, as of one day."""

    def __init__(self, catalogue: Catalogue, today: date) -> None:
        self.catalogue = catalogue
        self.today = today
        self._known: dict[str, Truth] = {}

    def of(self, subject: str) -> Truth | None:
        """The truth about an occurrence id, also of an event that was taken out; nothing can be
        said of one that was never published."""
        known = self._known.get(subject)
        if known is not None:
            return known
        occurrence = self._occurrences.get(subject)
        event = occurrence.event if occurrence else self._event(subject)
        if event is None:
            return None
        text = told_text(occurrence) if occurrence else CANCELLED
        sequence = self._sequence(event.id, subject)
        found = Truth(event, occurrence, text, sequence)
        if occurrence is not None:
            self._known[subject] = found  # no more of them than there are occurrences
        return found

    @cached_property
    def _occurrences(self) -> Mapping[str, Occurrence]:
        window = Window(self.today - _BEFORE, self.today + _AFTER)
        found = [*self.catalogue.undated, *self.catalogue.index.between(window)]
        for event in self.catalogue.events.values():
            days = {change.occurrence for change in event.changes}
            found += [occurrence_at(event, day) for day in days if is_scheduled(event, day)]
        return {occurrence.id: occurrence for occurrence in found}

    def _sequence(self, event: str, subject: str) -> int:
        """That it was taken out is one more change of its date."""
        if event in self.catalogue.events:
            return self.catalogue.event_revisions[event].sequence_of(subject)
        last = self.catalogue.last_revisions.get(event)
        return last.sequence_of(subject) + 1 if last else 0

    def _event(self, subject: str) -> Event | None:
        """An occurrence id is the id of its event, mostly with a key after a hyphen."""
        known, removed, id_ = self.catalogue.events, self.catalogue.removed, subject
        while id_ and id_ not in known and id_ not in removed:
            id_ = id_.rpartition("-")[0]
        if id_ in known or not id_:
            return known.get(id_)
        return self.catalogue.withdrawn.get(id_) or _nameless(id_)


def _nameless(id_: str) -> Event:
    """What an earlier version took out: its id is all that is remembered."""
    return Event(id_, On(UNKNOWN), Text({ENGLISH.tag: id_}))

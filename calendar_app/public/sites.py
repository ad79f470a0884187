"""What every producer of a public resource is given: the catalogue, the day, who runs the site."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import Event
from calendar_app.core.occurrences import Occurrence, horizon, occurrences_of
from calendar_app.feeds.ical import event_vevents
from calendar_app.public.blocks import Block, Blocks
from calendar_app.words.languages import LANGUAGES
from calendar_app.words.presentation import Presenter

# However old an entry is, no page is made for a year that is further back.
MOST_YEARS_BACK: Final = 100


class NotFound(Exception):
    """There is no such public resource; ``sentence`` is a key of the catalogs that says why."""

    def __init__(self, sentence: str = "error_404_text") -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True)
class Operator:
    """Who runs the site and how to reach them, empty where nobody says so; whether they send
    reminders by mail."""

    name: str = ""
    contact: str = ""
    sends_mail: bool = False


@dataclass(frozen=True)
class Site:
    """The catalogue as of one day at one address (``base_url`` ends without a slash)."""

    catalogue: Catalogue
    today: date
    base_url: str
    operator: Operator
    _presenters: dict[str, Presenter] = field(default_factory=dict, repr=False, compare=False)
    _blocks: dict[str, Blocks] = field(default_factory=dict, repr=False, compare=False)

    def presenter(self, language: str) -> Presenter:
        if language not in self._presenters:
            presenter = Presenter(self.catalogue, LANGUAGES[language], self.today)
            self._presenters[language] = presenter
        return self._presenters[language]

    def blocks(self, language: str) -> Blocks:
        """The VEVENTs of each event, with when they last changed."""
        if language not in self._blocks:
            self._blocks[language] = Blocks(self.catalogue, partial(self._block, language))
        return self._blocks[language]

    def _block(self, language: str, event: str) -> Block:
        catalogue = self.catalogue
        vevents = event_vevents(
            catalogue.events[event],
            catalogue.event_revisions[event],
            self.presenter(language),
            self.base_url,
        )
        return Block.of(vevents, catalogue.modified_at(event, language))

    def keep_blocks_of(self, before: Site) -> None:
        """Takes over what another edition has made and would be made again just so."""
        if (before.base_url, horizon(before.today)) != (self.base_url, horizon(self.today)):
            return
        # A copy, since readers of the other edition still make more.
        for language, blocks in before._blocks.copy().items():
            self.blocks(language).keep(blocks)

    @cached_property
    def coming(self) -> list[Occurrence]:
        """What is now, then what starts until the same day next year."""
        return self.catalogue.index.coming(self.today, self.coming_until)

    @property
    def coming_until(self) -> date:
        """The same day next year; 1 March for 29 February."""
        year, month, day = self.today.year + 1, self.today.month, self.today.day
        return date(year, 3, 1) if (month, day) == (2, 29) else date(year, month, day)

    @cached_property
    def written_years(self) -> range:
        """The years in which what recurs is written out, as in the feeds."""
        window = horizon(self.today)
        return range(window.start.year, window.end.year)

    @cached_property
    def years(self) -> range:
        """The years that have a page: from the first that has something which comes once."""
        first = min([*self.catalogue.one_off_years, self.written_years.start])
        return range(max(first, self.today.year - MOST_YEARS_BACK), self.written_years.stop)

    def undated_between(self, first: date, end: date) -> list[Occurrence]:
        """What has no day, but cannot be before the first nor after the last of these days."""
        return [o for o in self.catalogue.undated if first <= o.first and o.last < end]

    def dates(self, event: Event) -> tuple[list[Occurrence], list[Occurrence]]:
        """Of one event: what is now or to come, soonest first; what is over, latest first."""
        found = occurrences_of(event, horizon(self.today))
        coming = [occurrence for occurrence in found if occurrence.last >= self.today]
        past = [occurrence for occurrence in found if occurrence.last < self.today]
        return coming, past[::-1]

    def head(self, event: Event) -> Occurrence:
        """The date that stands for an event: what is now or next, of which the day is known, unless
        all of a month before it is; else what was last."""
        coming, past = self.dates(event)
        first = (coming or past)[0]
        exact = next((occurrence for occurrence in coming if occurrence.when.is_exact), first)
        return first if first.last < exact.first else exact

    def of_topic(self, topic: str) -> list[Event]:
        return [event for event in self.catalogue.events.values() if topic in event.topics]

"""From an occurrence to what a reader is shown of it: every word of a page or feed is made here.

Views are made on demand; what is finished is kept as bytes, by ``public.edition``.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import cached_property
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.events import ChangedBy, ChangeKind, Occasion, Outcome, Place
from calendar_app.core.occurrences import Occurrence
from calendar_app.core.ordinals import ordinal
from calendar_app.core.precision import Precision
from calendar_app.words.catalogs import Catalog, catalog
from calendar_app.words.fallback import choose
from calendar_app.words.formatting import (
    format_day,
    format_partial,
    format_yearly,
    relative_days,
    sentence_case,
)
from calendar_app.words.languages import Language
from calendar_app.words.tiles import tiles
from calendar_app.words.views import History, OccasionView, OccurrenceView, PlaceView, TopicView

# Beyond this the date says more than "in 163 days" would.
NEAR_DAYS: Final = 60


class Presenter:
    """Makes the views of a catalogue for readers of one language on one day."""

    def __init__(self, catalogue: Catalogue, language: Language, today: date) -> None:
        self.catalogue = catalogue
        self.language = language
        self.today = today
        self.phrases: Catalog = catalog(language.tag)

    @cached_property
    def near_days(self) -> tuple[str, ...]:
        """Today, tomorrow and on, as long as the days are counted."""
        return tuple(relative_days(days, self.language) for days in range(NEAR_DAYS + 1))

    def views(self, occurrences: Iterable[Occurrence]) -> list[OccurrenceView]:
        return [self.view(occurrence) for occurrence in occurrences]

    def view(self, occurrence: Occurrence) -> OccurrenceView:
        event = occurrence.event
        is_now = occurrence.when.is_exact and occurrence.first <= self.today <= occurrence.last
        relative = self._relative(occurrence, is_now=is_now)
        return OccurrenceView(
            occurrence,
            self.path("events", event.id),
            choose(event.name, self.language),
            choose(event.summary, self.language) if event.summary else None,
            self.topics(event.topics),
            self.when(occurrence),
            tiles(occurrence.when, self.language),
            self.phrases.text("days_to"),
            relative,
            self._label(occurrence, relative, is_now=is_now),
            self._ordinal(occurrence),
            self._status(occurrence),
            self._outcome(occurrence),
            tuple(self._history(occurrence)),
            self._occasion(occurrence.occasion) if occurrence.occasion else None,
            is_now,
            occurrence.last < self.today,
        )

    def headline(self, view: OccurrenceView) -> str:
        """The name with its ordinal; a cancelled one is marked in words, since programs that know
        the mark for it hide the entry."""
        name = f"{view.name.value} ({view.ordinal})" if view.ordinal else view.name.value
        return f"{self.phrases.text('cancelled_prefix')} {name}" if view.is_cancelled else name

    def path(self, *parts: str) -> str:
        """The path of a page in this language."""
        return "/".join(("", self.language.tag, *parts, ""))

    def topics(self, ids: Iterable[str]) -> tuple[TopicView, ...]:
        return tuple(
            TopicView(
                id_,
                choose(self.catalogue.topics[id_].name, self.language),
                self.path("topics", id_),
            )
            for id_ in ids
        )

    def place(self, place: Place) -> PlaceView:
        """Its name, and where a map shows it."""
        url = ""
        if place.coordinates:
            latitude, longitude = place.coordinates
            at = f"?mlat={latitude}&mlon={longitude}#map=12/{latitude}/{longitude}"
            url = f"https://www.openstreetmap.org/{at}"
        return PlaceView(choose(place.name, self.language), url)

    def when(self, occurrence: Occurrence) -> str:
        """The date in words, at its precision."""
        text = format_partial(occurrence.when, self.language)
        if occurrence.when.is_exact or occurrence.when.first is None:
            return text
        if occurrence.when.ends or occurrence.when.qualifier:
            return text
        is_month = occurrence.when.precision is Precision.MONTH
        key = "in_month_day_unknown" if is_month else "in_year_day_unknown"
        return self.phrases.text(key, month=text, year=str(occurrence.when.first.year))

    def _occasion(self, occasion: Occasion) -> OccasionView:
        return OccasionView(
            choose(occasion.note, self.language) if occasion.note else None,
            self.place(occasion.place) if occasion.place else None,
            tuple(
                (link.url, choose(link.name, self.language) if link.name else None)
                for link in occasion.links
            ),
        )

    def _relative(self, occurrence: Occurrence, *, is_now: bool) -> str:
        if not occurrence.when.is_exact:
            return ""
        if is_now and occurrence.first < occurrence.last:
            return self.phrases.text("now_until", date=self._near_day(occurrence.last))
        days = (occurrence.first - self.today).days
        return relative_days(days, self.language) if 0 <= days <= NEAR_DAYS else ""

    def _label(self, occurrence: Occurrence, relative: str, *, is_now: bool) -> str:
        """What stands over a date that stands alone."""
        if occurrence.last < self.today:
            return self.phrases.text("past_date")
        if occurrence.is_cancelled:
            return self.phrases.text("status_cancelled")
        if is_now:
            return sentence_case(relative, self.language)
        return self.phrases.text("next_action")

    def _near_day(self, day: date) -> str:
        """The day without the year, as long as that is this one."""
        if day.year == self.today.year:
            return format_yearly(day.month, day.day, self.language)
        return format_day(day, self.language)

    def _ordinal(self, occurrence: Occurrence) -> str:
        origin = occurrence.event.counts_from
        if origin is None or not occurrence.when.is_exact:
            return ""
        n = ordinal(origin, occurrence.first)
        return self.phrases.ordinal("anniversary", n) if n else ""

    def _status(self, occurrence: Occurrence) -> str:
        if occurrence.is_cancelled:
            return self.phrases.text("status_cancelled")
        if occurrence.status == "tentative" and occurrence.last >= self.today:
            return self.phrases.text("status_tentative")
        return ""

    def _outcome(self, occurrence: Occurrence) -> str:
        """What is known of a one-off that is over. That it was moved its history says better."""
        outcome = occurrence.event.outcome
        if outcome is None or occurrence.last >= self.today:
            return ""
        if outcome is Outcome.MOVED and occurrence.changes:
            return ""
        key = "no_report" if outcome is Outcome.NOT_VERIFIED else outcome.value
        return self.phrases.text(f"outcome_{key}")

    def _history(self, occurrence: Occurrence) -> Iterable[History]:
        when = occurrence.scheduled
        for change in occurrence.changes:
            old, new = "", ""
            if change.to is not None:
                old = format_partial(when, self.language)
                new = format_partial(change.to, self.language)
                when = change.to
            says = choose(change.says, self.language) if change.says else None
            word, by = self._word(change.kind, change.by), self._by(change.kind, change.by)
            yield History(word, by, old, new, says, change.url)

    def _word(self, kind: ChangeKind, by: ChangedBy) -> str:
        if kind is ChangeKind.MOVED and by is ChangedBy.US:
            return self.phrases.text("change_corrected")
        keys = {
            ChangeKind.MOVED: "change_moved",
            ChangeKind.CANCELLED: "status_cancelled",
            ChangeKind.REINSTATED: "status_scheduled",
        }
        return self.phrases.text(keys[kind])

    def _by(self, kind: ChangeKind, by: ChangedBy) -> str:
        """Whose it was, in sentences that also say what, as they may stand without the word."""
        if by is ChangedBy.ORGANISERS:
            return self.phrases.text(f"{kind.value}_by_organisers")
        if kind is ChangeKind.MOVED:
            return self.phrases.text("we_corrected_date")
        key = "status_cancelled" if kind is ChangeKind.CANCELLED else "reinstated"
        return f"{self.phrases.text(key)}. {self.phrases.text('change_of_ours')}"

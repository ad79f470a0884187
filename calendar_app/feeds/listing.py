"""What the formats are given that list dates one by one: the same, whichever writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from calendar_app.core.events import Event
from calendar_app.core.identity import Form, uid
from calendar_app.core.occurrences import Occurrence, Window
from calendar_app.words.presentation import Presenter


@dataclass(frozen=True)
class Listing:
    """Dates of some events. ``page`` and ``source`` are absolute addresses, ``base_url`` ends
    without a slash; ``dates`` has each chosen event with its dates, exact or not. The ``presenter``
    speaks the language of the address; the ``translators`` those of texts that have several. What
    is coming ends before a day. ``chosen`` are the names of the topics chosen, if any were, and
    ``withdrawn`` the events of these topics that were taken out, as far as they are remembered."""

    name: str
    description: str
    page: str
    source: str
    base_url: str
    window: Window
    coming_until: date
    dates: tuple[tuple[Event, tuple[Occurrence, ...]], ...]
    presenter: Presenter
    translators: tuple[Presenter, ...]
    chosen: tuple[str, ...] = ()
    withdrawn: tuple[Event, ...] = ()

    @property
    def in_order(self) -> list[Occurrence]:
        """Every date, the earliest first; what is not known at all comes last."""
        found = (occurrence for _, dates in self.dates for occurrence in dates)
        return sorted(found, key=lambda one: (one.first, one.last, one.id))

    def uid(self, occurrence: Occurrence) -> str:
        """The UID under which calendars have the date."""
        catalogue = self.presenter.catalogue
        revision = catalogue.event_revisions[occurrence.event.id]
        is_rule = revision.form is Form.RULE
        id_ = occurrence.event.id if is_rule else occurrence.id
        return uid(id_, catalogue.calendar.uid_domain)

    def documents(self) -> Iterator[str]:
        """The ids of the documents that name any of the events."""
        cited = {s.document for event, _ in self.dates for s in event.sources if s.document}
        return (id_ for id_ in self.presenter.catalogue.documents if id_ in cited)

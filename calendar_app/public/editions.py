"""The edition in force, which changes all at once: with the data, and with the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import Fault
from calendar_app.public.edition import Edition
from calendar_app.public.sites import Operator

AHEAD: Final = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Data that were offered and not taken; the edition before stays in force."""

    at: datetime
    faults: Sequence[Fault]


class Editions:
    """Gives the edition of now; ``clock`` returns an aware instant in UTC.

    An edition is made before it is needed, by whoever publishes or by ``prepare``, and no reader
    waits for that: the one in force answers until the next is there.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        clock: Callable[[], datetime],
        base_url: str,
        operator: Operator,
    ) -> None:
        self._clock = clock
        self._turning = Lock()
        self.refusal: Refusal | None = None
        self._edition = Edition(catalogue, clock().date(), base_url, operator)
        self._tomorrow: Edition | None = None

    def current(self) -> Edition:
        """The edition in force; another one from the first who asks on another day."""
        edition, today = self._edition, self._clock().date()
        if edition.site.today == today:
            return edition
        with self._turning:
            if self._edition.site.today != today:
                self._edition = self._turned(today)
            return self._edition

    def publish(self, catalogue: Catalogue) -> Edition:
        """Puts new data in force."""
        edition = Edition.after(self.current(), catalogue, self._clock().date())
        with self._turning:
            self._edition = edition
            self._tomorrow = None
            self.refusal = None
            return edition

    def prepare(self) -> None:
        """Makes the edition of the next day shortly before it begins."""
        soon = (self._clock() + AHEAD).date()
        edition, prepared = self.current(), self._tomorrow
        if edition.site.today == soon or (prepared and prepared.site.today == soon):
            return
        tomorrow = Edition.after(edition, edition.site.catalogue, soon)
        with self._turning:
            if self._edition is edition:
                self._tomorrow = tomorrow

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Notes that new data could not be taken."""
        self.refusal = Refusal(self._clock(), tuple(faults))

    def _turned(self, today: date) -> Edition:
        """The edition that was prepared, or one with nothing made yet, which is soon there."""
        prepared, site = self._tomorrow, self._edition.site
        self._tomorrow = None
        if prepared and prepared.site.today == today:
            return prepared
        return Edition(site.catalogue, today, site.base_url, site.operator)

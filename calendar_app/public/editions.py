"""The edition in force, which changes all at once: with the data, and with the day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.errors import Fault
from calendar_app.public.edition import Edition
from calendar_app.public.sites import Operator


@dataclass(frozen=True, slots=True)
class Refusal:
    """Data that were offered and not taken; the edition before stays in force."""

    at: datetime
    faults: Sequence[Fault]


class Editions:
    """Gives the edition of now; ``clock`` returns an aware instant in UTC."""

    def __init__(
        self,
        catalogue: Catalogue,
        clock: Callable[[], datetime],
        base_url: str,
        operator: Operator,
    ) -> None:
        self._clock = clock
        self._base_url = base_url
        self._operator = operator
        self._turning = Lock()
        self.refusal: Refusal | None = None
        self._edition = self._make(catalogue, clock().date())

    def current(self) -> Edition:
        """The edition in force; made anew by the first who asks on another day."""
        edition, today = self._edition, self._clock().date()
        if edition.site.today == today:
            return edition
        with self._turning:
            if self._edition.site.today != today:
                self._edition = self._make(self._edition.site.catalogue, today)
            return self._edition

    def publish(self, catalogue: Catalogue) -> Edition:
        """Puts new data in force."""
        with self._turning:
            self._edition = self._make(catalogue, self._clock().date())
            self.refusal = None
            return self._edition

    def refuse(self, faults: Sequence[Fault]) -> None:
        """Notes that new data could not be taken."""
        self.refusal = Refusal(self._clock(), tuple(faults))

    def _make(self, catalogue: Catalogue, today: date) -> Edition:
        return Edition(catalogue, today, self._base_url, self._operator)

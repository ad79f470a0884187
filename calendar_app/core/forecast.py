"""What choices will bring: the mails of a year, and the next ones. A pure function of the catalogue
and the day, so that a page can show it before anything is stored."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Final

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import LEADS, Choices, Digest
from calendar_app.core.due import (
    digest_occurrences,
    digest_window,
    digests_on,
    is_reminded,
    leads_of,
)
from calendar_app.core.occurrences import Occurrence, Window, order
from calendar_app.core.precision import ONE_DAY

YEAR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Mail:
    """What one person is told on one day: all that is due then is one mail."""

    on: date
    occurrences: tuple[Occurrence, ...]


def mails_a_year(catalogue: Catalogue, choices: Choices, today: date) -> int:
    """How many mails the choices bring in the year after today."""
    return sum(1 for _ in mails_between(catalogue, choices, _year_after(today)))


def next_mails(
    catalogue: Catalogue, choices: Choices, today: date, count: int = 3
) -> tuple[Mail, ...]:
    """The first mails after today, looking a year ahead."""
    return tuple(mails_between(catalogue, choices, _year_after(today)))[:count]


def next_dates(
    catalogue: Catalogue, choices: Choices, today: date, count: int = 3
) -> tuple[Occurrence, ...]:
    """The first dates that the next mails tell of, in their order."""
    mails = next_mails(catalogue, choices, today, count)
    coming = {one.id: one for mail in mails for one in mail.occurrences}
    return tuple(sorted(coming.values(), key=order)[:count])


def mails_between(catalogue: Catalogue, choices: Choices, days: Window) -> Iterator[Mail]:
    """What the choices bring on these days, in order; a digest of nothing is not sent."""
    if choices.digest is Digest.NONE:
        return _reminders(catalogue, choices, days)
    return _digests(catalogue, choices, days)


def _reminders(catalogue: Catalogue, choices: Choices, days: Window) -> Iterator[Mail]:
    reach = Window(days.start, days.end + max(LEADS) * ONE_DAY)
    told = [
        (occurrence.first - lead * ONE_DAY, occurrence)
        for occurrence in catalogue.index.between(reach)
        if is_reminded(occurrence) and choices.wants(occurrence.event.topics)
        for lead in leads_of(choices, occurrence.event)
    ]
    day_of = itemgetter(0)
    inside = (pair for pair in sorted(told, key=day_of) if days.start <= pair[0] < days.end)
    for day, pairs in groupby(inside, key=day_of):
        yield Mail(day, tuple(occurrence for _, occurrence in pairs))


def _digests(catalogue: Catalogue, choices: Choices, days: Window) -> Iterator[Mail]:
    for number in range((days.end - days.start).days):
        day = days.start + number * ONE_DAY
        period = digests_on(day).get(choices.digest)
        if period is not None:
            found = digest_occurrences(catalogue, choices, digest_window(period))
            if found:
                yield Mail(day, tuple(found))


def _year_after(today: date) -> Window:
    return Window(today + ONE_DAY, today + ONE_DAY + YEAR)

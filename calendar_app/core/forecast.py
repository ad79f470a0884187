"""What choices will bring: at once, next, and in a year. A pure function of the catalogue and the
time, so that a page can show it before anything is stored."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
from calendar_app.core.occurrences import Occurrence, Window
from calendar_app.core.precision import ONE_DAY
from calendar_app.core.zones import instant, zone

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
    """The first dates that mails tell of, those of today and of mails that are past included, what
    is now before all others; looking a year ahead."""
    return tuple(_told(catalogue, choices, Window(today, today + YEAR)))[:count]


def told_until(choices: Choices, now: datetime) -> date:
    """The last day, where the person is, of which the mail is due by now."""
    today = _local_day(choices, now)
    return today if instant(today, choices.hour, choices.zone) <= now else today - ONE_DAY


def near(catalogue: Catalogue, choices: Choices, now: datetime) -> Mapping[str, int]:
    """What is told at once to who begins now, since it is due by now and not over: occurrences by
    their ids, each with the smallest lead that is due, or the period of a digest, with 0."""
    today, until = _local_day(choices, now), told_until(choices, now)
    if choices.digest is not Digest.NONE:
        period = _period_on(choices.digest, until)
        window = digest_window(period)
        left = Window(max(window.start, today), window.end)
        is_over = left.start >= left.end
        return {} if is_over or not digest_occurrences(catalogue, choices, left) else {period: 0}
    reach = Window(today, until + (max(LEADS) + 1) * ONE_DAY)
    found = {}
    for one in _told(catalogue, choices, reach):
        leads = leads_of(choices, one.event)
        due = [lead for lead in leads if one.first - lead * ONE_DAY <= until]
        if due:
            found[one.id] = min(due)
    return found


def comes_at_once(
    catalogue: Catalogue, choices: Choices, now: datetime, before: Choices | None = None
) -> bool:
    """Whether a mail does to who begins now, or had other choices ``before``. Nobody is told of a
    date again but nearer to it."""
    told = near(catalogue, before, now) if before else {}
    found = near(catalogue, choices, now)
    return any(subject not in told or lead < told[subject] for subject, lead in found.items())


def mails_between(catalogue: Catalogue, choices: Choices, days: Window) -> Iterator[Mail]:
    """What the choices bring on these days, in order; a digest of nothing is not sent."""
    if choices.digest is Digest.NONE:
        return _reminders(catalogue, choices, days)
    return _digests(catalogue, choices, days)


def _reminders(catalogue: Catalogue, choices: Choices, days: Window) -> Iterator[Mail]:
    reach = Window(days.start, days.end + max(LEADS) * ONE_DAY)
    told = [
        (occurrence.first - lead * ONE_DAY, occurrence)
        for occurrence in _wanted(catalogue.index.between(reach), choices)
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


def _told(catalogue: Catalogue, choices: Choices, window: Window) -> Iterable[Occurrence]:
    """What is on in the window, also what began before, as far as it is told."""
    if choices.digest is not Digest.NONE:
        return digest_occurrences(catalogue, choices, window)
    return _wanted(catalogue.index.coming(window.start, window.end), choices)


def _wanted(found: Iterable[Occurrence], choices: Choices) -> Iterator[Occurrence]:
    """Those of which there are reminders."""
    return (one for one in found if is_reminded(one) and choices.wants(one.event.topics))


def _period_on(digest: Digest, day: date) -> str:
    """That of the last digest up to the day."""
    while digest not in (periods := digests_on(day)):
        day -= ONE_DAY
    return periods[digest]


def _local_day(choices: Choices, now: datetime) -> date:
    return now.astimezone(zone(choices.zone)).date()


def _year_after(today: date) -> Window:
    return Window(today + ONE_DAY, today + ONE_DAY + YEAR)

"""Who was told a date that is no longer true is told so, once.

Readers of a digest are told by it, if one comes before they may go wrong; else now, as everybody
is. What a mail told by itself is in its row. What a digest told follows from its period
and from the changes that its edition did not know.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy import Connection

from calendar_app.core.catalogue import Catalogue
from calendar_app.core.choices import DEFAULT_ZONE
from calendar_app.core.due import digest_window, digests_on, expires_at
from calendar_app.core.precision import ONE_DAY, PartialDate
from calendar_app.core.zones import zone, zone_names
from calendar_app.remind.history import LONG_AGO, History
from calendar_app.remind.overviews import known_without_digest
from calendar_app.remind.truths import CANCELLED, Truth, Truths
from calendar_app.store import subscribers
from calendar_app.store.planning import (
    ALL_HOURS,
    NEVER,
    Correction,
    ToldByDigest,
    insert_corrections,
    insert_corrections_of_digests,
)
from calendar_app.store.told import dates_told

NO_HOUR: Final = 24
# A month and a week: no digest that is older is remembered.
_REMEMBERED: Final = timedelta(days=40)


class Correcting:
    """The corrections of one tick."""

    def __init__(self, connection: Connection, catalogue: Catalogue, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._truths = Truths(catalogue, now.date())

    @cached_property
    def _history(self) -> History:
        return History.of(self._truths.catalogue, self._truths.today)

    @cached_property
    def _zones(self) -> list[str]:
        return subscribers.zones(self._connection)

    def of_mails(self) -> int:
        """Rows for those whom a reminder or a correction told another date."""
        count = 0
        for subject, told in dates_told(self._connection):
            news = self._news(subject, told)
            count += insert_corrections(self._connection, news) if news else 0
        return count

    def of_digests(self, person: str | None = None) -> int:
        """Rows for those whom a digest told another date, or for one of them. They are looked for
        among all people, so only when an edition is new, and for changes of dates that are ahead:
        however long ago one was written, it may have come into force only now."""
        count = 0
        for subject, before in self._history.was.items():
            since = LONG_AGO
            for was in before:
                news = self._news(subject, was.told)
                own, after_another = self._periods(subject, was.told, since) if news else ([], [])
                if news and (own or after_another):
                    then = self._history.sequence_before(subject, was.at, news.sequence)
                    by = ToldByDigest(own, after_another, since, was.at, then)
                    count += insert_corrections_of_digests(self._connection, news, by, person)
                since = was.at
        return count

    def _news(self, subject: str, told: str) -> Correction | None:
        """What to tell those who were told so; None if it is true, or over everywhere."""
        truth = self._truths.of(subject)
        last = truth.last_day(told) if truth and truth.text != told else None
        if truth is None or last is None or last < self._now.date() - ONE_DAY:
            return None  # over everywhere; most of what ever changed is
        ends = {name: expires_at(last, _known(name)) for name in self._zones}
        ahead = {name: end for name, end in ends.items() if end > self._now}
        news = Correction(self._now, subject, truth.text, truth.sequence, ahead)
        return self._with_digests(news, truth, [*truth.first_days(told), last]) if ahead else None

    def _with_digests(self, news: Correction, truth: Truth, days: Sequence[date]) -> Correction:
        """Who need not be told now, since a digest will name it before the first of the ``days``
        that is ahead."""
        was = self._history.was.get(news.subject)
        topics = truth.event.topics
        if not was or truth.event.is_context:
            nobody = dict.fromkeys(news.ends, (NO_HOUR, NO_HOUR))
            return replace(news, topics=topics, served=nobody, changed_at=NEVER)
        served = {name: self._served(name, days) for name in news.ends}
        return replace(news, topics=topics, served=served, changed_at=was[-1].at)

    def _served(self, name: str, days: Sequence[date]) -> tuple[int, int]:
        if name not in zone_names():
            return NO_HOUR, NO_HOUR  # no digest is planned there
        local = self._now.astimezone(zone(name))
        ahead = [day for day in days if day >= local.date()]
        return _served(local, min(ahead)) if ahead else (NO_HOUR, NO_HOUR)

    def _periods(self, subject: str, told: str, since: datetime) -> tuple[list[str], list[str]]:
        """Digests that told it, whoever read them: of the days of the date, or any, where it had no
        day yet, or those that tell everybody what changed then. And those that told what changed
        to whom had one before that."""
        own: list[str] = []
        after_another: list[str] = []
        truth = self._truths.of(subject)
        if told == CANCELLED:
            when = truth.occurrence.when if truth and truth.occurrence else None
        else:
            when = PartialDate.parse(told)
        if when is None:
            return own, after_another
        for period in _recent_periods(self._now.date()):
            window = digest_window(period)
            is_in = when.first and when.last and when.first < window.end
            is_left = when.last and when.last >= window.start
            is_news = known_without_digest(period) < since
            if not when.is_exact or (is_left and (is_in or is_news)):
                own.append(period)
            elif is_left and since > LONG_AGO:
                after_another.append(period)
        return own, after_another


def _known(name: str) -> str:
    """The zone, or the one in which those of a zone that is none any more are served."""
    return name if name in zone_names() else DEFAULT_ZONE


def _recent_periods(today: date) -> Iterable[str]:
    """Of digests that may have been sent by now and are still remembered."""
    days = range(-1, _REMEMBERED.days + 1)
    found = {p for n in days for p in digests_on(today - n * ONE_DAY).values()}
    return sorted(found)


def _served(local: datetime, by: date) -> tuple[int, int]:
    """After which hour of today readers of weekly and of monthly digests are told in time."""
    today = local.date()
    monday = today + (7 - today.weekday()) * ONE_DAY
    first = (today.replace(day=1) + 31 * ONE_DAY).replace(day=1)
    weekly = _served_after(local, monday, by, is_today=today.weekday() == 0)
    return weekly, _served_after(local, first, by, is_today=today.day == 1)


def _served_after(local: datetime, following: date, by: date, *, is_today: bool) -> int:
    """Any, if the digest after today comes before that day; if not, that of today may be still to
    come."""
    if following < by:
        return ALL_HOURS[0]
    return local.hour if is_today and local.date() < by else NO_HOUR

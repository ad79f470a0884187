"""The four ways to say when: ``on``, ``yearly``, ``monthly: last-weekend`` and any RFC 5545 rule.

Each rule gives the first days of its occurrences in a half-open range of days, in order, and the
key that tells one occurrence from the next for ever. The closed forms are arithmetic; free rules
are in ``rrules``.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from calendar_app.core.errors import RuleError
from calendar_app.core.precision import PartialDate
from calendar_app.core.rrules import RRule


@dataclass(frozen=True, slots=True)
class On:
    """A one-off, as exact as it is known; only an exact one has a first day."""

    when: PartialDate
    is_recurring = False

    @property
    def days(self) -> int:
        if not self.when.is_exact or self.when.first is None or self.when.last is None:
            return 1
        return (self.when.last - self.when.first).days + 1

    def starts(self, first: date, end: date) -> list[date]:
        day = self.when.first
        return [day] if self.when.is_exact and day is not None and first <= day < end else []

    def key(self, day: date) -> str:
        return ""

    def spec(self) -> dict[str, str]:
        return {"on": str(self.when)}


@dataclass(frozen=True, slots=True)
class Yearly:
    """The same day every year; 29 February in leap years only (RFC 5545 3.3.10)."""

    month: int
    day: int
    days = 1
    is_recurring = True

    def starts(self, first: date, end: date) -> list[date]:
        found = []
        for year in range(first.year, end.year + 1):
            if self.month == 2 and self.day == 29 and not calendar.isleap(year):
                continue
            day = date(year, self.month, self.day)
            if first <= day < end:
                found.append(day)
        return found

    def key(self, day: date) -> str:
        return f"{day.year:04}"

    def spec(self) -> dict[str, str]:
        return {"yearly": f"{self.month:02}-{self.day:02}"}


@dataclass(frozen=True, slots=True)
class LastWeekend:
    """The last Sunday of each month and the Saturday before it, both always in that month."""

    days = 2
    is_recurring = True

    def starts(self, first: date, end: date) -> list[date]:
        found = []
        year, month = first.year, first.month
        while (year, month) <= (end.year, end.month):
            day = last_weekend(year, month)
            if first <= day < end:
                found.append(day)
            year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        return found

    def key(self, day: date) -> str:
        return f"{day.year:04}-{day.month:02}"

    def spec(self) -> dict[str, str]:
        return {"monthly": "last-weekend"}


@lru_cache(maxsize=4096)
def last_weekend(year: int, month: int) -> date:
    """The Saturday before the last Sunday of the month."""
    weekday_of_first, length = calendar.monthrange(year, month)
    weekday_of_last = (weekday_of_first + length - 1) % 7
    last_sunday = length - (weekday_of_last + 1) % 7
    return date(year, month, last_sunday - 1)


Rule = On | Yearly | LastWeekend | RRule


def parse_yearly(text: str) -> Yearly:
    """``MM-DD``; 02-29 is allowed."""
    if re.fullmatch(r"[0-9]{2}-[0-9]{2}", text) is None:
        raise RuleError(f"{text!r} is not a day of the year; write month and day such as 03-08")
    month, day = int(text[:2]), int(text[3:])
    if not 1 <= month <= 12 or not 1 <= day <= calendar.monthrange(2000, month)[1]:
        raise RuleError(f"{text} does not exist in any year; write month and day such as 03-08")
    return Yearly(month, day)


def parse_monthly(text: str) -> LastWeekend:
    if text != "last-weekend":
        raise RuleError(f"{text!r} is not known; write last-weekend, or use rrule")
    return LastWeekend()

"""Dates that say how exact they are: EDTF (ISO 8601-2:2019) level 0, the qualifiers of level 1,
intervals, and the word ``unknown``.

    2024-05-04              a day
    2024-05-04/2024-05-05   an interval, both ends included; ``..`` as its end: no end known
    2019-11                 a month
    2024                    a year
    unknown                 nothing is known
    2024-10~  2024?  2024%  approximate, uncertain, both
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache, total_ordering
from typing import Final

ONE_DAY: Final = timedelta(days=1)
_PART = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([~?%]?)")
_OPEN = ".."
UNKNOWN_TEXT = "unknown"
_REMEDY = "write a day 2024-05-04, an interval 2024-05-04/2024-05-05, a month 2024-05, a year 2024"


class Precision(StrEnum):
    """How much of a date is known, from most to least."""

    DAY = "day"
    INTERVAL = "interval"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


_RANK = {precision: rank for rank, precision in enumerate(Precision)}


class DateError(ValueError):
    """A date that cannot be read; the message says why and what to write."""


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date known to some precision.

    ``first`` and ``last`` are its inclusive bounds, ``None`` where nothing bounds it.
    An interval keeps its two ends in ``ends``; the second is ``None`` when it is open.
    """

    precision: Precision
    first: date | None
    last: date | None
    qualifier: str = ""
    ends: tuple[PartialDate, PartialDate | None] | None = None

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read EDTF; raises DateError with a remedy."""
        start, slash, end = text.partition("/")
        if not slash:
            return _parse_part(start)
        return _interval(_parse_part(start), None if end == _OPEN else _parse_part(end), text)

    @classmethod
    @lru_cache(maxsize=4096)
    def of_days(cls, first: date, last: date) -> PartialDate:
        """The day, or the interval of days, from ``first`` to ``last`` inclusive."""
        if first == last:
            return cls(Precision.DAY, first, last)
        return cls(
            Precision.INTERVAL,
            first,
            last,
            "",
            (cls.of_days(first, first), cls.of_days(last, last)),
        )

    @property
    def is_exact(self) -> bool:
        """Known to the day at both ends, without a qualifier: fit for a calendar entry."""
        if self.ends is not None:
            start, end = self.ends
            return start.is_exact and end is not None and end.is_exact
        return self.precision is Precision.DAY and not self.qualifier

    @property
    def is_open(self) -> bool:
        """An interval without a known end."""
        return self.ends is not None and self.ends[1] is None

    @property
    def is_qualified(self) -> bool:
        """Said to be approximate or uncertain, at either end."""
        return bool(self.qualifier) or any(end.is_qualified for end in self.ends or () if end)

    def is_more_exact_than(self, other: PartialDate) -> bool:
        """Whether the other one was right as far as it went, and this one says more: it lies
        within. What was said to be approximate or uncertain may have been somewhere else."""
        if other.is_exact or self == other or self == UNKNOWN:
            return False
        is_as_wide = (self.first, self.last) == (other.first, other.last)
        if other.is_qualified and not self.is_qualified:
            is_wider = other._is_within(self) and not is_as_wide
            return _RANK[self.precision] <= _RANK[other.precision] and not is_wider
        return self._is_within(other) and (self.is_exact or not is_as_wide)

    def _is_within(self, other: PartialDate) -> bool:
        first, last = self.first or date.min, self.last or date.max
        return (other.first or date.min) <= first and last <= (other.last or date.max)

    def __str__(self) -> str:
        if self.ends is not None:
            start, end = self.ends
            return f"{start}/{_OPEN if end is None else end}"
        if self.first is None:
            return UNKNOWN_TEXT
        length = {Precision.YEAR: 4, Precision.MONTH: 7}.get(self.precision, 10)
        return self.first.isoformat()[:length] + self.qualifier

    def __lt__(self, other: PartialDate) -> bool:
        return self._key() < other._key()

    def _key(self) -> tuple[date, int, date, str]:
        # By the first possible day; of two that begin alike the more exact one comes first;
        # what is not known at all comes last.
        first = date.max if self.first is None else self.first
        last = date.max if self.last is None else self.last
        return first, _RANK[self.precision], last, str(self)


UNKNOWN = PartialDate(Precision.UNKNOWN, None, None)


def parse_day(text: str) -> date:
    """Exactly ``YYYY-MM-DD`` in ASCII digits (stricter than date.fromisoformat)."""
    day = PartialDate.parse(text)
    if day.precision is not Precision.DAY or not day.is_exact or day.first is None:
        raise DateError(f"{text!r} is not a day; write a day such as 2024-05-04")
    return day.first


def _parse_part(text: str) -> PartialDate:
    if text == UNKNOWN_TEXT:
        return UNKNOWN
    match = _PART.fullmatch(text)
    if match is None:
        raise DateError(f"{text!r} is not a date; {_REMEDY} or {UNKNOWN_TEXT}")
    year, month, day = (int(group) if group else None for group in match.group(1, 2, 3))
    if not year:
        raise DateError(f"there is no year {text[:4]}; write a year from 0001 to 9999")
    if month is None:
        return PartialDate(Precision.YEAR, date(year, 1, 1), date(year, 12, 31), match[4])
    if not 1 <= month <= 12:
        raise DateError(f"there is no month {month:02}; write a month from 01 to 12")
    length = calendar.monthrange(year, month)[1]
    if day is None:
        return PartialDate(
            Precision.MONTH, date(year, month, 1), date(year, month, length), match[4]
        )
    if not 1 <= day <= length:
        raise DateError(
            f"{match[0][:10]} does not exist; that month has the days 01 to {length:02}"
        )
    return PartialDate(Precision.DAY, date(year, month, day), date(year, month, day), match[4])


def _interval(start: PartialDate, end: PartialDate | None, text: str) -> PartialDate:
    if UNKNOWN in (start, end):
        raise DateError(f"{text!r} has an unknown end; write .. where no end is known")
    if end is None:
        return PartialDate(Precision.INTERVAL, start.first, None, "", (start, None))
    if (end.first, end.last) <= (start.first, start.last):
        raise DateError(
            f"{text!r} ends before it has begun or is one date; "
            "write the earlier date first, or the date alone"
        )
    return PartialDate(Precision.INTERVAL, start.first, end.last, "", (start, end))

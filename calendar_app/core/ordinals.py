"""Which anniversary an occurrence is: whole years since the origin, as exactly as it is known."""

from __future__ import annotations

import calendar
from datetime import date

from calendar_app.core.precision import PartialDate, Precision


def ordinal(origin: PartialDate, day: date) -> int | None:
    """81 for 9 May 2026 counted from 1945-05-09; None before the first anniversary.

    An origin known to the year counts calendar years. One on 29 February comes round on
    28 February of common years, as dateutil's relativedelta has it.
    """
    if origin.first is None:
        return None
    years = day.year - origin.first.year
    if origin.precision is Precision.MONTH and day.month < origin.first.month:
        years -= 1
    if origin.precision in (Precision.DAY, Precision.INTERVAL):
        years -= day < anniversary(origin.first, day.year)
    return years if years > 0 else None


def anniversary(origin: date, year: int) -> date:
    """The day in ``year`` on which the years since ``origin`` are complete."""
    if (origin.month, origin.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return origin.replace(year=year)

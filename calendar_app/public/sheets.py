"""The days of a month with what is on them, as months and years lay them out."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from calendar_app.core.precision import ONE_DAY
from calendar_app.words.languages import Language
from calendar_app.words.views import OccurrenceView


@dataclass(frozen=True, slots=True)
class Day:
    """A day on a sheet. Of its dates the first gives the colour."""

    on: date
    is_weekend: bool
    views: tuple[OccurrenceView, ...]


def days_of_month(
    year: int, month: int, views: Iterable[OccurrenceView], language: Language
) -> list[Day]:
    """Every day of the month. What lasts longer than a day stands on each of its days."""
    first, length = date(year, month, 1), monthrange(year, month)[1]
    days = [first + n * ONE_DAY for n in range(length)]
    found: dict[date, list[OccurrenceView]] = {day: [] for day in days}
    for view in sorted(views, key=_weight):
        start, last = view.occurrence.first, view.occurrence.last
        for day in days[max((start - first).days, 0) : max((last - first).days + 1, 0)]:
            found[day].append(view)
    return [Day(day, day.weekday() in language.weekend, tuple(found[day])) for day in days]


def days_in_month(view: OccurrenceView, days: list[Day]) -> str:
    """Which of the days of a month it is on: ``29`` or ``28–29``."""
    first = max(view.occurrence.first, days[0].on).day
    last = min(view.occurrence.last, days[-1].on).day
    return str(first) if first == last else f"{first}–{last}"  # noqa: RUF001 - a range of days


def _weight(view: OccurrenceView) -> tuple[bool, bool, bool]:
    """What takes place comes before what does not, and what comes once before what comes often."""
    return view.is_cancelled, view.is_context, view.is_series

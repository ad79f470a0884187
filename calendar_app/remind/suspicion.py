"""Whether to believe a mail server that says that there is no such address: kept in memory only.

On a day on which it says so of most people it is the fault of the server, or of ours: a relay that
looks up nobody, a directory that is away. Whoever believed that would erase everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Final

from calendar_app.core.precision import ONE_DAY

# So few may have moved away on one day, however few were written to.
FEW: Final = 3


@dataclass(slots=True)
class _Day:
    """``mails`` counts those that the server took, and those for which it said so at once."""

    mails: int = 0
    people: set[str] = field(default_factory=set)
    is_doubted: bool = False
    is_complete: bool = False


class Suspicion:
    """``count_mail`` for each mail that was taken, ``doubt`` for whom it is said of."""

    def __init__(self) -> None:
        self._days: dict[date, _Day] = {}
        self._lock = Lock()

    def count_mail(self, today: date) -> None:
        with self._lock:
            self._day(today).mails += 1

    def doubt(
        self,
        person: str,
        today: date,
        counted: Callable[[], Iterable[str]],
        *,
        came_back: bool,
    ) -> Sequence[str] | None:
        """None where it is believed. Else the people of whom it was believed today: at first all,
        and later nobody, unless the same is asked again, since what came of it was not written.
        A mail that ``came_back`` was taken, maybe on the day before. ``counted`` is asked once a
        day for those of whom it was believed before this process began."""
        with self._lock:
            day, before = self._day(today), self._days.get(today - ONE_DAY, _Day())
            day.mails += 0 if came_back else 1
            mails = day.mails + (before.mails if came_back else 0)
            is_new = not day.is_doubted or person in day.people
            if not day.is_complete:
                day.people |= {*counted()}
                day.is_complete = True
            day.people.add(person)
            count = len(day.people)
            day.is_doubted = day.is_doubted or (count > FEW and 2 * count > mails)
            if not day.is_doubted:
                return None
            return tuple(day.people) if is_new else ()

    def doubted(self, today: date) -> int:
        """How many people that was said of today who are not believed to have no address."""
        with self._lock:
            day = self._days.get(today)
            return len(day.people) if day and day.is_doubted else 0

    def _day(self, today: date) -> _Day:
        if today not in self._days:
            recent = {day: found for day, found in self._days.items() if day == today - ONE_DAY}
            self._days = recent | {today: _Day()}
        return self._days[today]

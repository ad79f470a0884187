"""Whether to believe a mail server that says that there is no such address.

On a day on which it says so of most people it is the fault of the server, or of ours: a relay that
looks up nobody, a directory that is away. Whoever believed that would erase everybody. Of whom it
was said stands in the store, for every worker; how many mails there were each knows of its own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from threading import Lock
from typing import Any, Final

from calendar_app.core.precision import ONE_DAY

# So few may have moved away on one day, however few were written to.
FEW: Final = 3


class Suspicion:
    """Counts, in memory, the mails that the server took or for which it said so at once, and who
    was given up, by the day."""

    def __init__(self) -> None:
        self._mails: Counter[date] = Counter()
        self._gone: defaultdict[date, set[str]] = defaultdict(set)
        self._lock = Lock()

    def count_mail(self, today: date) -> None:
        with self._lock:
            self._mails[today] += 1
            _forget(self._mails, today)

    def count_gone(self, person: str, today: date) -> None:
        """Once each, though what could not be written is tried again."""
        with self._lock:
            self._gone[today].add(person)
            _forget(self._gone, today)

    def is_raised(self, person: str, others: int, today: date, *, came_back: bool) -> bool:
        """When it is said of one more than the ``others`` of whom it was believed today. A mail
        that ``came_back`` was taken, maybe on the day before."""
        people = 1 + others + len(self._gone.get(today, set()) - {person})
        mails = self._mails[today] + (self._mails[today - ONE_DAY] if came_back else 0)
        return people > FEW and 2 * people > mails


def _forget(days: dict[date, Any], today: date) -> None:
    for day in [day for day in days if abs(day - today) > ONE_DAY]:
        del days[day]

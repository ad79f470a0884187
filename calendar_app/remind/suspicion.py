"""Whether to believe a mail server that says that there is no such address.

On a day on which it says so of most people it is the fault of the server, or of ours: a relay that
looks up nobody, a directory that is away. Whoever believed that would erase everybody. Of whom it
was said stands in the store, for every worker; how many mails there were each knows of its own.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from threading import Lock
from typing import Final

from calendar_app.core.precision import ONE_DAY

# So few may have moved away on one day, however few were written to.
FEW: Final = 3


class Suspicion:
    """Counts, in memory, the mails that the server took or for which it said so at once, and who
    was given up, by the day."""

    def __init__(self) -> None:
        self._mails: Counter[date] = Counter()
        self._gone: Counter[date] = Counter()
        self._lock = Lock()

    def count_mail(self, today: date) -> None:
        self._count(self._mails, today)

    def count_gone(self, today: date) -> None:
        self._count(self._gone, today)

    def is_raised(self, others: int, today: date, *, came_back: bool) -> bool:
        """When it is said of one more than the ``others`` of whom it was believed today. A mail
        that ``came_back`` was taken, maybe on the day before."""
        people = 1 + others + self._gone[today]
        mails = self._mails[today] + (self._mails[today - ONE_DAY] if came_back else 0)
        return people > FEW and 2 * people > mails

    def _count(self, days: Counter[date], today: date) -> None:
        with self._lock:
            days[today] += 1
            for day in [day for day in days if abs(day - today) > ONE_DAY]:
                del days[day]
